"""Cross entropy for labels: how surprised is the network by the right class? (section 4.2.4).

Of the probabilities y of a row only the one at its label t counts: the error is -log y[t], 0 if the
network was sure of the right class, and large if it was not. Over a batch it is the mean. log(0)
would be -inf, therefore a tiny 1e-7 is added to y:

    E = -1/N sum_n log(y[n, t_n] + 1e-7)

Write:

    cross_entropy_error(y, t)   y: probabilities (N, classes); t: the labels, integers (N,);
                                returns one number, the mean over the N rows

>>> y = np.array([[0.1, 0.3, 0.6], [0.2, 0.7, 0.1]])
>>> t = np.array([2, 1])  # the probabilities at the labels are 0.6 and 0.7
>>> round(float(cross_entropy_error(y, t)), 6)
0.43375
"""

import numpy as np


def cross_entropy_error(y, t):
    rows = np.arange(len(t))
    return -np.mean(np.log(y[rows, t] + 1e-7))
