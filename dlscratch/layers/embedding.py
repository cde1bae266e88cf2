"""Embedding: a learned vector for each word, or for anything else that has an index.

Looking up row k of W gives the same result as multiplying a one-hot row with W, without the work.
So backward adds each word's gradient to its row: a word that occurs twice receives both.
Bengio and others, 2003, "A Neural Probabilistic Language Model".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from dlscratch.arguments import expect_sizes
from dlscratch.initializers import Random, normal, weight_std
from dlscratch.layers.base import Layer, expect_arrays


class Embedding(Layer):
    """y = W[x]: row x of W for each integer x.

    W: (V, D), a row for each of V words. x: integers 0 .. V - 1 of any shape, for instance (N, T);
    y: (N, T, D) in W's dtype. Integers have no gradient: dx is 0, in W's dtype.
    ValueError if x is not integers, or out of range.

    >>> layer = Embedding(np.array([[0.0, 0.1], [1.0, 1.1], [2.0, 2.1]]))
    >>> layer.forward(np.array([[2, 0]]))
    array([[[2. , 2.1],
            [0. , 0.1]]])
    """

    param_names = ("W",)
    decayed_names = ()  # the vector of a rare word would decay between its occurrences
    takes_integers = True

    def __init__(self, W: np.ndarray):
        expect_arrays(self, W=W)
        if W.ndim != 2:
            raise ValueError(f"Embedding expects W (V, D), got {W.shape}")
        self.W = W

    @classmethod
    def init(
        cls,
        n_words: int,
        dim: int,
        std: float = 0.01,
        *,
        rng: Random = None,
        dtype: DTypeLike = np.float32,
    ) -> Embedding:
        """A layer with a random row of `dim` numbers for each of n_words words.

        >>> Embedding.init(10_000, 100)
        Embedding(W=(10000, 100))
        """
        expect_sizes(n_words=n_words, dim=dim)
        return cls(normal((n_words, dim), weight_std(std, dim), rng, dtype))

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        self._expect_words(x)
        self.cache = (x,)
        return self.W[x]  # (N, ..) -> (N, .., D)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        (x,) = self.saved()
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, x, dout)  # dW[x] += dy, but a repeated x counts each time
        return np.zeros(x.shape, self.W.dtype, like=x)

    def input_shape(self, side: int) -> tuple[int, ...]:
        return (1,)  # any number of words will do: one

    def _expect_words(self, x: np.ndarray) -> None:
        if x.dtype.kind not in "iu":
            raise ValueError(f"{self!r} expects integers, got {x.dtype}: use x.astype(int)")
        if x.size and not (x.min() >= 0 and x.max() < len(self.W)):
            raise ValueError(
                f"{self!r} expects words 0 .. {len(self.W) - 1}, got {x.min()} .. {x.max()}: "
                "W needs a row for each word"
            )
