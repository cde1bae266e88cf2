"""Why `Convolution` is fast: the layout of images in memory, and few copies.

A batch of images is indexed as (N, C, H, W), but stored in memory as (N, H, W, C), all channels of
a pixel side by side; in NumPy the one is a transposed view of the other. Each row of a filter that
covers FH x FW pixels then sees FW*C adjacent numbers:

    x in memory        (N, H, W, C)
                         | copy, wherever a window starts, the FW*C numbers from there
    rows               (N, H, OW, FW*C)
                         | filter row i needs, for output row h, row h * stride + i: a view
    one filter row     (N, OH*OW, FW*C) . (FW*C, F), and the FH products are added up

`im2col` copies each pixel FH*FW times, this only FW times. It works on a few images at a time and
copies them into one buffer, which is reused, so that the copy is still in the processor's cache
when the product reads it. Where FW*C is small, as for grey images, such short products are slow:
then whole windows are copied after all, as in im2col, but transposed.
"""

import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from dlscratch.layers.base import Layer, expect_shape
from dlscratch.layers.im2col import output_size

BLOCK = 250_000  # numbers copied at a time: 1 MB in float32
MIN_ROW = 12  # with fewer numbers in a filter row, whole windows are copied

Sides: TypeAlias = Sequence[tuple[int, int]]  # (above, below), (left, right)
Layout: TypeAlias = tuple[np.ndarray, np.ndarray, np.ndarray]  # windows, copies, matrices
NO_PAD: Sides = ((0, 0), (0, 0))


def channels_last(x: np.ndarray) -> np.ndarray:
    """(N, C, H, W) -> (N, H, W, C), contiguous: a view if x is already stored in that order."""
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1), like=x)


def channels_first(x: np.ndarray) -> np.ndarray:
    """(N, H, W, C) -> (N, C, H, W), a view."""
    return x.transpose(0, 3, 1, 2)


def around(pad: int) -> Sides:
    """The same padding on all four sides: ((above, below), (left, right))."""
    return (pad, pad), (pad, pad)


def correlate(
    x: np.ndarray,
    filters: np.ndarray,
    stride: int = 1,
    pad: Sides = NO_PAD,
    bias: np.ndarray | None = None,
) -> np.ndarray:
    """Slide filters (FH, FW, C, F) over x (N, H, W, C) and add bias (F,): (N, OH, OW, F).

    pad: zeros around the images, ((above, below), (left, right)).
    """
    FH, FW, C, F = filters.shape
    H, W = padded_size(x, pad)
    OH, OW = output_size(H, FH, stride), output_size(W, FW, stride)
    out = np.empty((len(x), OH * OW, F), np.result_type(x, filters), like=x)
    filters = np.ascontiguousarray(filters, like=filters)
    bias_row = None if bias is None else np.concatenate([bias] * OW)  # long rows add up faster
    for images, matrices in window_blocks(x, FH, FW, stride, pad):
        weights = filters.reshape(len(matrices), 1, -1, F)  # (FH, FW, C, F) -> (parts, 1, k, F)
        np.matmul(matrices[0], weights[0], out=out[images])
        for matrix, weight in zip(matrices[1:], weights[1:]):
            out[images] += matrix @ weight
        if bias_row is not None:
            rows = out[images].reshape(-1, OW * F)  # (n, OH*OW, F) -> (n*OH, OW*F), a view
            rows += bias_row
    return out.reshape(-1, OH, OW, F)  # (N, OH*OW, F) -> (N, OH, OW, F)


def input_gradient(
    dout: np.ndarray,
    filters: np.ndarray,
    size: Sequence[int],
    stride: int = 1,
    pad: int = 0,
    bias: np.ndarray | None = None,
) -> np.ndarray:
    """The gradient of `correlate` with respect to x: (N, OH, OW, F) -> (N, H, W, C).

    size: H and W. pad: that of `correlate`, on all sides. bias: (C,), added to the result.
    """
    if stride == 1:
        return _unit_stride_gradient(dout, filters, size, (pad, pad), bias)
    shape = (len(dout), *size, filters.shape[2])
    dx = np.empty(shape, np.result_type(dout, filters), like=dout)
    for top, left in np.ndindex(stride, stride):
        # pixel h meets filter row i in output row (h + pad - i) / stride, if that is an integer:
        # so every stride-th pixel meets every stride-th row of the filter, and no other
        part = dx[:, top::stride, left::stride]
        subset = filters[(top + pad) % stride :: stride, (left + pad) % stride :: stride]
        first = (top + pad) // stride, (left + pad) // stride
        part[...] = _unit_stride_gradient(dout, subset, part.shape[1:3], first, bias)
    return dx


