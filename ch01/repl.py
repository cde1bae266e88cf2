"""Sections 1.3 and 1.5: what the chapter types at the prompt, Python first, then NumPy.

Every line of repl.txt, beside this script, is typed into Python, and every output compared.

    python ch01/repl.py

Last line with the default seed: 80 inputs typed, every output as shown
"""

from dlscratch.book.experiment import replay, run


def main(args):
    replay(__file__)


if __name__ == "__main__":
    run(main, __doc__)
