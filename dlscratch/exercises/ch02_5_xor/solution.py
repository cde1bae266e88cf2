"""XOR: two layers do what one perceptron cannot, and then they can add (sections 2.5 and 2.6).

A perceptron draws one straight line and is 1 on one side of it. No line has (1, 0) and (0, 1) on
one side, (0, 0) and (1, 1) on the other. A second layer does not see the inputs but s1 and s2, what
two gates of the first layer make of them, and for those one line is enough:

    x1, x2  ->  s1 = one gate, s2 = another gate  ->  y = a third gate of s1 and s2

Adding two binary digits takes XOR, too: 1 + 1 = 10, the sum digit is 0 and the carry is 1.

Write (perceptron and the three gates are there):

    XOR(x1, x2)          1 if exactly one of the two inputs is 1, else 0; made of gates: no `if`, no
                         `!=`, no `^`
    half_adder(x1, x2)   returns two integers, first the carry, then the sum digit

>>> [XOR(0, 0), XOR(1, 0), XOR(0, 1), XOR(1, 1)]
[0, 1, 1, 0]
>>> half_adder(1, 1)
(1, 0)
"""

import numpy as np


def perceptron(x, w, b):  # given
    return int(np.sum(w * x) + b > 0)


def AND(x1, x2):  # given
    return perceptron(np.array([x1, x2]), np.array([0.5, 0.5]), -0.7)


def NAND(x1, x2):  # given
    return perceptron(np.array([x1, x2]), np.array([-0.5, -0.5]), 0.7)


def OR(x1, x2):  # given
    return perceptron(np.array([x1, x2]), np.array([0.5, 0.5]), -0.2)


def XOR(x1, x2):
    s1 = NAND(x1, x2)
    s2 = OR(x1, x2)
    return AND(s1, s2)


def half_adder(x1, x2):
    return AND(x1, x2), XOR(x1, x2)
