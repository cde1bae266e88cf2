"""Convolution, backward: as Affine, then the windows go back to their places (section 7.4.3).

forward was a matrix product, so the gradients of its factors are those of Affine; in col form:

    dout   (N * OH * OW, FN)      the gradient by y, its axes moved back from (N, FN, OH, OW)
    dW     col^T . dout           (C * FH * FW, FN), then transposed and reshaped to W's shape
    db     the sum of the rows of dout
    dcol   dout . col_W^T         (N * OH * OW, C * FH * FW), then col2im makes images of it

A pixel was copied into every window that it lies in, so its gradient is the sum over these windows:
col2im ADDS each row of col to its window, in an image of zeros, and cuts off the padding.

Write (the rest is there; forward keeps self.x_shape, self.col and self.col_W, (C * FH * FW, FN)):

    col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0)
                             col (N * OH * OW, C * FH * FW); returns images of input_shape
    Convolution   backward(dout)   returns dx, keeps self.dW and self.db; float32 stays float32

>>> col2im(np.ones((4, 4)), (1, 1, 3, 3), 2, 2)  # the pixel in the middle is in 4 windows
array([[[[1., 2., 1.],
         [2., 4., 2.],
         [1., 2., 1.]]]])
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


def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_shape
    OH, OW = output_size(H, filter_h, stride, pad), output_size(W, filter_w, stride, pad)
    col = col.reshape(N, OH, OW, C, filter_h, filter_w).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((N, C, H + 2 * pad, W + 2 * pad), col.dtype)
    for y, x in np.ndindex(filter_h, filter_w):
        img[:, :, y : y + stride * OH : stride, x : x + stride * OW : stride] += col[:, :, y, x]
    return img[:, :, pad : pad + H, pad : pad + W]


class Convolution:
    def __init__(self, W, b, stride=1, pad=0):  # given
        self.W, self.b = W, b
        self.stride, self.pad = stride, pad

    def forward(self, x):  # given
        FN, C, FH, FW = self.W.shape
        self.x_shape = N, C, H, W = x.shape
        OH = output_size(H, FH, self.stride, self.pad)
        OW = output_size(W, FW, self.stride, self.pad)
        self.col = im2col(x, FH, FW, self.stride, self.pad)
        self.col_W = self.W.reshape(FN, -1).T
        out = self.col @ self.col_W + self.b
        return out.reshape(N, OH, OW, FN).transpose(0, 3, 1, 2)

    def backward(self, dout):
        FN, C, FH, FW = self.W.shape
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, FN)
        self.dW = (self.col.T @ dout).T.reshape(FN, C, FH, FW)
        self.db = np.sum(dout, axis=0)
        dcol = dout @ self.col_W.T
        return col2im(dcol, self.x_shape, FH, FW, self.stride, self.pad)
