"""The convolution layer: a small filter slides over the image (sections 7.2 and 7.4).

At each place the filter and the window under it are multiplied and added up, so the layer is one
matrix product, filters times windows. `dlscratch.layers.sliding_windows` lays the windows out.
Backward is a convolution again: dx comes from dout and the filters turned by 180 degrees.
"""

from __future__ import annotations

import numpy as np

from dlscratch.initializers import normal, weight_std
from dlscratch.layers.base import Layer, expect_shape
from dlscratch.layers.im2col import output_size
from dlscratch.layers.sliding_windows import (
    channels_first,
    channels_last,
    correlate,
    filter_gradient,
)


class Convolution(Layer):
    """Cross-correlate each image with F filters and add a bias.

    W: (F, C, FH, FW), b: (F,). x: (N, C, H, W); y: (N, F, OH, OW) with the sizes of equation 7.1.

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
        if W.ndim != 4 or b.shape != W.shape[:1]:
            raise ValueError(
                f"Convolution expects W (F, C, FH, FW) and b (F,), got {W.shape}, {b.shape}"
            )
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
        rng: np.random.Generator | int | None = None,
        dtype=np.float32,
    ) -> Convolution:
        """Square filters, from `channels` maps to `filters` maps; std as in `weight_std`.

        >>> Convolution.init(1, 30, 5)
        Convolution(W=(30, 1, 5, 5), b=(30,), stride=1, pad=0)
        """
        std = weight_std(std, channels * size * size)
        W = normal((filters, channels, size, size), std, rng, dtype)
        return cls(W, np.zeros(filters, dtype), stride, pad)

    def forward(self, x, training=False):
        F, C, FH, FW = self.W.shape
        fits = x.ndim == 4 and x.shape[1] == C
        expect_shape(self, x, fits, f"images (N, {C}, H, W)", "load_mnist(flatten=False), say")
        output_size(x.shape[2], FH, self.stride, self.pad)  # refuses windows that do not fit
        output_size(x.shape[3], FW, self.stride, self.pad)
        pixels = channels_last(x)  # (N, H, W, C)
        self.cache = (pixels, x.shape)
        filters = self.W.transpose(2, 3, 1, 0)  # (F, C, FH, FW) -> (FH, FW, C, F)
        out = correlate(pixels, filters, self.stride, (self.pad, self.pad), bias=self.b)
        return channels_first(out)  # (N, F, OH, OW)

    def backward(self, dout):
        self.weight_gradients(dout)
        _, (_, _, H, W) = self.saved()
        _, _, FH, FW = self.W.shape
        # Input pixel h meets filter row i in output row (h + pad - i) / stride, so dx slides W,
        # turned by 180 degrees, over dout with stride - 1 zeros between its pixels.
        margin_h, margin_w = max(FH - 1 - self.pad, 0), max(FW - 1 - self.pad, 0)
        turned = self.W[:, :, ::-1, ::-1].transpose(2, 3, 0, 1)  # (FH, FW, F, C)
        pads = (margin_h, margin_w)
        dx = correlate(channels_last(dout), turned, pad=pads, input_dilation=self.stride)
        # a pad wider than the filter gave outputs that saw no pixel at all: cut their share off
        top, left = max(self.pad - FH + 1, 0), max(self.pad - FW + 1, 0)
        return channels_first(dx[:, top : top + H, left : left + W])

    def weight_gradients(self, dout):
        pixels, _ = self.saved()
        F, C, FH, FW = self.W.shape
        dout = channels_last(dout)  # (N, OH, OW, F)
        shape, pad = (FH, FW, C, F), (self.pad, self.pad)
        dfilters = filter_gradient(pixels, dout, shape, self.stride, pad)
        self.dW = dfilters.transpose(3, 2, 0, 1)  # (FH, FW, C, F) -> (F, C, FH, FW)
        N, OH, OW, _ = dout.shape
        rows = dout.reshape(N * OH, OW * F)  # the sum over all pixels, long rows first
        self.db = rows.sum(axis=0).reshape(OW, F).sum(axis=0)

    def input_shape(self, side):
        return self.W.shape[1], side, side

    def multiply_adds(self, x, y):
        N, _, OH, OW = y.shape
        return N * OH * OW * self.W.size

    def options(self):
        return f"{super().options()}, stride={self.stride}, pad={self.pad}"
