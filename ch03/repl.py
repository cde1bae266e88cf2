"""Sections 3.2 to 3.6: activations, products of matrices and softmax at the prompt.

Every line of repl.txt, beside this script, is typed into Python, and every output compared.

    python ch03/repl.py

Last line with the default seed: 92 inputs typed, every output as shown
"""

from dlscratch.book.experiment import replay, run


def main(args):
    replay(__file__)


if __name__ == "__main__":
    run(main, __doc__)
