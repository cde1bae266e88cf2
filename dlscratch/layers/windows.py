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


def window_blocks(x, filter_h: int, filter_w: int, stride: int = 1):
    """A few images of x (N, H, W, C) at a time: their slice, and their windows as matrices.

    The matrices are (parts, n, OH*OW, k), parts * k = FH*FW*C. A part is a row of the filter; or,
    where that would be thin, there is one part for all of it.
    """
    N, H, W, C = x.shape
    OH, OW = (H - filter_h) // stride + 1, (W - filter_w) // stride + 1
    image, row, pixel, number = x.strides
    k = filter_w * C
    size = max(1, BLOCK // (H * OW * k))  # so many images fit into a block
    parts = [slice(i, i + size) for i in range(0, N, size)]
    if k < THIN:
        shape = (N, filter_h, filter_w, C, OH, OW)
        planes = as_strided(x, shape, (image, row, pixel, number, stride * row, stride * pixel))
        for part in parts:
            # (n, FH, FW, C, OH, OW) -> (1, n, FH*FW*C, OH*OW), and its transpose
            yield part, planes[part].reshape(1, -1, filter_h * k, OH * OW).swapaxes(2, 3)
        return
    places = as_strided(x, (N, H, OW, k), (image, row, stride * pixel, number))
    for part in parts:
        rows = places[part].copy()  # (n, H, OW, k)
        # filter row i at output row h meets rows[:, h * stride + i]
        image, row, pixel, number = rows.strides
        matrices = np.ndarray(
            (filter_h, len(rows), OH, OW, k), rows.dtype, rows,
            strides=(row, image, stride * row, pixel, number),
        )  # fmt: skip
        # (FH, n, OH, OW, k) -> (FH, n, OH*OW, k), still a view where the stride is 1
        yield part, matrices.reshape(filter_h, len(rows), -1, k)


def correlate(x, filters, stride: int = 1, bias=None):
    """Slide filters (FH, FW, C, F) over x (N, H, W, C), contiguous; add bias: (N, OH, OW, F)."""
    FH, FW, C, F = filters.shape
    N, H, W, _ = x.shape
    OH, OW = (H - FH) // stride + 1, (W - FW) // stride + 1
    out = np.empty((N, OH * OW, F), np.result_type(x, filters))
    filters = np.ascontiguousarray(filters)
    for part, matrices in window_blocks(x, FH, FW, stride):
        weights = filters.reshape(len(matrices), 1, -1, F)
        if len(matrices) == 1:
            np.matmul(matrices, weights, out=out[None, part])
        else:
            np.sum(matrices @ weights, axis=0, out=out[part])
        if bias is not None:  # once for a row of pixels: long rows add up faster
            rows = out[part].reshape(-1, OW * F)
            rows += np.tile(bias, OW)
    return out.reshape(N, OH, OW, F)


def filter_gradient(x, dout, shape, stride: int = 1):
    """The gradient of `correlate` with respect to filters of that shape (FH, FW, C, F)."""
    FH, FW, C, F = shape
    dout = dout.reshape(len(dout), -1, F).swapaxes(1, 2)  # (N, OH, OW, F) -> (N, F, OH*OW)
    total = np.zeros((), x.dtype)
    for part, matrices in window_blocks(x, FH, FW, stride):
        # y = windows . filters: dfilters^T = dy^T . windows, added up over the images
        total = total + (dout[part] @ matrices).sum(axis=1)
    return total.swapaxes(1, 2).reshape(shape)
