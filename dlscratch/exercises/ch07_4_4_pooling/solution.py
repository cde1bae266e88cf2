"""Max pooling, forward: of each window the largest number is kept (sections 7.3 and 7.4.4).

Each channel is pooled by itself, so the number of channels stays. An image a little shifted often
gives the same output. There are no weights. With im2col it takes four steps:

    col   (N * OH * OW, C * pool_h * pool_w)    a row for each place, with the windows of C channels
    ->    (N * OH * OW * C, pool_h * pool_w)    a row for each window
    ->    (N * OH * OW * C,)                    the largest number of each row
    out   (N, C, OH, OW)

The numbers lie in the order (N, OH, OW, C), as in the convolution layer.

Write (__init__, im2col and output_size are there):

    Pooling   forward(x)   x (N, C, H, W); returns out, in the dtype of x

>>> x = np.array([[1.0, 2, 1, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 4, 0, 1]]).reshape(1, 1, 4, 4)
>>> Pooling(2, 2, stride=2).forward(x)
array([[[[2., 3.],
         [4., 2.]]]])
>>> Pooling(2, 3).forward(np.zeros((10, 5, 6, 6))).shape
(10, 5, 5, 4)
"""

import numpy as np


def output_size(size, filter_size, stride):  # given
    return (size - filter_size) // stride + 1


def im2col(input_data, filter_h, filter_w, stride=1):  # given
    N, C, H, W = input_data.shape
    OH, OW = output_size(H, filter_h, stride), output_size(W, filter_w, stride)
    col = np.empty((N, C, filter_h, filter_w, OH, OW), input_data.dtype)
    for y, x in np.ndindex(filter_h, filter_w):
        rows, columns = slice(y, y + stride * OH, stride), slice(x, x + stride * OW, stride)
        col[:, :, y, x] = input_data[:, :, rows, columns]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * OH * OW, -1)


class Pooling:
    def __init__(self, pool_h, pool_w, stride=1):  # given
        self.pool_h, self.pool_w = pool_h, pool_w
        self.stride = stride

    def forward(self, x):
        N, C, H, W = x.shape
        OH = output_size(H, self.pool_h, self.stride)
        OW = output_size(W, self.pool_w, self.stride)
        col = im2col(x, self.pool_h, self.pool_w, self.stride)
        col = col.reshape(-1, self.pool_h * self.pool_w)
        out = np.max(col, axis=1)
        # (N*OH*OW*C,) -> (N, OH, OW, C) -> (N, C, OH, OW)
        return out.reshape(N, OH, OW, C).transpose(0, 3, 1, 2)
