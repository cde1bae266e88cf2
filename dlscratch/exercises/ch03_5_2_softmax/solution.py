"""Softmax without overflow: scores become probabilities (sections 3.5.1 and 3.5.2).

exp makes every score positive, and dividing by the sum makes them add up to 1. But exp(1000) is
inf, and inf / inf is nan. Subtracting a constant from all scores of a row changes nothing, because
it cancels out (equation 3.11): subtract the largest score of the row, and no exponent exceeds 0.

    y_k = exp(a_k - max(a)) / sum_i exp(a_i - max(a))

Write:

    softmax(a)   a is one row of scores (classes,), or a batch of rows (N, classes); each row
                 becomes probabilities of its own. float32 in, float32 out; a is not written to.

>>> softmax(np.array([0.3, 2.9, 4.0]))
array([0.01821127, 0.24519181, 0.73659691])
>>> softmax(np.array([[1010.0, 1000.0, 990.0], [0.0, 0.0, 0.0]])).round(4)
array([[1.    , 0.    , 0.    ],
       [0.3333, 0.3333, 0.3333]])
"""

import numpy as np


def softmax(a):
    e = np.exp(a - np.max(a, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)
