"""Gradient descent: one small step downhill after the other (section 4.4.1, equation 4.7).

The gradient points uphill. A step against it, as long as the learning rate lr says, leads downhill;
at the new place the gradient is another one:

    x <- x - lr * gradient(x)

Write:

    gradient_descent(gradient, init_x, lr=0.01, step_num=100)

gradient is a function: gradient(x) returns the gradient at x, of x's shape. init_x is where the
descent starts, floats or integers; it is not written to. Returns x after step_num steps.

>>> def gradient(x):  # of f(x) = x0^2 + x1^2
...     return 2 * x
>>> gradient_descent(gradient, np.array([-3.0, 4.0]), lr=0.1, step_num=1)
array([-2.4,  3.2])
>>> gradient_descent(gradient, np.array([-3.0, 4.0]), lr=0.1, step_num=100)
array([-6.11110793e-10,  8.14814391e-10])
"""

import numpy as np


def gradient_descent(gradient, init_x, lr=0.01, step_num=100):
    x = np.array(init_x, dtype=float)
    for _ in range(step_num):
        x -= lr * gradient(x)
    return x
