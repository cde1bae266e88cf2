"""Flatten: images to rows, so that an Affine layer can follow (section 7.1). No parameters."""

from dlscratch.layers.base import Layer
from dlscratch.layers.sliding_windows import channels_first, channels_last


class Flatten(Layer):
    """(N, ...) -> (N, everything else).

    >>> import numpy as np
    >>> Flatten().forward(np.zeros((2, 3, 4, 4))).shape
    (2, 48)
    """

    def forward(self, x, training=False):
        self.cache = (x.shape,)
        return x.reshape(len(x), -1)  # (N, C, H, W) -> (N, C*H*W)

    def backward(self, dout):
        (shape,) = self.saved()
        dx = dout.reshape(shape)  # (N, C*H*W) -> (N, C, H, W)
        # a convolution takes dx as it lies in memory, channels last: copy it into that order here
        return channels_first(channels_last(dx)) if len(shape) == 4 else dx
