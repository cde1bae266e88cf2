"""Sections 5.3 to 5.7: nodes, layers and their gradients at the prompt.

Every line of repl.txt, beside this script, is typed into Python, and every output compared.

    python ch05/repl.py

Last line with the default seed: 65 inputs typed, every output as shown
"""

from dlscratch.book.experiment import replay, run


def main(args):
    replay(__file__)


if __name__ == "__main__":
    run(main, __doc__)
