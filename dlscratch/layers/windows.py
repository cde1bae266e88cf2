"""The windows of a convolution without copying them all: how `Convolution` is fast.

An image batch is called (N, C, H, W), but lies in memory as (H, C, W, N): row by row, and the
same pixel of all images side by side. NumPy does not mind: a transpose is only a view.

    memory of x        H rows, each (C, W, N)
                         | shifted left by 0, 1, .. FW-1 and stacked: FW copies in all
    memory of stacked  H rows, each (FW, C, OW, N)
                         | a window of the filter is FH rows, one after the other
    windows (a view)   OH matrices, each (FH*FW*C, OW*N): what the filter sees, column by column

`im2col` writes each pixel FH*FW times, this only FW times; the rest is the view. The result is a
stack of ordinary matrices for `@`, whose output (OH, F, OW*N) lies in memory as (H, C, W, N) again.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided


def windows(x, filter_h: int, filter_w: int, stride: int = 1, pad_h: int = 0, pad_w: int = 0):
    """All windows of x (N, C, H, W) as (OH, filter_h*filter_w*C, OW*N), read-only."""
    rows = zero_padded(rows_first(x), pad_h, pad_w)
    Hp, C, Wp, N = rows.shape
    OH = (Hp - filter_h) // stride + 1
    OW = (Wp - filter_w) // stride + 1
    stacked = np.empty((Hp, filter_w, C, OW, N), rows.dtype)
    for j in range(filter_w):
        stacked[:, j] = rows[:, :, j : j + stride * OW : stride]
    row, number = stacked.strides[0], stacked.itemsize
    return as_strided(
        stacked,
        shape=(OH, filter_h * filter_w * C, OW * N),
        strides=(stride * row, OW * N * number, number),
        writeable=False,
    )


def rows_first(x):
    """(N, C, H, W) -> (H, C, W, N): a view, contiguous where x came from `images`."""
    return x.transpose(2, 1, 3, 0)


def images(rows):
    """(H, C, W, N) -> (N, C, H, W): the way back, a view."""
    return rows.transpose(3, 1, 0, 2)


def zero_padded(rows, pad_h: int, pad_w: int, step: int = 1):
    """rows (H, C, W, N) inside a border of zeros, its pixels `step` apart."""
    if pad_h == pad_w == 0 and step == 1:
        return rows
    H, C, W, N = rows.shape
    H, W = (H - 1) * step + 1, (W - 1) * step + 1
    padded = np.zeros((H + 2 * pad_h, C, W + 2 * pad_w, N), rows.dtype)
    padded[pad_h : pad_h + H : step, :, pad_w : pad_w + W : step] = rows
    return padded
