"""Sections 4.2 to 4.5: losses, slopes and gradients at the prompt.

Every line of repl.txt, beside this script, is typed into Python, and every output compared.

    python ch04/repl.py

Last line with the default seed: 71 inputs typed, every output as shown
"""

from dlscratch.book.experiment import replay, run


def main(args):
    replay(__file__)


if __name__ == "__main__":
    run(main, __doc__)
