"""Convolution written out: a filter slides over the image (sections 7.2.2 to 7.2.6).

At each place the filter is multiplied with the window under it, element by element, and all the
products of all channels are added up: one number of the output. Each of the FN filters makes a map
of its own, and has a bias. The filter is not flipped.

    out[n, i, j] = sum over c, y, x of  W[n, c, y, x] * input[c, i * stride + y, j * stride + x]
                   + b[n]

Write (output_size is there):

    convolution(x, W, b, stride=1, pad=0)
                   x (C, H, W), one image; W (FN, C, FH, FW), the filters; b (FN,)
                   returns the maps, (FN, OH, OW)

pad rows and columns of zeros go around each channel first: np.pad takes a pair for each axis. No
argument is written to; float32 in, float32 out. Loops are fine; section 7.4 makes it fast.

>>> x = np.array([[1.0, 2, 3, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 3, 0, 1]])[np.newaxis]
>>> W = np.array([[2.0, 0, 1], [0, 1, 2], [1, 0, 2]])[np.newaxis, np.newaxis]
>>> convolution(x, W, np.array([3.0]))
array([[[18., 19.],
        [ 9., 18.]]])
>>> convolution(x, W, np.array([0.0]), pad=1)
array([[[ 7., 12., 10.,  2.],
        [ 4., 15., 16., 10.],
        [10.,  6., 15.,  6.],
        [ 8., 10.,  4.,  3.]]])
"""

import numpy as np


def output_size(size, filter_size, stride, pad):  # given
    return (size + 2 * pad - filter_size) // stride + 1


def convolution(x, W, b, stride=1, pad=0):
    FN, C, FH, FW = W.shape
    OH = output_size(x.shape[1], FH, stride, pad)
    OW = output_size(x.shape[2], FW, stride, pad)
    padded = np.pad(x, [(0, 0), (pad, pad), (pad, pad)])
    out = np.empty((FN, OH, OW), x.dtype)
    for n in range(FN):
        for i in range(OH):
            for j in range(OW):
                top, left = i * stride, j * stride
                window = padded[:, top : top + FH, left : left + FW]
                out[n, i, j] = np.sum(window * W[n]) + b[n]
    return out
