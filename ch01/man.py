"""Section 1.4.2: a class keeps data and the functions that use it together.

`__init__` runs once for each new object and stores its data on `self`; the methods read it there.
A layer of a network (chapter 5) is the same: weights on `self`, and the methods forward and
backward.

    python ch01/man.py
    python ch01/man.py --name Marie

Last line with the default seed: Good-bye David!
"""

from dlscratch.book.experiment import run


class Man:
    def __init__(self, name):
        self.name = name
        print("Initialized!")

    def hello(self):
        print(f"Hello {self.name}!")

    def goodbye(self):
        print(f"Good-bye {self.name}!")


def options(parser):
    parser.add_argument("--name", default="David", help="whom to greet (default: David)")


def main(args):
    man = Man(args.name)
    man.hello()
    man.goodbye()


if __name__ == "__main__":
    run(main, __doc__, options)
