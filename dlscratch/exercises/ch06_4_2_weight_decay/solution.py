"""Weight decay: large weights cost something (section 6.4.2).

A network that has learned its few training examples by heart often has large weights. Weight decay
makes them part of the loss; lam, the book's lambda, says how much they count. Its gradient pulls
every weight a little towards 0 in each step. The biases are left alone.

    loss <- loss + 1/2 * lam * (the sum of the squares of all weights)
    dW <- dW + lam * W                 because d(1/2 lam W^2)/dW = lam W

Write:

    decayed_loss(loss, params, lam)      returns the new loss, one number
    decayed_gradient(grads, params, lam) returns a new dict with the new gradients, and those of the
                                         biases as they are

params is a dict with the arrays W1, b1, W2, b2, ..: a key that starts with "W" is one of weights.
grads has the same keys. Neither the dicts nor their arrays are written to.

>>> params = {"W1": np.array([[1.0, -2.0]]), "b1": np.array([5.0, 5.0]), "W2": np.array([[3.0]])}
>>> float(decayed_loss(0.5, params, 0.1))  # 1 + 4 + 9 = 14, and 0.05 of that
1.2
>>> grads = {"W1": np.array([[1.0, 1.0]]), "b1": np.array([0.1, 0.2]), "W2": np.array([[0.0]])}
>>> decayed_gradient(grads, params, 0.1)["W1"]
array([[1.1, 0.8]])
"""

import numpy as np


def decayed_loss(loss, params, lam):
    for key, W in params.items():
        if key.startswith("W"):
            loss = loss + 0.5 * lam * np.sum(W**2)
    return loss


def decayed_gradient(grads, params, lam):
    decayed = dict(grads)
    for key, W in params.items():
        if key.startswith("W"):
            decayed[key] = grads[key] + lam * W
    return decayed
