"""Figure 2-3: NAND is AND with weights and bias negated (sections 2.2.2, 2.3.3).

Not-AND is 1 unless both inputs are 1. The perceptron is the one of and_gate.py; only its weights
and bias differ: they are those of AND with the opposite sign.

    python ch02/nand_gate.py

Last line with the default seed:  1  1 |  0
"""

from ch02.perceptron import perceptron, print_truth_table
from dlscratch.book.experiment import run


def NAND(x1, x2):
    return perceptron([x1, x2], w=[-0.5, -0.5], b=0.7)


def main(args):
    print_truth_table(NAND)


if __name__ == "__main__":
    run(main, __doc__)
