"""The convolution layer: a small filter slides over the image (sections 7.2 and 7.4).

At each position the filter is multiplied with the window under it and the products are added up, so
the layer is one matrix product, windows times filters; `dlscratch.layers.sliding_windows` makes it
fast. Backward is a convolution too: dx is dout convolved with the filters rotated by 180 degrees.
If the windows do not cover the image exactly, the rows and columns left over are ignored.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from dlscratch.arguments import expect_sizes
from dlscratch.initializers import Random, normal, weight_std
from dlscratch.layers.base import Layer, expect_arrays
from dlscratch.layers.im2col import output_size
from dlscratch.layers.sliding_windows import (
    around,
    channels_first,
    channels_last,
    correlate,
    expect_images,
    filter_gradient,
    input_gradient,
    unseen_remark,
)


class Convolution(Layer):
    """Cross-correlate each image with F filters and add a bias.

    W: (F, C, FH, FW), b: (F,). stride: pixels from window to window; pad: zeros on all four sides.
    x: (N, C, H, W); y: (N, F, OH, OW), OH = floor((H + 2 pad - FH) / stride) + 1 (equation 7.1).
    The gradient of pixels that no window sees is 0.
    ValueError for other shapes, and as in `output_size`.

    >>> x = np.array([[1, 2, 3, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 3, 0, 1]], dtype=float)
    >>> W = np.array([[2, 0, 1], [0, 1, 2], [1, 0, 2]], dtype=float)
    >>> Convolution(W[None, None], np.array([3.0])).forward(x[None, None])[0, 0]
    array([[18., 19.],
           [ 9., 18.]])
    """

    param_names = ("W", "b")
    pays_to_split = True
    makes_maps = True

    def __init__(self, W: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0):
        expect_arrays(self, W=W, b=b)
        if W.ndim != 4 or b.shape != W.shape[:1]:
            raise ValueError(
                f"Convolution expects W (F, C, FH, FW) and b (F,), got {W.shape}, {b.shape}"
            )
        for size in W.shape[2:]:
            output_size(size, size, stride, pad)  # refuses a bad stride or pad at once
        self.W = W
        self.b = b
        self.stride = stride
        self.pad = pad

    @classmethod
    def init(
        cls,
        channels: int,
        filters: int,
        size: int,
        stride: int = 1,
        pad: int = 0,
        std: float | str = "he",
        *,
        rng: Random = None,
        dtype: DTypeLike = np.float32,
    ) -> Convolution:
        """Square filters, from `channels` maps to `filters` maps; std as in `weight_std`.

        >>> Convolution.init(1, 30, 5)
        Convolution(W=(30, 1, 5, 5), b=(30,), stride=1, pad=0)
        """
        expect_sizes(channels=channels, filters=filters, size=size)
        std = weight_std(std, channels * size * size)
        W = normal((filters, channels, size, size), std, rng, dtype)
        return cls(W, np.zeros(filters, dtype), stride, pad)

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        F, C, FH, FW = self.W.shape
        expect_images(self, x, C)
        output_size(x.shape[2], FH, self.stride, self.pad)  # refuses a filter that is too large
        output_size(x.shape[3], FW, self.stride, self.pad)
        pixels = channels_last(x)  # (N, H, W, C)
        self.cache = (pixels, x.shape)
        out = correlate(pixels, self.filters(), self.stride, around(self.pad), bias=self.b)
        return channels_first(out)  # (N, F, OH, OW)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        self.weight_gradients(dout)
        _, (_, _, H, W) = self.saved()
        # y = x * W: dx = dy, with zeros around it, * W rotated by 180 degrees
        dx = input_gradient(channels_last(dout), self.filters(), (H, W), self.stride, self.pad)
        return channels_first(dx)  # (N, C, H, W)

    def weight_gradients(self, dout: np.ndarray) -> None:
        pixels, _ = self.saved()
        F, C, FH, FW = self.W.shape
        dout = channels_last(dout)  # (N, OH, OW, F)
        shape = (FH, FW, C, F)
        dfilters = filter_gradient(pixels, dout, shape, self.stride, around(self.pad))
        self.dW = dfilters.transpose(3, 2, 0, 1)  # (FH, FW, C, F) -> (F, C, FH, FW)
        N, OH, OW, _ = dout.shape
        # b is added at every position: db = the sum of dy; long rows, (N*OH, OW*F), add up faster
        self.db = dout.reshape(N * OH, OW * F).sum(axis=0).reshape(OW, F).sum(axis=0)

    def filters(self) -> np.ndarray:
        """(F, C, FH, FW) -> (FH, FW, C, F), the order that `sliding_windows` uses."""
        return self.W.transpose(2, 3, 1, 0)

    def input_shape(self, side: int) -> tuple[int, ...]:
        return self.W.shape[1], side, side

    def multiply_adds(self, x: np.ndarray, y: np.ndarray) -> int:
        N, _, OH, OW = y.shape
        return N * OH * OW * self.W.size

    def remark(self, x: np.ndarray, y: np.ndarray) -> str:
        return unseen_remark(x, self.W.shape[2:], (self.stride, self.stride), self.pad)

    def options(self) -> str:
        return f"{super().options()}, stride={self.stride}, pad={self.pad}"
