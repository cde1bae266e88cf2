"""The perceptron of Frank Rosenblatt (1957), equation 2.2, and its truth table (Figs 2-2 to 2-5).

Signals x1, x2 arrive, each is multiplied by its weight (how important is it?), and the perceptron
fires, y = 1, if the sum exceeds a threshold theta. With b = -theta for the bias (how easily does
it fire?) that is: y = 1 if b + w1 x1 + w2 x2 > 0, else 0. Every gate of this chapter is this one
function with different numbers; learning means that the computer finds these numbers.
"""

import numpy as np

INPUTS = [(0, 0), (1, 0), (0, 1), (1, 1)]  # in the order of the book's truth tables


def perceptron(x, w, b):
    """1 if b + sum(w * x) > 0, else 0; x and w: (n,).

    >>> perceptron([1, 1], [0.5, 0.5], -0.7)
    1
    """
    return int(np.sum(np.multiply(w, x)) + b > 0)


def print_truth_table(gate):
    """Print gate(x1, x2) for the four pairs of 0 and 1."""
    print(f"x1 x2 | {gate.__name__}")
    for x1, x2 in INPUTS:
        print(f" {x1}  {x2} |  {gate(x1, x2)}")
