"""The book's functions (sections 3.2, 3.5 and 4.2): read `dlscratch.functions`.

Three names are not there. The derivatives `sigmoid_grad` and `relu_grad` are the layer's backward
pass for dout = 1; `softmax_loss` is the forward pass of `SoftmaxWithLoss`.
"""

import numpy as np

from dlscratch.functions import (
    cross_entropy_error,
    identity_function,
    mean_squared_error,
    relu,
    sigmoid,
    softmax,
    step_function,
)
from dlscratch.layers import Layer, ReLU, Sigmoid, SoftmaxWithLoss

__all__ = [
    "cross_entropy_error",
    "identity_function",
    "mean_squared_error",
    "np",  # the book's two_layer_net.py has its np from `import *` here
    "relu",
    "relu_grad",
    "sigmoid",
    "sigmoid_grad",
    "softmax",
    "softmax_loss",
    "step_function",
    "sum_squared_error",
]

sum_squared_error = mean_squared_error  # the name in the book's public code


def sigmoid_grad(x) -> np.ndarray:
    """The derivative of the sigmoid, y (1 - y); any shape. Read `dlscratch.Sigmoid.backward`.

    >>> sigmoid_grad(np.array([0.0, 2.0]))
    array([0.25      , 0.10499359])
    """
    return _derivative(Sigmoid(), x)


def relu_grad(x) -> np.ndarray:
    """The derivative of ReLU, 1 where x > 0, else 0; any shape. Read `dlscratch.ReLU.backward`.

    >>> relu_grad(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 1.])
    """
    return _derivative(ReLU(), x)


def softmax_loss(X, t) -> float:
    """The mean cross entropy of scores X and labels t. Read `dlscratch.SoftmaxWithLoss`.

    Exact: unlike `cross_entropy_error(softmax(X), t)`, it adds nothing inside the logarithm.

    >>> round(softmax_loss(np.array([[0.3, 2.9, 4.0]]), np.array([2])), 4)
    0.3057
    """
    return SoftmaxWithLoss().forward(np.asarray(X), t)


def _derivative(layer: Layer, x):
    """dy/dx of an elementwise layer."""
    x = np.asarray(x)
    layer.forward(x)
    return layer.backward(np.ones_like(x))
