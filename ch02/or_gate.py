"""Figure 2-4: OR is 1 if either input is 1 (sections 2.2.2, 2.3.3).

The weights are those of AND. Only the bias is larger, -0.2 instead of -0.7: the perceptron fires
more easily, and one input, which contributes 0.5, is enough.

    python ch02/or_gate.py

Last line with the default seed:  1  1 |  1
"""

from ch02.perceptron import perceptron, print_truth_table
from dlscratch.book.experiment import run


def OR(x1, x2):
    return perceptron([x1, x2], w=[0.5, 0.5], b=-0.2)


def main(args):
    print_truth_table(OR)


if __name__ == "__main__":
    run(main, __doc__)
