"""Gates: one perceptron does AND, NAND and OR, only its numbers differ (section 2.3.3).

A perceptron multiplies each input by its weight, adds the bias, and fires if the sum is positive:

    y = 1 if w1 x1 + w2 x2 + b > 0, else 0

Write:

    perceptron(x, w, b)   x and w are arrays (2,), b is a number; returns the integer 0 or 1
    AND(x1, x2)           1 only if both inputs are 1
    NAND(x1, x2)          0 only if both inputs are 1
    OR(x1, x2)            1 if at least one input is 1

Each gate calls perceptron with weights and a bias that you choose; no `if`, no `and`.

>>> perceptron(np.array([0, 1]), np.array([0.5, 0.5]), -0.7)
0
>>> AND(1, 1), NAND(1, 1), OR(0, 1)
(1, 0, 1)
"""

import numpy as np


def perceptron(x, w, b):
    return int(np.sum(w * x) + b > 0)


def AND(x1, x2):
    return perceptron(np.array([x1, x2]), np.array([0.5, 0.5]), -0.7)


def NAND(x1, x2):
    return perceptron(np.array([x1, x2]), np.array([-0.5, -0.5]), 0.7)


def OR(x1, x2):
    return perceptron(np.array([x1, x2]), np.array([0.5, 0.5]), -0.2)
