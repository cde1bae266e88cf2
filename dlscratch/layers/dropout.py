"""Dropout: in training, set each unit to 0 with probability `ratio` (section 6.4.3).

The survivors are scaled up by 1 / (1 - ratio), so that the expected sum stays the same
and test time needs no change ("inverted" dropout; Srivastava et al., 2014).
The book scales at test time instead: see `dlscratch.common.layers.Dropout`.
"""

import numpy as np

from dlscratch.arguments import expect_number
from dlscratch.initializers import Random, generator
from dlscratch.layers.base import Layer


class Dropout(Layer):
    """y = x * mask in training, y = x otherwise. Any shape.

    ratio: the fraction of units dropped, 0 <= ratio < 1, ValueError otherwise. rng: a generator or
    a seed, for the masks.

    >>> Dropout(0.5).forward(np.ones(3))
    array([1., 1., 1.])
    >>> Dropout(0.5, rng=np.random.default_rng(1)).forward(np.ones(4), training=True)
    array([0., 2., 2., 2.])
    """

    rng: np.random.Generator

    def __init__(self, ratio: float = 0.5, *, rng: Random = None):
        expect_number("dropout ratio", ratio, at_least=0, below=1)
        self.ratio = float(ratio)  # np.float64 would turn float32 into float64
        self.rng = generator(rng)

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        if not training:
            self.cache = (None,)
            return x
        kept = self.rng.random(x.shape, dtype=np.float32) >= self.ratio
        kept = np.asarray(kept, like=x)  # drawn by the CPU: on a GPU a seed gives the same mask
        mask = kept.astype(x.dtype) * (1 / (1 - self.ratio))
        self.cache = (mask,)
        return x * mask

    def backward(self, dout: np.ndarray) -> np.ndarray:
        (mask,) = self.saved()
        return dout if mask is None else dout * mask  # dy/dx = mask

    def options(self) -> str:
        return f"{self.ratio}"
