"""Sigmoid as a layer: its slope is in its output (section 5.5.2).

    y = 1 / (1 + exp(-x))            dy/dx = y (1 - y)

The graph of the function has four nodes, and their derivatives multiply to y^2 exp(-x). With
exp(-x) = (1 - y) / y that is y (1 - y): the output is all that backward needs.

Write:

    Sigmoid   forward(x)      x: an array of any shape; returns y, of the same shape and dtype
              backward(dout)  dout: the gradient by y, of y's shape; returns dx = dout y (1 - y)

>>> layer = Sigmoid()
>>> layer.forward(np.array([0.0, 2.0]))
array([0.5       , 0.88079708])
>>> layer.backward(np.array([4.0, 1.0]))
array([1.        , 0.10499359])
"""

import numpy as np


class Sigmoid:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        return dout * self.y * (1 - self.y)
