"""One-hot labels and squared error: how far are the outputs from the target? (section 4.2.1).

A label such as 2 is a number, but it means a class, and class 2 is not twice class 1. As a one-hot
row it has a place for each class, 1 at the label and 0 elsewhere; so it can be compared with the
outputs y of a network, one by one:

    E = 1/2 sum_k (y_k - t_k)^2

The book calls it mean squared error, although it is half the sum of the squares, not their mean:
this half makes the gradient y - t.

Write:

    one_hot(labels, classes)   labels: integers (N,) from 0 to classes - 1; returns an array
                               (N, classes) of 0 and 1, integers or floats
    mean_squared_error(y, t)   y and t: arrays (classes,); returns E, one number

>>> one_hot(np.array([2, 0]), 4).tolist()
[[0, 0, 1, 0], [1, 0, 0, 0]]
>>> round(float(mean_squared_error(np.array([0.2, 0.3, 0.6]), np.array([0, 0, 1]))), 6)
0.145
"""

import numpy as np


def one_hot(labels, classes):
    return np.eye(classes, dtype=int)[labels]


def mean_squared_error(y, t):
    return 0.5 * np.sum((y - t) ** 2)
