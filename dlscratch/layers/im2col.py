"""Convolution as one matrix product, the textbook way (section 7.4).

`im2col` lays every window that a filter sees out as one row of a matrix; then the convolution
is a single product with the filters as columns. `col2im` is its adjoint: it adds each row back
to the places it was taken from, which is what the backward pass needs.
The library's own `Convolution` uses a faster arrangement of the same idea
(`dlscratch.layers.sliding_windows`); the tests hold the two against each other.
"""

import numpy as np


def output_size(size: int, filter_size: int, stride: int = 1, pad: int = 0) -> int:
    """How many windows fit: (size + 2 pad - filter_size) / stride + 1 (equation 7.1).

    ValueError if the windows do not cover the padded input exactly.

    >>> output_size(28, 5, stride=3, pad=2), output_size(31, 5, stride=3, pad=2)
    (10, 11)
    """
    if filter_size < 1 or stride < 1 or pad < 0:
        raise ValueError(
            f"expected filter >= 1, stride >= 1 and pad >= 0, got filter {filter_size}, "
            f"stride {stride} and pad {pad}"
        )
    room = size + 2 * pad - filter_size
    if room < 0 or room % stride:
        raise ValueError(
            f"a filter of {filter_size} with stride {stride} and pad {pad} does not fit an input "
            f"of {size}: ({size} + 2*{pad} - {filter_size}) / {stride} + 1 must be a whole "
            "number >= 1; change filter, stride or pad"
        )
    return room // stride + 1


def im2col(images, filter_h: int, filter_w: int, stride: int = 1, pad: int = 0):
    """Every window as a row: (N, C, H, W) -> (N*OH*OW, C*filter_h*filter_w), same dtype.

    >>> im2col(np.zeros((10, 3, 7, 7)), 5, 5).shape
    (90, 75)
    """
    if images.ndim != 4:
        raise ValueError(
            f"im2col expects images (N, C, H, W), got an array of shape {images.shape}: "
            "use x[None] for one image (C, H, W)"
        )
    N, C, H, W = images.shape
    OH = output_size(H, filter_h, stride, pad)
    OW = output_size(W, filter_w, stride, pad)
    padded = np.pad(images, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    col = np.empty((N, C, filter_h, filter_w, OH, OW), dtype=images.dtype)
    for i, j in np.ndindex(filter_h, filter_w):  # pixel (i, j) of all windows at once
        col[:, :, i, j] = padded[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride]
    # (N, C, FH, FW, OH, OW) -> (N, OH, OW, C, FH, FW) -> (N*OH*OW, C*FH*FW)
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * OH * OW, -1)


def col2im(col, input_shape, filter_h: int, filter_w: int, stride: int = 1, pad: int = 0):
    """Add every row back to its window: (N*OH*OW, C*filter_h*filter_w) -> input_shape, same dtype.

    The adjoint of `im2col`: sum(im2col(x) * col) == sum(x * col2im(col)) for all x and col.
    A pixel that three windows saw receives three numbers.

    >>> col2im(np.ones((4, 4)), (1, 1, 3, 3), 2, 2)[0, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    N, C, H, W = input_shape
    OH = output_size(H, filter_h, stride, pad)
    OW = output_size(W, filter_w, stride, pad)
    # (N*OH*OW, C*FH*FW) -> (N, OH, OW, C, FH, FW) -> (N, C, FH, FW, OH, OW)
    col = col.reshape(N, OH, OW, C, filter_h, filter_w).transpose(0, 3, 4, 5, 1, 2)
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=col.dtype)
    for i, j in np.ndindex(filter_h, filter_w):
        padded[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride] += col[:, :, i, j]
    return padded[:, :, pad : pad + H, pad : pad + W]
