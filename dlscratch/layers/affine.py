"""The fully connected layer: every output depends on every input (sections 3.3.3 and 5.6).

y = x . W + b for a whole batch at once: each row of x is one example.
Backward, by matching shapes: dx (N, in) can only be dy (N, out) . W^T (out, in).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import DTypeLike

from dlscratch.arguments import expect_sizes
from dlscratch.initializers import Random, normal, weight_std
from dlscratch.layers.base import Layer, expect_arrays, expect_shape


class Affine(Layer):
    """y = x . W + b, along the last axis.

    W: (in, out), b: (out,). The layer uses these arrays themselves, not copies.
    x: (N, in), or (N, .., in), for instance sequences (N, T, in); y: (N, .., out).
    For images, put `Flatten` before it. ValueError for other shapes.

    >>> layer = Affine(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.zeros(3))
    >>> layer.forward(np.array([[1.0, 1.0]]))
    array([[5., 7., 9.]])
    """

    param_names = ("W", "b")

    def __init__(self, W: np.ndarray, b: np.ndarray):
        expect_arrays(self, W=W, b=b)
        if W.ndim != 2 or b.shape != W.shape[1:]:
            raise ValueError(f"Affine expects W (in, out) and b (out,), got {W.shape}, {b.shape}")
        self.W = W
        self.b = b

    @classmethod
    def init(
        cls,
        n_in: int,
        n_out: int,
        std: float | str = "he",
        *,
        rng: Random = None,
        dtype: DTypeLike = np.float32,
    ) -> Affine:
        """A layer from n_in to n_out features, W random and b = 0; std as in `weight_std`.

        >>> Affine.init(784, 50, std=0.01)
        Affine(W=(784, 50), b=(50,))
        """
        expect_sizes(n_in=n_in, n_out=n_out)
        W = normal((n_in, n_out), weight_std(std, n_in), rng, dtype)
        return cls(W, np.zeros(n_out, dtype))

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        n_in, n_out = self.W.shape
        expect_shape(
            self, x, x.ndim >= 2 and x.shape[-1] == n_in, f"a batch (N, {n_in})", hint(x, n_in)
        )
        rows = x.reshape(-1, n_in)  # (N, .., in) -> (N*.., in)
        self.cache = (rows, x.shape)
        out = rows @ self.W
        out += self.b
        return out.reshape(*x.shape[:-1], n_out)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        self.weight_gradients(dout)
        _, shape = self.saved()
        return (dout @ self.W.T).reshape(shape)  # dx = dy . W^T

    def weight_gradients(self, dout: np.ndarray) -> None:
        rows, _ = self.saved()
        dout = dout.reshape(-1, self.W.shape[1])  # (N, .., out) -> (N*.., out)
        self.dW = rows.T @ dout  # dW = x^T . dy
        self.db = dout.sum(axis=0)  # b is added to every row: db = sum of the rows of dy

    def input_shape(self, side: int) -> tuple[int, ...]:
        return self.W.shape[:1]

    def multiply_adds(self, x: np.ndarray, y: np.ndarray) -> int:
        return x.size // self.W.shape[0] * self.W.size


def hint(x: np.ndarray, n_in: int) -> str:
    """How to make an array of the wrong shape fit."""
    if x.shape == (n_in,):
        return "use x[None] for one example"
    if x.ndim > 2 and x.size == len(x) * n_in:
        return "put Flatten() before it"
    if x.ndim == 4:
        each = math.prod(x.shape[1:])
        return f"Flatten() before it would give {each} numbers per image, not {n_in}"
    if x.ndim == 2 and len(x) == n_in:
        return "its columns are the examples, use x.T"
    return f"the last axis must hold {n_in} numbers"
