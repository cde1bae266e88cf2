"""Section 1.4.1: a script is a file of Python, run as a whole.

What was typed line by line at the prompt is saved in a file and run with one command. From here
on every experiment of the book is such a file, and all of them take --help.

    python ch01/hungry.py

Last line with the default seed: I'm hungry!
"""

from dlscratch.book.experiment import run


def main(args):
    print("I'm hungry!")


if __name__ == "__main__":
    run(main, __doc__)
