"""Flatten: images to rows, so that an Affine layer can follow (section 7.1). No parameters."""

import numpy as np

from dlscratch.layers.base import Layer
from dlscratch.layers.sliding_windows import channels_first, channels_last


class Flatten(Layer):
    """(N, ...) -> (N, everything else).

    >>> Flatten().forward(np.zeros((2, 3, 4, 4))).shape
    (2, 48)
    """

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        self.cache = (x.shape,)
        return x.reshape(len(x), -1)  # (N, C, H, W) -> (N, C*H*W)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        (shape,) = self.saved()
        dx = dout.reshape(shape)  # (N, C*H*W) -> (N, C, H, W)
        # the backward of a convolution wants channels last in memory: copy into that order here
        return channels_first(channels_last(dx)) if len(shape) == 4 else dx
