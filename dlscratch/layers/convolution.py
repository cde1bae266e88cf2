"""The convolution layer: a small filter slides over the image (sections 7.2 and 7.4).

At each place the filter and the window under it are multiplied and added up, so the layer is one
matrix product, filters times windows. `dlscratch.layers.windows` lays the windows out.
Backward is a convolution again: dx comes from dout and the filters turned by 180 degrees.
"""

import numpy as np

from dlscratch.im2col import output_size
from dlscratch.layers.base import Layer, expect_shape
from dlscratch.layers.windows import images, rows_first, windows, zero_padded


class Convolution(Layer):
    """Cross-correlate each image with F filters and add a bias.

    W: (F, C, FH, FW), b: (F,). x: (N, C, H, W); y: (N, F, OH, OW) with the sizes of equation 7.1.

    >>> x = np.array([[1, 2, 3, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 3, 0, 1]], dtype=float)
    >>> W = np.array([[2, 0, 1], [0, 1, 2], [1, 0, 2]], dtype=float)
    >>> Convolution(W[None, None], np.array([3.0])).forward(x[None, None])[0, 0]
    array([[18., 19.],
           [ 9., 18.]])
    """

    param_names = ("W", "b")

    def __init__(self, W: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0):
        if W.ndim != 4 or b.shape != W.shape[:1]:
            raise ValueError(
                f"Convolution expects W (F, C, FH, FW) and b (F,), got {W.shape}, {b.shape}"
            )
        self.W = W
        self.b = b
        self.stride = stride
        self.pad = pad

    def forward(self, x, training=False):
        F, C, FH, FW = self.W.shape
        fits = x.ndim == 4 and x.shape[1] == C
        expect_shape(self, x, fits, f"images (N, {C}, H, W)", "load_mnist(flatten=False), say")
        N, _, H, W = x.shape
        OH = output_size(H, FH, self.stride, self.pad)
        OW = output_size(W, FW, self.stride, self.pad)
        seen = windows(x, FH, FW, self.stride, self.pad, self.pad)  # (OH, FH*FW*C, OW*N)
        self.cache = (seen, x.shape)
        # (F, C, FH, FW) -> (F, FH, FW, C) -> (F, FH*FW*C), the order of a window's numbers
        filters = self.W.transpose(0, 2, 3, 1).reshape(F, -1)
        out = filters @ seen  # (F, K) . (OH, K, OW*N) -> (OH, F, OW*N)
        out += self.b[:, None]
        return images(out.reshape(OH, F, OW, N))

    def backward(self, dout):
        self.weight_gradients(dout)
        _, (N, C, H, W) = self.saved()
        F, _, FH, FW = self.W.shape
        # Pixel x meets filter number (i, j) in the output (i, j) before it:
        # dx = W turned by 180 degrees, over dout with stride - 1 zeros between its pixels
        margin_h, margin_w = max(FH - 1 - self.pad, 0), max(FW - 1 - self.pad, 0)
        spread = images(zero_padded(rows_first(dout), margin_h, margin_w, self.stride))
        turned = self.W[:, :, ::-1, ::-1].transpose(1, 2, 3, 0).reshape(C, -1)  # (C, FH*FW*F)
        dx = turned @ windows(spread, FH, FW)
        dx = dx.reshape(len(dx), C, -1, N)
        # a pad wider than the filter gave outputs that saw no pixel at all: cut their share off
        top, left = max(self.pad - FH + 1, 0), max(self.pad - FW + 1, 0)
        return images(dx[top : top + H, :, left : left + W])

    def weight_gradients(self, dout):
        seen, (N, *_) = self.saved()
        F, C, FH, FW = self.W.shape
        rows = rows_first(dout)  # (OH, F, OW, N)
        rows = rows.reshape(len(rows), F, -1)  # (OH, F, OW*N)
        # y = W . windows: dW = dy . windows^T, added up over the OH rows (here transposed)
        dW = (seen @ rows.transpose(0, 2, 1)).sum(axis=0)  # (FH*FW*C, F)
        self.dW = dW.reshape(FH, FW, C, F).transpose(3, 2, 0, 1)
        self.db = rows.sum(axis=2).sum(axis=0)

    def options(self):
        return f"{super().options()}, stride={self.stride}, pad={self.pad}"
