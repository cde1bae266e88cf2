"""Mul and Add: the two simplest layers, with their backward passes (sections 5.3 and 5.4).

A layer is a node of a computational graph. forward computes its output. backward is given dout, the
derivative of the end result by that output, and returns the derivative by each input: dout times
the node's own derivative (the chain rule).

    z = x * y:   dz/dx = y,  dz/dy = x          z = x + y:   dz/dx = 1,  dz/dy = 1

Write:

    MulLayer   forward(x, y) returns x * y; backward(dout) returns two values, dx and dy
    AddLayer   the same for x + y

backward of MulLayer needs the inputs of forward: keep them in self, each layer its own.

>>> layer = MulLayer()
>>> layer.forward(10, 5)
50
>>> layer.backward(1.3)
(6.5, 13.0)
>>> layer = AddLayer()
>>> layer.forward(10, 5)
15
>>> layer.backward(1.3)
(1.3, 1.3)
"""


class MulLayer:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dout):
        dx = dout * self.y
        dy = dout * self.x
        return dx, dy


class AddLayer:
    def forward(self, x, y):
        return x + y

    def backward(self, dout):
        return dout, dout
