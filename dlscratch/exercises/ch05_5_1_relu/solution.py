"""ReLU: positive numbers pass, all others become 0 (section 5.5.1).

    y = x where x > 0, else 0            dy/dx = 1 where x > 0, else 0

Like a switch: where the signal passed on its way forwards, the gradient dout passes backwards
unchanged, elsewhere it is stopped.

Write:

    Relu   forward(x)      x: an array of any shape; returns y, of the same shape and dtype
           backward(dout)  dout: the gradient by y, of y's shape; returns dx

Keep in forward what backward needs. Neither x nor dout is written to: others use them, too.

>>> relu = Relu()
>>> relu.forward(np.array([[1.0, -0.5], [-2.0, 3.0]]))
array([[1., 0.],
       [0., 3.]])
>>> relu.backward(np.array([[10.0, 20.0], [30.0, -40.0]]))
array([[ 10.,   0.],
       [  0., -40.]])
"""

import numpy as np


class Relu:
    def forward(self, x):
        self.passes = x > 0
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout * self.passes
