"""im2col: every window of an image becomes a row of a matrix (section 7.4.2).

Then a convolution is one product of matrices, which NumPy does fast. The N images have C channels;
the rows go through image 0 first, its windows from left to right and from top to bottom, then
through image 1. A row holds its window channel by channel, each of them row by row:

    (N, C, H, W)  ->  (N * OH * OW, C * filter_h * filter_w)

Windows overlap, so most pixels are in several rows: the matrix is larger than the images.

Write (output_size is there):

    im2col(input_data, filter_h, filter_w, stride=1, pad=0)
                   input_data (N, C, H, W); returns the matrix, in the dtype of input_data

pad rows and columns of zeros go around each channel first. A loop over all windows is right; a loop
over the filter_h * filter_w places in a window is faster, as it copies one pixel of all windows at
a time. input_data is not written to.

>>> x = np.arange(8.0).reshape(1, 1, 2, 4)
>>> im2col(x, 2, 2)
array([[0., 1., 4., 5.],
       [1., 2., 5., 6.],
       [2., 3., 6., 7.]])
>>> im2col(np.zeros((10, 3, 7, 7)), 5, 5).shape
(90, 75)
"""

import numpy as np


def output_size(size, filter_size, stride, pad):  # given
    return (size + 2 * pad - filter_size) // stride + 1


def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_data.shape
    OH, OW = output_size(H, filter_h, stride, pad), output_size(W, filter_w, stride, pad)
    img = np.pad(input_data, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    col = np.empty((N, C, filter_h, filter_w, OH, OW), img.dtype)
    for y in range(filter_h):
        for x in range(filter_w):  # pixel (y, x) of all windows
            col[:, :, y, x] = img[:, :, y : y + stride * OH : stride, x : x + stride * OW : stride]
    # (N, C, FH, FW, OH, OW) -> (N, OH, OW, C, FH, FW) -> (N*OH*OW, C*FH*FW)
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * OH * OW, -1)
