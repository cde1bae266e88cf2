"""What makes `Convolution` fast: where the numbers lie, and how many are copied.

An image batch is called (N, C, H, W), but lies in memory as (N, H, W, C), all channels of a pixel
side by side; NumPy does not mind, a transpose is only a view. A filter that covers FH x FW pixels
then sees, in each of its FH rows, FW*C numbers in a row:

    memory of x        (N, H, W, C)
                         | copy, for each place in a row, the FW*C numbers from there on
    rows               (N, H, OW, FW*C)
                         | row h + i of them is what filter row i sees at output row h: a view
    one filter row     (N, OH*OW, FW*C) . (FW*C, F), and the FH products are added up

`im2col` copies each pixel FH*FW times, this FW times. It is done for a few images at a time, so
that the copy is still in the processor's cache when the product reads it. Where FW*C is small, as
for grey images, a product of so few numbers does not pay: then whole windows are copied after all,
one plane for each of their FH*FW*C numbers.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided

BLOCK = 250_000  # numbers copied at a time: 1 MB in float32
THIN = 12  # numbers in a filter row below which whole windows are copied


def channels_last(x):
    """(N, C, H, W) -> (N, H, W, C), contiguous: a view, if x lies in memory like that."""
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1))


def channels_first(x):
    """(N, H, W, C) -> (N, C, H, W): the way back, a view."""
    return x.transpose(0, 3, 1, 2)


def bordered(x, pad_h: int, pad_w: int, border: float = 0, step: int = 1):
    """x (N, H, W, C) inside a border of `pad` pixels, its own pixels `step` apart."""
    if pad_h == pad_w == 0 and step == 1:
        return x
    N, H, W, C = x.shape
    H, W = (H - 1) * step + 1, (W - 1) * step + 1
    out = np.zeros((N, H + 2 * pad_h, W + 2 * pad_w, C), x.dtype)
    if border:
        out.fill(border)
    out[:, pad_h : pad_h + H : step, pad_w : pad_w + W : step] = x
    return out


def blocks(x, filter_w: int):
    """Slices of a few images each, so that the windows of one slice fit into the cache."""
    N = len(x)
    size = max(1, BLOCK * N // max(1, x.size * filter_w))
    return [slice(i, min(i + size, N)) for i in range(0, N, size)]


def window_matrices(x, filter_h: int, filter_w: int, stride: int = 1):
    """All windows of x (N, H, W, C) as matrices (parts, N, OH*OW, k), parts * k = FH*FW*C.

    A part is a row of the filter; or, where that would be thin, there is one part for all of it.
    """
    N, H, W, C = x.shape
    OH, OW = (H - filter_h) // stride + 1, (W - filter_w) // stride + 1
    image, row, pixel, number = x.strides
    if filter_w * C < THIN:
        steps = (image, row, pixel, number, stride * row, stride * pixel)
        planes = as_strided(x, (N, filter_h, filter_w, C, OH, OW), steps)
        # (N, FH, FW, C, OH, OW) -> (1, N, FH*FW*C, OH*OW), and its transpose
        return planes.reshape(1, N, -1, OH * OW).swapaxes(2, 3)
    k = filter_w * C
    rows = as_strided(x, (N, H, OW, k), (image, row, stride * pixel, number)).copy()
    image, row, place, number = rows.strides
    strides = (row, image, stride * row, place, number)
    # (FH, N, OH, OW, k) -> (FH, N, OH*OW, k), still a view where the stride is 1
    return as_strided(rows, (filter_h, N, OH, OW, k), strides).reshape(filter_h, N, -1, k)


def correlate(x, filters, stride: int = 1):
    """Slide filters (FH, FW, C, F) over x (N, H, W, C), contiguous: (N, OH, OW, F)."""
    FH, FW, C, F = filters.shape
    N, H, W, _ = x.shape
    OH, OW = (H - FH) // stride + 1, (W - FW) // stride + 1
    out = np.empty((N, OH * OW, F), np.result_type(x, filters))
    for part in blocks(x, FW):
        matrices = window_matrices(x[part], FH, FW, stride)
        weights = filters.reshape(len(matrices), -1, F)
        y = np.matmul(matrices[0], weights[0], out=out[part])
        for matrix, weight in zip(matrices[1:], weights[1:], strict=True):
            y += matrix @ weight
    return out.reshape(N, OH, OW, F)


def filter_gradient(x, dout, shape, stride: int = 1):
    """The gradient of `correlate` with respect to filters of that shape (FH, FW, C, F)."""
    FH, FW, C, F = shape
    dout = dout.reshape(len(dout), -1, F)  # (N, OH, OW, F) -> (N, OH*OW, F)
    total = 0.0
    for part in blocks(x, FW):
        # y = windows . filters: dfilters = windows^T . dy, added up over the images
        matrices = window_matrices(x[part], FH, FW, stride)
        total = total + (matrices.swapaxes(2, 3) @ dout[part]).sum(axis=1)
    return np.reshape(total, shape)
