"""Numerical gradient: the slope in each direction, measured (sections 4.3.3 and 4.4).

Move one element of x a little up and a little down, leave all others where they are, and see how f
changes. The central difference is far more accurate than a step to one side:

    df/dx_i = (f(x with x_i + h) - f(x with x_i - h)) / (2 h),    h = 1e-4

Write:

    numerical_gradient(f, x)   f takes an array and returns a number; x is an array (n,) of floats
                               or of integers; returns the gradient, floats (n,)

x belongs to the caller: change a copy of it, made of floats, and move each element back before the
next one has its turn.

>>> def f(x):
...     return np.sum(x**2)
>>> numerical_gradient(f, np.array([3.0, 4.0])).round(6)
array([6., 8.])
"""

import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    x = np.array(x, dtype=float)
    grad = np.zeros(x.shape)
    for i in range(x.size):
        value = x[i]
        x[i] = value + h
        above = f(x)
        x[i] = value - h
        below = f(x)
        grad[i] = (above - below) / (2 * h)
        x[i] = value
    return grad
