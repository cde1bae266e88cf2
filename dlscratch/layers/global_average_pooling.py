"""Global average pooling: one number per channel, the mean of its feature map.

It replaces Flatten and the large Affine layer after the last convolution: if that convolution has
one filter per class, the means are the scores. It has no parameters, and images may have any size.
Lin and others, 2013 (Network in Network).
"""

import numpy as np

from dlscratch.layers.base import Layer
from dlscratch.layers.sliding_windows import channels_first, expect_images


class GlobalAveragePooling(Layer):
    """y = the mean of x over height and width. x: (N, C, H, W); y: (N, C), same dtype.

    ValueError unless x has four axes.

    >>> x = np.array([[[[1.0, 2.0], [3.0, 6.0]], [[0.0, 0.0], [0.0, 4.0]]]])
    >>> GlobalAveragePooling().forward(x)
    array([[3., 1.]])
    """

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        expect_images(self, x)
        self.cache = (x.shape,)
        return x.mean(axis=(2, 3))  # (N, C, H, W) -> (N, C)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        ((N, C, H, W),) = self.saved()
        # y = (x_1 + .. + x_HW) / (H W): dx = dy / (H W), for every pixel
        share = (dout / (H * W)).reshape(N, 1, 1, C)  # (N, C) -> (N, 1, 1, C)
        return channels_first(np.tile(share, (1, H, W, 1)))  # (N, H, W, C) -> (N, C, H, W)
