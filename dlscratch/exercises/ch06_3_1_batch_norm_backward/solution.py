"""Batch normalization, backward: the mean and the variance depend on x, too (section 6.3.1).

    xhat = (x - mean) / std,   y = gamma * xhat + beta,   std = sqrt(var + eps)

gamma and beta act on every row, so their gradients are sums over the rows. An x changes y in three
ways: by itself, through the mean and through the variance of its column. The last two subtract from
the gradient what only moves or stretches the whole column, because y does not notice that:

    dbeta = sum(dout)             dgamma = sum(dout * xhat)
    dxhat = dout * gamma
    dx = (dxhat - mean(dxhat) - xhat * mean(dxhat * xhat)) / std

sum and mean run over the N rows, with one number for each of the D columns. dout is not written to;
float32 in, float32 out.

Write (__init__ and forward are there; forward keeps self.xhat (N, D) and self.std (D,)):

    BatchNormalization   backward(dout)   dout: the gradient by y, (N, D); returns dx, (N, D), and
                                          keeps self.dgamma and self.dbeta, both (D,)

>>> layer = BatchNormalization(np.array([2.0]), np.array([0.0]))
>>> y = layer.forward(np.array([[1.0], [2.0], [3.0], [6.0]]))
>>> layer.backward(np.array([[1.0], [0.0], [0.0], [0.0]])).round(3)
array([[ 0.496],
       [-0.42 ],
       [-0.267],
       [ 0.191]])
>>> layer.dgamma.round(3), layer.dbeta
(array([-1.069]), array([1.]))
"""

import numpy as np


class BatchNormalization:
    def __init__(self, gamma, beta, eps=1e-6):  # given
        self.gamma, self.beta, self.eps = gamma, beta, eps

    def forward(self, x):  # given
        self.std = np.sqrt(np.var(x, axis=0) + self.eps)
        self.xhat = (x - np.mean(x, axis=0)) / self.std
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        self.dbeta = np.sum(dout, axis=0)
        self.dgamma = np.sum(dout * self.xhat, axis=0)
        dxhat = dout * self.gamma
        through_mean = np.mean(dxhat, axis=0)
        through_var = self.xhat * np.mean(dxhat * self.xhat, axis=0)
        return (dxhat - through_mean - through_var) / self.std
