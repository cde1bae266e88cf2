"""Figure 2-2: AND is 1 only if both inputs are 1 (sections 2.2.1, 2.3.3).

With weights of 0.5 one input contributes 0.5 and both 1.0. The bias of -0.7 lies in between, so
the sum is positive only if both are 1. Many other numbers do the same: (w1, w2, b) =
(0.5, 0.5, -0.8) or (1, 1, -1).

    python ch02/and_gate.py

Last line with the default seed:  1  1 |  1
"""

from ch02.perceptron import perceptron, print_truth_table
from dlscratch.book.experiment import run


def AND(x1, x2):
    return perceptron([x1, x2], w=[0.5, 0.5], b=-0.7)


def main(args):
    print_truth_table(AND)


if __name__ == "__main__":
    run(main, __doc__)
