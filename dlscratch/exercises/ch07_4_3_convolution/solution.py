"""Convolution as one matrix product, forward (section 7.4.3).

im2col makes a row of each window. Written as a column, a filter fits such a row, so one product has
the sums of all windows with all FN filters:

    col    (N * OH * OW, C * FH * FW)     the windows, from im2col
    col_W  (C * FH * FW, FN)              the filters, each a column
    out    (N * OH * OW, FN)              col . col_W + b

A row of out holds the FN numbers of one place. Back to images, in the order in which the numbers
lie in memory: (N, OH, OW, FN). The maps belong in front of the pixels, (N, FN, OH, OW): that is
done by transpose, never by reshape, which only cuts the same row of numbers into other pieces.

Write (__init__, im2col and output_size are there):

    Convolution   forward(x)   x (N, C, H, W), W (FN, C, FH, FW), b (FN,); returns the maps,
                               (N, FN, OH, OW)

>>> x = np.array([[1.0, 2, 3, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 3, 0, 1]]).reshape(1, 1, 4, 4)
>>> W = np.array([[2.0, 0, 1], [0, 1, 2], [1, 0, 2]]).reshape(1, 1, 3, 3)
>>> Convolution(W, np.array([3.0])).forward(x)
array([[[[18., 19.],
         [ 9., 18.]]]])
>>> layer = Convolution(np.zeros((20, 3, 5, 5)), np.zeros(20), stride=2, pad=1)
>>> layer.forward(np.zeros((10, 3, 7, 9))).shape
(10, 20, 3, 4)
"""

import numpy as np


def output_size(size, filter_size, stride, pad):  # given
    return (size + 2 * pad - filter_size) // stride + 1


def im2col(input_data, filter_h, filter_w, stride=1, pad=0):  # given
    N, C, H, W = input_data.shape
    OH, OW = output_size(H, filter_h, stride, pad), output_size(W, filter_w, stride, pad)
    img = np.pad(input_data, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    col = np.empty((N, C, filter_h, filter_w, OH, OW), img.dtype)
    for y, x in np.ndindex(filter_h, filter_w):
        col[:, :, y, x] = img[:, :, y : y + stride * OH : stride, x : x + stride * OW : stride]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * OH * OW, -1)


class Convolution:
    def __init__(self, W, b, stride=1, pad=0):  # given
        self.W, self.b = W, b
        self.stride, self.pad = stride, pad

    def forward(self, x):
        FN, C, FH, FW = self.W.shape
        N, C, H, W = x.shape
        OH = output_size(H, FH, self.stride, self.pad)
        OW = output_size(W, FW, self.stride, self.pad)
        col = im2col(x, FH, FW, self.stride, self.pad)
        col_W = self.W.reshape(FN, -1).T
        out = col @ col_W + self.b
        # (N*OH*OW, FN) -> (N, OH, OW, FN) -> (N, FN, OH, OW)
        return out.reshape(N, OH, OW, FN).transpose(0, 3, 1, 2)
