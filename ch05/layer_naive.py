"""The two simplest layers: a node that multiplies and a node that adds (sections 5.3 and 5.4).

A layer is a node of a computational graph. forward turns inputs into an output; backward turns
dout, the derivative of the end result with respect to that output, into the derivative with respect
to each input: dout times the node's own derivative. That is the chain rule, and all that the layers
of a network do, too.
"""


class MulLayer:
    """z = x * y (Fig 5-12).

    >>> layer = MulLayer()
    >>> layer.forward(10, 5)
    50
    >>> layer.backward(1.3)
    (6.5, 13.0)
    """

    def forward(self, x, y):
        self.x, self.y = x, y  # backward needs them
        return x * y

    def backward(self, dout):
        dx = dout * self.y  # dz/dx = y
        dy = dout * self.x  # dz/dy = x
        return dx, dy


class AddLayer:
    """z = x + y (Fig 5-9).

    >>> layer = AddLayer()
    >>> layer.forward(10, 5)
    15
    >>> layer.backward(1.3)
    (1.3, 1.3)
    """

    def forward(self, x, y):
        return x + y

    def backward(self, dout):
        dx = dout * 1  # dz/dx = 1
        dy = dout * 1  # dz/dy = 1
        return dx, dy
