"""Max pooling, backward: the gradient goes to the largest number (section 7.4.4).

Only the largest number of a window has reached the output, so it gets the whole gradient, and the
others get 0: a switch like that of ReLU. forward keeps where the largest was, self.arg_max, a
number from 0 to pool_h * pool_w - 1 for each window. The windows lie in the order (N, OH, OW, C):

    dout   (N, C, OH, OW)                       ->  (N * OH * OW * C,), in the order of the windows
    dmax   (N * OH * OW * C, pool_h * pool_w)   0 but for dout[i] in row i, column arg_max[i]
    dcol   (N * OH * OW, C * pool_h * pool_w)   the same numbers, a row for each place
    dx     (N, C, H, W)                         from col2im, which adds up where windows overlap

Write (the rest is there; forward keeps self.x_shape as well):

    Pooling   backward(dout)   returns dx, in the dtype of dout, which is not written to

>>> pooling = Pooling(2, 2, stride=2)
>>> out = pooling.forward(np.array([[[[1.0, 2.0, 0.0, 5.0], [4.0, 3.0, 0.0, 0.0]]]]))
>>> pooling.backward(np.array([[[[10.0, 20.0]]]]))
array([[[[ 0.,  0.,  0., 20.],
         [10.,  0.,  0.,  0.]]]])
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


def col2im(col, input_shape, filter_h, filter_w, stride=1):  # given
    N, C, H, W = input_shape
    OH, OW = output_size(H, filter_h, stride), output_size(W, filter_w, stride)
    col = col.reshape(N, OH, OW, C, filter_h, filter_w).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros(input_shape, col.dtype)
    for y, x in np.ndindex(filter_h, filter_w):
        img[:, :, y : y + stride * OH : stride, x : x + stride * OW : stride] += col[:, :, y, x]
    return img


class Pooling:
    def __init__(self, pool_h, pool_w, stride=1):  # given
        self.pool_h, self.pool_w = pool_h, pool_w
        self.stride = stride

    def forward(self, x):  # given
        self.x_shape = N, C, H, W = x.shape
        OH = output_size(H, self.pool_h, self.stride)
        OW = output_size(W, self.pool_w, self.stride)
        col = im2col(x, self.pool_h, self.pool_w, self.stride)
        col = col.reshape(-1, self.pool_h * self.pool_w)
        self.arg_max = np.argmax(col, axis=1)
        return np.max(col, axis=1).reshape(N, OH, OW, C).transpose(0, 3, 1, 2)

    def backward(self, dout):
        dout = dout.transpose(0, 2, 3, 1).reshape(-1)
        dmax = np.zeros((dout.size, self.pool_h * self.pool_w), dout.dtype)
        dmax[np.arange(dout.size), self.arg_max] = dout
        dcol = dmax.reshape(-1, self.x_shape[1] * self.pool_h * self.pool_w)
        return col2im(dcol, self.x_shape, self.pool_h, self.pool_w, self.stride)