def _unit_stride_gradient(
    dout: np.ndarray,
    filters: np.ndarray,
    size: Sequence[int],
    first: Sequence[int],
    bias: np.ndarray | None,
) -> np.ndarray:
    """As `input_gradient`, where pixel h meets filter row i in output row first + h - i."""
    if 0 in filters.shape or 0 in size:  # a filter smaller than the stride skips these pixels
        shape = (len(dout), *size, filters.shape[2])
        dx = np.zeros(shape, np.result_type(dout, filters), like=dout)
        return dx if bias is None else dx + bias
    zeros, kept = [], []
    for length, filter_size, out_length, row in zip(size, filters.shape, dout.shape[1:], first):
        # rows of zeros before and after dout, so that all filter rows meet an output row
        before = filter_size - 1 - row
        after = length - 1 + row - (out_length - 1)
        zeros.append((max(before, 0), max(after, 0)))
        start = max(-before, 0)  # above 0 if the pad is so wide that some windows saw no pixel
        kept.append(slice(start, start + length))
    rotated = filters[::-1, ::-1].swapaxes(2, 3)  # 180 degrees; (FH, FW, C, F) -> (FH, FW, F, C)
    return correlate(dout, rotated, 1, zeros, bias)[:, kept[0], kept[1]]


def filter_gradient(
    x: np.ndarray,
    dout: np.ndarray,
    shape: tuple[int, int, int, int],
    stride: int = 1,
    pad: Sides = NO_PAD,
) -> np.ndarray:
    """The gradient of `correlate` with respect to filters of this shape (FH, FW, C, F)."""
    FH, FW, C, F = shape
    dout = dout.reshape(len(dout), -1, F).swapaxes(1, 2)  # (N, OH, OW, F) -> (N, F, OH*OW)
    total = np.zeros((), x.dtype, like=x)
    for images, matrices in window_blocks(x, FH, FW, stride, pad):
        # y = windows . filters: dfilters^T = dy^T . windows, added up over the images
        total = total + (dout[images] @ matrices).sum(axis=1)  # (parts, F, k)
    return total.swapaxes(1, 2).reshape(shape)  # (parts, F, k) -> (parts, k, F) -> (FH, FW, C, F)


