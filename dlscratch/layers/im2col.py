"""Convolution as one matrix product, the textbook way (section 7.4).

`im2col` copies every window that a filter sees into one row of a matrix; the convolution is then
a single product with the filters as columns. `col2im` is its adjoint: it adds each row back to
the pixels that it was copied from, which is what the backward pass needs.
`Convolution` uses a faster variant of the same idea (`dlscratch.layers.sliding_windows`); the tests
compare the two.
"""

import numpy as np

from dlscratch.arguments import expect_whole


def output_size(size: int, filter_size: int, stride: int = 1, pad: int = 0) -> int:
    """The number of windows along an axis: floor((size + 2 pad - filter_size) / stride) + 1.

    This is equation 7.1, rounded down: pixels left over at the end are in no window, and their
    gradient is 0. ValueError if the filter is larger than the padded input, for a filter or stride
    below 1, for a negative pad, and for anything that is not an integer.

    >>> output_size(28, 5, stride=3, pad=2), output_size(31, 5, stride=3, pad=2)
    (10, 11)
    >>> output_size(224, 7, stride=2, pad=3)  # (224 + 6 - 7) / 2 + 1 = 112.5
    112
    """
    expect_whole("the input's size", size, at_least=0)
    expect_whole("the filter's size", filter_size, at_least=1)
    expect_whole("stride", stride, at_least=1)
    expect_whole("pad", pad, at_least=0)
    if filter_size > size + 2 * pad:
        raise ValueError(
            f"a filter of {filter_size} does not fit an input of {size} with pad {pad}: it must be "
            f"at most {size} + 2*{pad} = {size + 2 * pad}; use a smaller filter or a larger pad"
        )
    return (size + 2 * pad - filter_size) // stride + 1


def im2col(
    images: np.ndarray, filter_h: int, filter_w: int, stride: int = 1, pad: int = 0
) -> np.ndarray:
    """Every window as a row: (N, C, H, W) -> (N*OH*OW, C*filter_h*filter_w), same dtype.

    OH and OW are the output sizes; ValueError as in `output_size`, and unless images has 4 axes.

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
    col = np.empty((N, C, filter_h, filter_w, OH, OW), dtype=images.dtype, like=images)
    for i, j in np.ndindex(filter_h, filter_w):  # pixel (i, j) of all windows at once
        col[:, :, i, j] = padded[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride]
    # (N, C, FH, FW, OH, OW) -> (N, OH, OW, C, FH, FW) -> (N*OH*OW, C*FH*FW)
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * OH * OW, -1)


def col2im(
    col: np.ndarray,
    input_shape: tuple[int, ...],
    filter_h: int,
    filter_w: int,
    stride: int = 1,
    pad: int = 0,
) -> np.ndarray:
    """Add every row back to its window: (N*OH*OW, C*filter_h*filter_w) -> input_shape, same dtype.

    The adjoint of `im2col`: sum(im2col(x) * col) == sum(x * col2im(col)) for all x and col.
    A pixel that three windows saw receives the sum of three numbers, one that no window saw 0.

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
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=col.dtype, like=col)
    for i, j in np.ndindex(filter_h, filter_w):
        padded[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride] += col[:, :, i, j]
    return padded[:, :, pad : pad + H, pad : pad + W]
