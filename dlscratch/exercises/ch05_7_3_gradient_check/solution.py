"""Gradient check: is a backward pass right? Measure it (section 5.7.3).

Backpropagation is fast and easy to get wrong; measuring is slow and hard to get wrong. Where both
agree, the fast one can be trusted. A layer returns an array. Multiplied by dout and added up it
becomes one number L, and the gradient of L by x is just what backward must return:

    L(x) = sum(dout * forward(x))            dL/dx = backward(dout)

The book takes the mean of all differences; the largest one does not hide a single wrong number.

Write (numerical_gradient is there; it calls f with arrays like x, one element a little moved):

    gradient_check(layer, x, dout)   returns the largest |backward - measured|, one number; x and
                                     dout are arrays of any shape, dout has that of forward(x)
    Tanh   forward(x)                returns y = tanh(x), np.tanh, of x's shape and dtype
           backward(dout)            returns dx = dout (1 - y^2)

Measuring calls forward many times, and backward belongs to the last forward: it must be that of x.

>>> x, dout = np.array([[0.5, -1.0], [2.0, 0.1]]), np.array([[1.0, -2.0], [0.5, 3.0]])
>>> bool(gradient_check(Tanh(), x, dout) < 1e-7)
True
>>> class Halved(Tanh):
...     def backward(self, dout):
...         return super().backward(dout) / 2
>>> round(float(gradient_check(Halved(), x, dout)), 4)
1.4851
"""

import numpy as np


def numerical_gradient(f, x):  # given
    h = 1e-4
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[i] += h
        below[i] -= h
        grad[i] = (f(above) - f(below)) / (2 * h)
    return grad


def gradient_check(layer, x, dout):
    def loss(x):
        return np.sum(dout * layer.forward(x))

    measured = numerical_gradient(loss, x)
    layer.forward(x)
    return np.max(np.abs(layer.backward(dout) - measured))


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        return dout * (1 - self.y**2)
