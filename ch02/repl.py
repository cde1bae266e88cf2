"""Sections 2.2 to 2.6: the perceptron at the prompt, from a threshold to a half adder of NANDs.

Every line of repl.txt, beside this script, is typed into Python, and every output compared.

    python ch02/repl.py

Last line with the default seed: 26 inputs typed, every output as shown
"""

from dlscratch.book.experiment import replay, run


def main(args):
    replay(__file__)


if __name__ == "__main__":
    run(main, __doc__)
