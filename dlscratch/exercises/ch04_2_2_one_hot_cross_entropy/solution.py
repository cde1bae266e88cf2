"""Cross entropy for one-hot targets: one row, or a whole batch (sections 4.2.2 and 4.2.4).

t is 1 at the right class and 0 elsewhere, so of all the products t_k log y_k of a row only one is
not 0. For a batch the error is the mean over its rows, and a single row is a batch of one: then
both give the same error, however many classes there are. The tiny 1e-7 prevents log(0) = -inf.

    one row:   E = -sum_k t_k log(y_k + 1e-7)
    a batch:   E = -1/N sum_n sum_k t_nk log(y_nk + 1e-7)

Write:

    cross_entropy_error(y, t)   y: probabilities, t: one-hot targets, both (classes,) for one row or
                                (N, classes) for a batch; returns one number

>>> y, t = np.array([0.1, 0.3, 0.6]), np.array([0, 0, 1])
>>> round(float(cross_entropy_error(y, t)), 6)
0.510825
>>> round(float(cross_entropy_error(np.array([y, y]), np.array([t, t]))), 6)
0.510825
"""

import numpy as np


def cross_entropy_error(y, t):
    y = y.reshape(-1, y.shape[-1])
    return -np.sum(t * np.log(y + 1e-7)) / len(y)