def window_blocks(
    x: np.ndarray,
    filter_h: int,
    filter_w: int,
    stride: int,
    pad: Sides = NO_PAD,
) -> Iterator[tuple[slice, np.ndarray]]:
    """A few images of x (N, H, W, C) at a time: a slice, and the windows of these n images.

    The windows are matrices (parts, n, OH*OW, k) with parts * k = FH*FW*C: a part is one row of the
    filter, or the whole filter where its rows are short. The next block overwrites them.
    pad: as in `correlate`.
    """
    N, _, _, C = x.shape
    H, W = padded_size(x, pad)
    numbers = H * output_size(W, filter_w, stride) * filter_w * C  # copied for one image
    # on a GPU, all images at once: each call there costs more than the cache would save
    size = max(1, min(N, BLOCK // numbers)) if isinstance(x, np.ndarray) else N
    padded = np.zeros((size, H, W, C), x.dtype, like=x)
    (above, below), (left, right) = pad
    pixels = padded[:, above : H - below, left : W - right]
    layout = im2col_layout if filter_w * C < MIN_ROW else row_layout
    windows, copies, matrices = layout(padded, filter_h, filter_w, stride)
    for start in range(0, N, size):
        n = min(size, N - start)
        pixels[:n] = x[start : start + n]
        copies[:n] = windows[:n]
        # (parts, n, OH, OW, k) -> (parts, n, OH*OW, k), still a view where the stride is 1
        block = matrices[:, :n].reshape(len(matrices), n, -1, matrices.shape[-1])
        yield slice(start, start + n), block


def padded_size(x: np.ndarray, pad: Sides) -> list[int]:
    """Height and width of x (N, H, W, C) with its padding."""
    return [before + length + after for length, (before, after) in zip(x.shape[1:], pad)]


def row_layout(x: np.ndarray, filter_h: int, filter_w: int, stride: int) -> Layout:
    """The copies for products with one row of the filter at a time.

    Returns three arrays: views of x, the buffer to copy them to, and the buffer as matrices, one
    for each row of the filter.
    """
    n, H, W, C = x.shape
    OH, OW, k = output_size(H, filter_h, stride), output_size(W, filter_w, stride), filter_w * C
    image, row, pixel, number = x.strides
    windows = view(x, (n, H, OW, k), (image, row, stride * pixel, number))
    copies = np.empty(windows.shape, x.dtype, like=x)
    image, row, pixel, number = copies.strides
    # filter row i at output row h meets copies[:, h * stride + i]
    shape, strides = (filter_h, n, OH, OW, k), (row, image, stride * row, pixel, number)
    return windows, copies, view(copies, shape, strides)


def im2col_layout(x: np.ndarray, filter_h: int, filter_w: int, stride: int) -> Layout:
    """The same three arrays for whole windows: a single matrix."""
    n, H, W, C = x.shape
    OH, OW = output_size(H, filter_h, stride), output_size(W, filter_w, stride)
    image, row, pixel, number = x.strides
    shape = (n, filter_h, filter_w, C, OH, OW)
    windows = view(x, shape, (image, row, pixel, number, stride * row, stride * pixel))
    copies = np.empty(shape, x.dtype, like=x)
    # (n, FH, FW, C, OH, OW) -> (1, n, FH*FW*C, OH*OW) -> (1, n, OH*OW, FH*FW*C)
    return windows, copies, copies.reshape(1, n, -1, OH * OW).swapaxes(2, 3)


def view(x: np.ndarray, shape: tuple[int, ...], strides: tuple[int, ...]) -> np.ndarray:
    """A view of a contiguous x in another shape; strides: bytes from one index to the next."""
    return type(x)(shape, x.dtype, x.data, strides=strides)


def expect_images(layer: Layer, x: np.ndarray, channels: int | None = None) -> None:
    """ValueError, with a hint, unless x is (N, C, H, W); channels: C, if it is known."""
    if x.ndim == 4 and channels in (None, x.shape[1]) and x.size:
        return
    C = "C" if channels is None else channels
    expect_shape(layer, x, False, f"images (N, {C}, H, W)", image_hint(x, channels))


def image_hint(x: np.ndarray, channels: int | None) -> str:
    """How to make an array of the wrong shape fit."""
    if x.size == 0:
        return "one image or more, of one pixel or more"
    if x.ndim == 4:
        last = x.shape[3] == channels
        return (
            "the channels are last, use x.transpose(0, 3, 1, 2)"
            if last
            else f"axis 1 must hold {channels} channels"
        )
    if x.ndim == 3 and channels in (None, x.shape[0]):
        one, grey = "use x[None] for one image (C, H, W)", "x[:, None] for grey ones (N, H, W)"
        return one if channels else f"{one}, {grey}"
    if x.ndim == 3 and channels == 1:
        return "use x[:, None] for grey images (N, H, W)"
    if x.ndim == 3 and x.shape[2] == channels:
        return "the channels are last, use x.transpose(2, 0, 1)[None] for one image"
    side = math.isqrt(x.shape[-1] // (channels or 1)) if x.ndim == 2 else 0
    if side > 1 and side * side * (channels or 1) == x.shape[-1]:
        return f"use x.reshape(-1, {channels or 1}, {side}, {side})"
    return "an image has three axes: channels, height, width"


def unseen_remark(
    x: np.ndarray, filter_sizes: Sequence[int], strides: Sequence[int], pad: int
) -> str:
    """The note of a summary about pixels of x (N, C, H, W) that no window sees, "" if none.

    >>> unseen_remark(np.zeros((1, 1, 5, 4)), (2, 2), (2, 2), 0)
    '1 row unseen'
    """
    parts = []
    for name, length, size, stride in zip(("row", "column"), x.shape[2:], filter_sizes, strides):
        starts = np.arange(output_size(length, size, stride, pad)) * stride - pad
        seen = np.unique(starts[:, None] + np.arange(size))
        unseen = length - np.sum((seen >= 0) & (seen < length))
        if unseen:
            parts.append(f"{unseen} {name}{'s' if unseen > 1 else ''}")
    return ", ".join(parts) + " unseen" if parts else ""
