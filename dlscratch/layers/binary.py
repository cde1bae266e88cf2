"""Binarized layers: activations and weights of +1 and -1 (Courbariaux and others, 2016).

A dot product of signs needs no multiplication: with one bit per sign it is XNOR and a bit count.
But the sign function has slope 0 nearly everywhere, so its true gradient is useless for training.
Backward uses the gradient of a similar function instead: the straight-through estimator.
So these gradients are wrong on purpose, and `check_gradients` says so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from dlscratch.arguments import expect_sizes
from dlscratch.initializers import Random, normal, weight_std
from dlscratch.layers.affine import Affine
from dlscratch.layers.base import Layer, expect_arrays


def sign(x: np.ndarray) -> np.ndarray:
    """+1 where x >= 0, else -1, in the dtype of x; unlike np.sign, it is never 0.

    >>> sign(np.array([-2.0, 0.0, 0.5]))
    array([-1.,  1.,  1.])
    """
    return 2 * (x >= 0).astype(x.dtype) - 1


class Sign(Layer):
    """y = +1 where x >= 0, else -1. Any shape.

    Backward is that of hard tanh, clip(x, -1, 1): it passes the gradient where abs(x) <= 1, and
    blocks it where x is so large that a small change cannot flip its sign.

    >>> layer = Sign()
    >>> layer.forward(np.array([[-3.0, -0.5, 0.0, 2.0]]))
    array([[-1., -1.,  1.,  1.]])
    >>> layer.backward(np.array([[5.0, 5.0, 5.0, 5.0]]))
    array([[0., 5., 5., 0.]])
    """

    elementwise = True

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        self.cache = (np.abs(x) <= 1,)
        return sign(x)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        (near,) = self.saved()
        return dout * near  # d clip(x, -1, 1)/dx = 1 where |x| <= 1, else 0


class BinaryAffine(Layer):
    """y = x . sign(W) + b, along the last axis.

    W: (in, out), b: (out,). x: (N, in) or (N, .., in); y: (N, .., out).
    W itself stays real, so that small updates add up until a sign flips; forward uses only its
    sign. dW is the gradient of sign(W), passed straight through; dx and db are exact. In training,
    keep W within [-1, 1], where a sign can still flip: call `clip()` after each update, or write
    np.clip(net.params["W1"], -1, 1, out=net.params["W1"]).

    >>> layer = BinaryAffine(np.array([[0.1, -0.9], [-0.2, 0.0]]), np.zeros(2))
    >>> layer.forward(np.array([[1.0, 5.0]]))
    array([[-4.,  4.]])
    """

    param_names = ("W", "b")
    decayed_names = ()  # the size of W has no effect, and near 0 signs flip at random

    def __init__(self, W: np.ndarray, b: np.ndarray):
        expect_arrays(self, W=W, b=b)
        if W.ndim != 2 or b.shape != W.shape[1:]:
            raise ValueError(
                f"BinaryAffine expects W (in, out) and b (out,), got {W.shape}, {b.shape}"
            )
        self.W = W
        self.b = b

    @classmethod
    def init(
        cls,
        n_in: int,
        n_out: int,
        std: float | str = "xavier",
        *,
        rng: Random = None,
        dtype: DTypeLike = np.float32,
    ) -> BinaryAffine:
        """A layer from n_in to n_out features, W random within [-1, 1]; std as in `weight_std`.

        The smaller std is, the sooner signs flip; the outputs do not depend on it.

        >>> BinaryAffine.init(784, 50, std=0.1)
        BinaryAffine(W=(784, 50), b=(50,))
        """
        expect_sizes(n_in=n_in, n_out=n_out)
        W = normal((n_in, n_out), weight_std(std, n_in), rng, dtype)
        return cls(W.clip(-1, 1), np.zeros(n_out, dtype))

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        affine = Affine(sign(self.W), self.b)
        self.cache = (affine,)
        return affine.forward(x, training)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        (affine,) = self.saved()
        dx = affine.backward(dout)  # dx = dy . sign(W)^T
        self.dW = affine.dW  # straight through, as if d sign(W)/dW = 1: dW = x^T . dy
        self.db = affine.db
        return dx

    def clip(self) -> None:
        """Clip W to [-1, 1], in place; for training, after each update of the optimizer."""
        np.clip(self.W, -1, 1, out=self.W)

    def input_shape(self, side: int) -> tuple[int, ...]:
        return self.W.shape[:1]

    def multiply_adds(self, x: np.ndarray, y: np.ndarray) -> int:
        return y.size * len(self.W)
