"""Batch normalization: give every feature mean 0 and variance 1 (section 6.3.1, forward).

x is a batch (N, D). Each of the D columns is normalised by its own mean and variance over the N
rows; gamma and beta, which are learned, then choose scale and shift anew:

    mean = 1/N sum x,   var = 1/N sum (x - mean)^2
    xhat = (x - mean) / sqrt(var + eps),   y = gamma * xhat + beta

After training there may be a single input, and no batch. Therefore running averages are kept in
training, which take the place of mean and var later. r is running_mean or running_var, s the mean
or var of the batch:

    r <- momentum * r + (1 - momentum) * s

Write (__init__ is there):

    BatchNormalization   forward(x, train_flg=True)   returns y, (N, D)

With train_flg=True, mean and var are those of the batch, and self.running_mean and self.running_var
are updated by them. With train_flg=False the running averages are used, and they do not change.
x is not written to; float32 in, float32 out.

>>> layer = BatchNormalization(np.ones(2), np.zeros(2))
>>> layer.forward(np.array([[1.0, 10.0], [3.0, 30.0]])).round(3)
array([[-1., -1.],
       [ 1.,  1.]])
>>> layer.running_mean, layer.running_var
(array([0.2, 2. ]), array([ 1. , 10.9]))
>>> layer.forward(np.array([[1.2, 2.0]]), train_flg=False).round(3)
array([[1., 0.]])
"""

import numpy as np


class BatchNormalization:
    def __init__(self, gamma, beta, momentum=0.9, eps=1e-6):  # given
        self.gamma, self.beta = gamma, beta
        self.momentum, self.eps = momentum, eps
        self.running_mean = np.zeros_like(gamma)
        self.running_var = np.ones_like(gamma)

    def forward(self, x, train_flg=True):
        if train_flg:
            mean, var = np.mean(x, axis=0), np.var(x, axis=0)
            old, new = self.momentum, 1 - self.momentum
            self.running_mean = old * self.running_mean + new * mean
            self.running_var = old * self.running_var + new * var
        else:
            mean, var = self.running_mean, self.running_var
        xhat = (x - mean) / np.sqrt(var + self.eps)
        return self.gamma * xhat + self.beta
