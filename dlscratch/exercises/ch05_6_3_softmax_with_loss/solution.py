"""Softmax with loss: of all the derivatives only y - t remains (section 5.6.3).

The last layer of a network turns scores x into probabilities y = softmax(x) and compares them with
the targets t, one-hot rows, by the cross entropy. The exp of the one undoes the log of the other:

    L = -1/N sum_n sum_k t_nk log(y_nk + 1e-7)          dL/dx = (y - t) / N

Write (softmax is there):

    SoftmaxWithLoss   forward(x, t)     x: scores (N, classes); t: one-hot, (N, classes);
                                        returns the loss, one number
                      backward(dout=1)  dout: a number, the gradient by the loss; returns
                                        dx = dout (y - t) / N, of shape (N, classes)

backward may be called twice and returns the same each time.

>>> layer = SoftmaxWithLoss()
>>> x = np.log(np.array([[0.3, 0.2, 0.5]]))  # scores whose softmax is 0.3, 0.2, 0.5
>>> round(float(layer.forward(x, np.array([[0, 1, 0]]))), 4)
1.6094
>>> layer.backward()
array([[ 0.3, -0.8,  0.5]])
"""

import numpy as np


def softmax(x):  # given
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.y, self.t = softmax(x), t
        return -np.sum(t * np.log(self.y + 1e-7)) / len(x)

    def backward(self, dout=1):
        return dout * (self.y - self.t) / len(self.t)
