"""Transposed convolution: enlarge an image with learned filters, as in decoders and generators.

It is the backward pass of a convolution, used as a forward pass: each input pixel, times the
filter, is added to a window of the output, and overlapping windows add up. So its own backward pass
is a plain convolution, and its `stride` is the factor of enlargement.
Zeiler and others, 2010; Long and others, 2015, who initialize it as bilinear interpolation.
"""

from __future__ import annotations

from collections.abc import Sequence

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
)


class TransposedConvolution(Layer):
    """The adjoint of a `Convolution` with the same W, stride and pad, plus a bias.

    W: (C, F, FH, FW), from C maps to F maps; b: (F,). x: (N, C, H, W); y: (N, F, OH, OW) with
    OH = (H - 1) * stride + FH - 2 pad: `pad` pixels are cut off on all four sides.
    ValueError for other shapes, a bad stride or pad, and a pad that leaves no output.

    >>> layer = TransposedConvolution(np.ones((1, 1, 2, 2)), np.zeros(1), stride=2)
    >>> layer.forward(np.array([[[[1.0, 2.0]]]]))[0, 0]
    array([[1., 1., 2., 2.],
           [1., 1., 2., 2.]])
    """

    param_names = ("W", "b")
    pays_to_split = True
    makes_maps = True

    def __init__(self, W: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0):
        expect_arrays(self, W=W, b=b)
        if W.ndim != 4 or b.shape != W.shape[1:2]:
            raise ValueError(
                "TransposedConvolution expects W (C, F, FH, FW) and b (F,), "
                f"got {W.shape}, {b.shape}"
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
    ) -> TransposedConvolution:
        """Square filters, from `channels` maps to `filters` maps; std as in `weight_std`.

        >>> TransposedConvolution.init(16, 8, 4, stride=2, pad=1)
        TransposedConvolution(W=(16, 8, 4, 4), b=(8,), stride=2, pad=1)
        """
        expect_sizes(channels=channels, filters=filters, size=size, stride=stride)
        # about size / stride windows overlap at an output pixel, vertically and horizontally
        n = round(channels * max(size / stride, 1) ** 2)
        W = normal((channels, filters, size, size), weight_std(std, n), rng, dtype)
        return cls(W, np.zeros(filters, dtype), stride, pad)

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        expect_images(self, x, self.W.shape[0])
        pixels = channels_last(x)  # (N, H, W, C)
        self.cache = (pixels,)
        size = self.enlarged(x.shape[2:])
        out = input_gradient(pixels, self.filters(), size, self.stride, self.pad, bias=self.b)
        return channels_first(out)  # (N, F, OH, OW)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        self.weight_gradients(dout)
        # y = the adjoint of a convolution of x: dx = that convolution of dy
        dx = correlate(channels_last(dout), self.filters(), self.stride, around(self.pad))
        return channels_first(dx)  # (N, C, H, W)

    def weight_gradients(self, dout: np.ndarray) -> None:
        (pixels,) = self.saved()
        C, F, FH, FW = self.W.shape
        dout = channels_last(dout)  # (N, OH, OW, F)
        # <y, dy> = <x, convolution(dy)>: dW is that of a convolution of dy with upstream gradient x
        shape = (FH, FW, F, C)
        dfilters = filter_gradient(dout, pixels, shape, self.stride, around(self.pad))
        self.dW = dfilters.transpose(3, 2, 0, 1)  # (FH, FW, F, C) -> (C, F, FH, FW)
        self.db = dout.sum(axis=(1, 2)).sum(axis=0)  # b is added everywhere: db = the sum of dy

    def filters(self) -> np.ndarray:
        """(C, F, FH, FW) -> (FH, FW, F, C), the filters of a convolution from F maps to C."""
        return self.W.transpose(2, 3, 1, 0)

    def enlarged(self, size: Sequence[int]) -> list[int]:
        """Height and width of the output; ValueError if the pad leaves none."""
        out = [(n - 1) * self.stride + k - 2 * self.pad for n, k in zip(size, self.W.shape[2:])]
        if min(out) < 1:
            raise ValueError(
                f"{self!r} expects an output of 1 x 1 or more, got {out[0]} x {out[1]} from images "
                f"of {size[0]} x {size[1]}: use a smaller pad, or larger images or filters"
            )
        return out

    def input_shape(self, side: int) -> tuple[int, ...]:
        return self.W.shape[0], side, side

    def multiply_adds(self, x: np.ndarray, y: np.ndarray) -> int:
        N, _, H, W = x.shape
        return N * H * W * self.W.size

    def options(self) -> str:
        return f"{super().options()}, stride={self.stride}, pad={self.pad}"


def bilinear_filters(channels: int, size: int, dtype: DTypeLike = np.float32) -> np.ndarray:
    """W (channels, channels, size, size) for bilinear interpolation of each channel.

    To enlarge s times: size 2 s - s % 2, stride s, pad s // 2. Each output pixel is then a weighted
    mean of the nearest input pixels, 0 outside the image. A fully convolutional network starts with
    these filters, and may change them in training (Long and others, 2015).

    >>> W = bilinear_filters(1, 4)
    >>> W[0, 0, 1]
    array([0.1875, 0.5625, 0.5625, 0.1875], dtype=float32)
    >>> layer = TransposedConvolution(W, np.zeros(1, W.dtype), stride=2, pad=1)
    >>> layer.forward(np.ones((1, 1, 5, 5), W.dtype)).shape
    (1, 1, 10, 10)
    """
    factor = (size + 1) // 2
    distance = np.abs(np.arange(size) - (size - 1) / 2)  # from the centre of the filter
    row = 1 - distance / factor  # a hat function
    W = np.zeros((channels, channels, size, size), dtype)
    W[np.arange(channels), np.arange(channels)] = np.outer(row, row)
    return W
