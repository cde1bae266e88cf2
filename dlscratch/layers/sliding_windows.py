"""What makes `Convolution` fast: where the numbers lie, and how many are copied.

An image batch is called (N, C, H, W), but lies in memory as (N, H, W, C), all channels of a pixel
side by side; NumPy does not mind, a transpose is only a view. A filter that covers FH x FW pixels
then sees, in each of its FH rows, FW*C numbers in a row:

    memory of x        (N, H, W, C)
                         | copy, for each place in a row, the FW*C numbers from there on
    rows               (N, H, OW, FW*C)
                         | row h + i of them is what filter row i sees at output row h: a view
    one filter row     (N, OH*OW, FW*C) . (FW*C, F), and the FH products are added up

`im2col` copies each pixel FH*FW times, this FW times. It is done for a few images at a time, border
and all, and always to the same place, so that the copy is still in the processor's cache when the
product reads it. Where FW*C is small, as for grey images, a product of so few numbers does not pay:
then whole windows are copied after all, one plane for each of their FH*FW*C numbers.
"""

import numpy as np

from dlscratch.layers.im2col import output_size

BLOCK = 250_000  # numbers copied at a time: 1 MB in float32
MIN_ROW = 12  # numbers in a filter row below which whole windows are copied


def channels_last(x):
    """(N, C, H, W) -> (N, H, W, C), contiguous: a view, if x lies in memory like that."""
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1))


def channels_first(x):
    """(N, H, W, C) -> (N, C, H, W): the way back, a view."""
    return x.transpose(0, 3, 1, 2)


def window_blocks(x, filter_h, filter_w, stride: int = 1, pad=(0, 0), input_dilation: int = 1):
    """A few images of x (N, H, W, C) at a time: their slice, and their windows as matrices.

    pad: zeros above and below, left and right. input_dilation: the distance of x's own pixels, with
    zeros between them. The matrices are (parts, n, OH*OW, k), parts * k = FH*FW*C: a part is a row
    of the filter, or all of it where rows are thin. The next block overwrites them.
    """
    N, H, W, C = x.shape
    H, W = dilated_size(H, pad[0], input_dilation), dilated_size(W, pad[1], input_dilation)
    numbers = H * output_size(W, filter_w, stride) * filter_w * C
    size = max(1, min(N, BLOCK // numbers))  # so many images fit into a block
    padded = np.zeros((size, H, W, C), x.dtype)
    pixels = padded[:, pad[0] : H - pad[0] : input_dilation, pad[1] : W - pad[1] : input_dilation]
    lay_out = im2col_layout if filter_w * C < MIN_ROW else row_layout
    windows, copies, matrices = lay_out(padded, filter_h, filter_w, stride)
    for i in range(0, N, size):
        n = min(size, N - i)
        pixels[:n] = x[i : i + n]
        copies[:n] = windows[:n]
        # (parts, n, OH, OW, k) -> (parts, n, OH*OW, k), still a view where the stride is 1
        yield slice(i, i + n), matrices[:, :n].reshape(len(matrices), n, -1, matrices.shape[-1])


def dilated_size(size: int, pad: int, input_dilation: int) -> int:
    """The length of a row of `size` pixels, `input_dilation` apart, between borders of `pad`."""
    return pad + (size - 1) * input_dilation + 1 + pad


def row_layout(x, filter_h, filter_w, stride):
    """Windows row by row of the filter: the views on x to copy, where to, and that as matrices."""
    n, H, W, C = x.shape
    OH, OW, k = output_size(H, filter_h, stride), output_size(W, filter_w, stride), filter_w * C
    image, row, pixel, number = x.strides
    windows = view(x, (n, H, OW, k), (image, row, stride * pixel, number))
    copies = np.empty(windows.shape, x.dtype)
    image, row, pixel, number = copies.strides
    # filter row i at output row h meets copies[:, h * stride + i]
    shape, strides = (filter_h, n, OH, OW, k), (row, image, stride * row, pixel, number)
    return windows, copies, view(copies, shape, strides)


def im2col_layout(x, filter_h, filter_w, stride):
    """The same for whole windows: a plane for each of their numbers."""
    n, H, W, C = x.shape
    OH, OW = output_size(H, filter_h, stride), output_size(W, filter_w, stride)
    image, row, pixel, number = x.strides
    shape = (n, filter_h, filter_w, C, OH, OW)
    windows = view(x, shape, (image, row, pixel, number, stride * row, stride * pixel))
    copies = np.empty(shape, x.dtype)
    # (n, FH, FW, C, OH, OW) -> (1, n, FH*FW*C, OH*OW), and its transpose
    return windows, copies, copies.reshape(1, n, -1, OH * OW).swapaxes(2, 3)


def view(x, shape, strides):
    """The numbers of x, contiguous, in another shape: so many bytes from one to the next."""
    return np.ndarray(shape, x.dtype, buffer=x, strides=strides)


def correlate(x, filters, stride: int = 1, pad=(0, 0), input_dilation: int = 1, bias=None):
    """Slide filters (FH, FW, C, F) over x (N, H, W, C), add bias: (N, OH, OW, F).

    pad, input_dilation: as in `window_blocks`.
    """
    FH, FW, C, F = filters.shape
    N, H, W, _ = x.shape
    OH = output_size(dilated_size(H, pad[0], input_dilation), FH, stride)
    OW = output_size(dilated_size(W, pad[1], input_dilation), FW, stride)
    out = np.empty((N, OH * OW, F), np.result_type(x, filters))
    filters = np.ascontiguousarray(filters)
    bias_row = None if bias is None else np.concatenate([bias] * OW)  # long rows are quicker
    for part, matrices in window_blocks(x, FH, FW, stride, pad, input_dilation):
        weights = filters.reshape(len(matrices), 1, -1, F)
        np.matmul(matrices[0], weights[0], out=out[part])
        for matrix, weight in zip(matrices[1:], weights[1:]):
            out[part] += matrix @ weight
        if bias_row is not None:
            rows = out[part].reshape(-1, OW * F)
            rows += bias_row
    return out.reshape(N, OH, OW, F)


def filter_gradient(x, dout, shape, stride: int = 1, pad=(0, 0)):
    """The gradient of `correlate` with respect to filters of that shape (FH, FW, C, F)."""
    FH, FW, C, F = shape
    dout = dout.reshape(len(dout), -1, F).swapaxes(1, 2)  # (N, OH, OW, F) -> (N, F, OH*OW)
    total = np.zeros((), x.dtype)
    for part, matrices in window_blocks(x, FH, FW, stride, pad):
        # y = windows . filters: dfilters^T = dy^T . windows, added up over the images
        total = total + (dout[part] @ matrices).sum(axis=1)
    return total.swapaxes(1, 2).reshape(shape)
