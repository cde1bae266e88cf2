"""Reshape: give each example another shape, for instance turn rows into images.

A generator of images (DCGAN; Radford and others, 2015) has it after its Affine layer.
"""

import math
import operator

import numpy as np

from dlscratch.layers.base import Layer, expect_shape


class Reshape(Layer):
    """(N, everything) -> (N, *shape); the order of the numbers stays the same.

    shape: sizes without N; one of them may be -1, and is then inferred. x: any shape (N, ..) with
    as many numbers per example as `shape`; ValueError otherwise.

    >>> Reshape(3, 2, 2).forward(np.zeros((5, 12))).shape
    (5, 3, 2, 2)
    >>> Reshape(-1, 4).forward(np.zeros((5, 12))).shape
    (5, 3, 4)
    """

    def __init__(self, *shape: int):
        try:
            self.shape = tuple(operator.index(size) for size in shape)
        except TypeError:
            raise TypeError(
                f"Reshape expects sizes, such as Reshape(1, 28, 28), got {shape}"
            ) from None
        if self.shape.count(-1) > 1 or any(size < 1 and size != -1 for size in self.shape):
            raise ValueError(
                f"Reshape expects sizes of 1 or more, and -1 at most once, got {self.shape}"
            )

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        numbers, known = math.prod(x.shape[1:]), math.prod(size for size in self.shape if size > 0)
        fits = x.ndim > 0 and (numbers % known == 0 if -1 in self.shape else numbers == known)
        wanted = f"{'a multiple of ' if -1 in self.shape else ''}{known}"
        hint = f"an example has {numbers} numbers, the product of the sizes is {known}"
        expect_shape(self, x, fits, f"examples of {wanted} numbers", hint)
        self.cache = (x.shape,)
        return x.reshape(len(x), *self.shape)  # (N, ..) -> (N, *shape)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        (shape,) = self.saved()
        return dout.reshape(shape)  # (N, *shape) -> (N, ..)

    def options(self) -> str:
        return ", ".join(map(str, self.shape))
