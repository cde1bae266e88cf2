"""A residual block: what goes in is added to what comes out (section 8.2.4).

    y = relu(F(x) + x)                     F: a few layers, one after the other

x reaches the sum in two ways: through the layers, and by a shortcut around them. So the layers only
learn what is to be added to x. The gradient takes both ways back, and where two ways meet, the
gradients add up:

    dsum = dout where F(x) + x > 0, else 0
    dx = dF + dsum                         dF: dsum, back through the layers, the last one first

The slope of the shortcut is 1. So the gradient arrives even where the layers let little of it pass,
and nets of a hundred layers and more can be trained.

Write (__init__ is there; so are two layers to try it with):

    ResidualBlock   forward(x)      x: an array of any shape; each layer of self.layers has a
                                    forward(x), and F(x) has the shape of x; returns y
                    backward(dout)  dout: the gradient by y; each layer has a backward(dout), which
                                    returns the gradient by its input; returns dx

Neither x, nor dout, nor what a layer returns is written to; float32 in, float32 out.

>>> block = ResidualBlock([Affine(np.array([[0.0, 1.0], [-2.0, 0.0]]), np.zeros(2)), Relu()])
>>> block.forward(np.array([[1.0, -3.0], [-1.0, 2.0]]))
array([[7., 0.],
       [0., 2.]])
>>> block.backward(np.array([[10.0, 20.0], [30.0, 40.0]]))
array([[ 10., -20.],
       [  0.,  40.]])
"""

import numpy as np


class Affine:
    def __init__(self, W, b):  # given
        self.W, self.b = W, b

    def forward(self, x):  # given
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):  # given
        self.dW, self.db = self.x.T @ dout, np.sum(dout, axis=0)
        return dout @ self.W.T


class Relu:
    def forward(self, x):  # given
        self.passes = x > 0
        return x * self.passes

    def backward(self, dout):  # given
        return dout * self.passes


class ResidualBlock:
    def __init__(self, layers):  # given
        self.layers = layers

    def forward(self, x):
        out = x
        for layer in self.layers:
            out = layer.forward(out)
        y = np.maximum(out + x, 0)
        self.passes = y > 0
        return y

    def backward(self, dout):
        dsum = dout * self.passes
        dF = dsum
        for layer in reversed(self.layers):
            dF = layer.backward(dF)
        return dF + dsum
