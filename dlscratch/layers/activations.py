"""Activation layers: the non-linearity between two linear layers (sections 3.2 and 5.5).

Without one, a stack of Affine layers is equivalent to a single Affine layer. Each acts element by
element, so dx = dy * h'(x), and each h' can be computed from the output y, so x need not be kept.
"""

import numpy as np

from dlscratch.arguments import expect_number
from dlscratch.functions import sigmoid
from dlscratch.layers.base import Layer


class ReLU(Layer):
    """y = max(0, x): positive numbers pass, the others become 0 (section 5.5.1). Any shape.

    >>> ReLU().forward(np.array([[1.0, -0.5], [-2.0, 3.0]]))
    array([[1., 0.],
           [0., 3.]])
    """

    elementwise = True

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        y = np.maximum(x, 0)
        self.cache = (y,)
        return y

    def backward(self, dout: np.ndarray) -> np.ndarray:
        (y,) = self.saved()
        return dout * (y > 0)  # dy/dx = 1 where x > 0, else 0


class LeakyReLU(Layer):
    """y = x where x > 0, else slope * x: the gradient is never 0 (Maas and others, 2013).

    slope: 0 <= slope < 1; ValueError otherwise. Any shape.

    >>> LeakyReLU(0.1).forward(np.array([[1.0, -0.5], [-2.0, 3.0]]))
    array([[ 1.  , -0.05],
           [-0.2 ,  3.  ]])
    """

    elementwise = True

    def __init__(self, slope: float = 0.01):
        expect_number("slope", slope, at_least=0, below=1)
        self.slope = float(slope)  # np.float64 would turn float32 into float64

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        y = np.maximum(x, self.slope * x)  # slope < 1: where x > 0, x is the larger one
        self.cache = (y,)
        return y

    def backward(self, dout: np.ndarray) -> np.ndarray:
        (y,) = self.saved()
        return np.where(y > 0, dout, self.slope * dout)  # dy/dx = 1 where x > 0, else slope

    def options(self) -> str:
        return f"{self.slope}"


class Sigmoid(Layer):
    """y = 1 / (1 + exp(-x)), between 0 and 1 (section 5.5.2). Any shape.

    >>> Sigmoid().forward(np.array([[0.0, 2.0]]))
    array([[0.5       , 0.88079708]])
    """

    elementwise = True

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        y = sigmoid(x)
        self.cache = (y,)
        return y

    def backward(self, dout: np.ndarray) -> np.ndarray:
        (y,) = self.saved()
        return dout * y * (1 - y)  # dy/dx = y (1 - y)


class Tanh(Layer):
    """y = tanh(x), between -1 and 1, symmetric about the origin (section 6.2.2). Any shape.

    >>> Tanh().forward(np.array([[0.0, 1.0]]))
    array([[0.        , 0.76159416]])
    """

    elementwise = True

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        y = np.tanh(x)
        self.cache = (y,)
        return y

    def backward(self, dout: np.ndarray) -> np.ndarray:
        (y,) = self.saved()
        return dout * (1 - y * y)  # dy/dx = 1 - y^2
