"""Section 7.7.1: the parts of LeNet-5 that are no longer in use (LeCun et al., 1998).

Sub-sampling shrinks a map by averaging, then scales and shifts each map by two numbers that are
learned. The squashing function is a tanh that goes through (1, 1) and (-1, -1). The third layer
sees, for each of its maps, only some of the maps before it. The output is the distance to a picture
of each digit, not a score.
"""

import numpy as np

from dlscratch import AveragePooling, Convolution, Layer
from dlscratch.vision.bilinear import resize

A, S = 1.7159, 2 / 3  # the squashing function A tanh(S x): A tanh(S) = 1

# Table I of the paper: which of the six maps (columns) each of the 16 maps (rows) is connected to
CONNECTED = np.array(
    [[int(i in seen) for i in range(6)] for seen in (
        *({k, (k + 1) % 6, (k + 2) % 6} for k in range(6)),
        *({k, (k + 1) % 6, (k + 2) % 6, (k + 3) % 6} for k in range(6)),
        *({k, (k + 1) % 6, (k + 3) % 6, (k + 4) % 6} for k in range(3)),
        set(range(6)),
    )],
    np.float32,
)  # fmt: skip


class ScaledTanh(Layer):
    """y = 1.7159 tanh(2 x / 3): nearly x between -1 and 1, where the learned targets lie.

    >>> ScaledTanh().forward(np.array([0.0, 1.0, 10.0])).round(3)
    array([0.   , 1.   , 1.716])
    """

    elementwise = True

    def forward(self, x, training=False):
        y = A * np.tanh(S * x)
        self.cache = (y,)
        return y

    def backward(self, dout):
        (y,) = self.saved()
        return dout * (S * (A - y * y / A))  # dy/dx = A S (1 - tanh^2), tanh = y / A


class Subsampling(Layer):
    """y = a * mean of each 2 x 2 window + b, with an a and a b for each map; a, b: (C,).

    >>> x = np.array([[[[1.0, 3.0], [5.0, 7.0]]]])
    >>> Subsampling(np.array([2.0]), np.array([0.5])).forward(x)
    array([[[[8.5]]]])
    """

    param_names = ("a", "b")

    def __init__(self, a, b):
        self.a, self.b = a, b
        self.mean = AveragePooling(2, 2)

    @classmethod
    def init(cls, channels, dtype=np.float32):
        """As an average at first: a = 1, b = 0."""
        return cls(np.ones(channels, dtype), np.zeros(channels, dtype))

    def children(self):
        return (self.mean,)

    def forward(self, x, training=False):
        m = self.mean.forward(x, training)  # (N, C, H, W) -> (N, C, H/2, W/2)
        self.cache = (m,)
        return self.a[:, None, None] * m + self.b[:, None, None]

    def backward(self, dout):
        (m,) = self.saved()
        self.da = np.sum(dout * m, axis=(0, 2, 3))  # y = a m + b, for each map
        self.db = np.sum(dout, axis=(0, 2, 3))
        return self.mean.backward(self.a[:, None, None] * dout)


class PartialConvolution(Convolution):
    """A convolution that sees only the maps that CONNECTED names: all other weights count as 0."""

    def filters(self):
        return (self.W * CONNECTED[:, :, None, None]).transpose(2, 3, 1, 0)  # -> (FH, FW, C, F)

    def weight_gradients(self, dout):
        super().weight_gradients(dout)
        self.dW = self.dW * CONNECTED[:, :, None, None]


class DistanceToCodes(Layer):
    """y_i = -1/2 |x - code_i|^2: the score of a class is how near x is to its picture.

    x: (N, D); codes: (classes, D), fixed, of -1 and 1. With `SoftmaxWithLoss` behind it, the loss
    is the paper's: the own code must be near and the others far (its equation 9).
    """

    buffer_names = ("codes",)

    def __init__(self, codes):
        self.codes = codes

    def forward(self, x, training=False):
        difference = x[:, None] - self.codes  # (N, 1, D) - (classes, D) -> (N, classes, D)
        self.cache = (difference,)
        return -0.5 * np.sum(difference**2, axis=2)

    def backward(self, dout):
        (difference,) = self.saved()
        return -np.einsum("nc,ncd->nd", dout, difference)  # dy_i/dx = -(x - code_i)

    def multiply_adds(self, x, y):
        return len(x) * self.codes.size


def pictures_of_digits(x, t):
    """The mean image of each digit as 12 x 7 pixels of -1 and 1, one row a digit: (10, 84).

    The paper has drawn them by hand, as printed characters. x: (N, 1, 28, 28), t: (N,).
    """
    means = np.stack([x[t == digit, 0, 2:26, 4:24].mean(axis=0) for digit in range(10)])
    small = np.stack([resize(mean, 12, 7) for mean in means])
    return np.where(small > 0.35, 1, -1).astype(x.dtype).reshape(10, 84)  # (10, 12, 7) -> (10, 84)
