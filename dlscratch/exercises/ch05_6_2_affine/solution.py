"""Affine, for a batch: every output sees every input, in both directions (section 5.6.2).

    y = x . W + b         x (N, in), W (in, out), b (out,), y (N, out)

The gradients follow from the shapes: each has the shape of what it belongs to, and only one product
of matrices fits.

    dx = dout . W^T       (N, out) . (out, in) = (N, in)
    dW = x^T . dout       (in, N) . (N, out) = (in, out)
    db = the sum of the rows of dout, because b is added to each row

Write (__init__ is there):

    Affine   forward(x)      returns y
             backward(dout)  dout: the gradient by y; returns dx, and keeps self.dW and self.db

The product of matrices is A @ B or np.dot(A, B); A * B is element by element.

>>> layer = Affine(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([10.0, 20.0, 30.0]))
>>> layer.forward(np.array([[1.0, 1.0], [1.0, 0.0]]))
array([[15., 27., 39.],
       [11., 22., 33.]])
>>> layer.backward(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
array([[14., 32.],
       [32., 77.]])
>>> layer.db
array([5., 7., 9.])
"""

import numpy as np


class Affine:
    def __init__(self, W, b):  # given
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = np.sum(dout, axis=0)
        return dout @ self.W.T
