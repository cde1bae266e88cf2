"""The slow side of the comparison: the same networks in the manner of the book.

What a reader has after typing chapters 5 to 7: every window of the whole batch in one matrix
(section 7.4), boolean masks in ReLU, the position of each maximum in Pooling, a gradient for the
input image that is never needed, an optimizer that walks through a dictionary. Written anew from
the book's description, and no slower than it must be in that manner.
The weights are float64, because `np.random.randn` is: the whole computation then is float64.
"""

import numpy as np

from dlscratch import layers as fast
from dlscratch.layers.im2col import col2im, im2col


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x, training=False):
        self.shape = x.shape
        self.x = x.reshape(x.shape[0], -1)  # (N, C, H, W) -> (N, C*H*W)
        return np.dot(self.x, self.W) + self.b

    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return dx.reshape(*self.shape)


class Convolution:
    def __init__(self, W, b, stride, pad):
        self.W, self.b, self.stride, self.pad = W, b, stride, pad

    def forward(self, x, training=False):
        FN, _, FH, FW = self.W.shape
        N, _, H, _ = self.shape = x.shape
        OH = (H + 2 * self.pad - FH) // self.stride + 1
        self.col = im2col(x, FH, FW, self.stride, self.pad)
        self.col_W = self.W.reshape(FN, -1).T
        out = np.dot(self.col, self.col_W) + self.b
        return out.reshape(N, OH, -1, FN).transpose(0, 3, 1, 2)  # (N*OH*OW, FN) -> (N, FN, OH, OW)

    def backward(self, dout):
        FN, _, FH, FW = self.W.shape
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, FN)  # (N, FN, OH, OW) -> (N*OH*OW, FN)
        self.db = np.sum(dout, axis=0)
        self.dW = np.dot(self.col.T, dout).transpose(1, 0).reshape(self.W.shape)
        return col2im(np.dot(dout, self.col_W.T), self.shape, FH, FW, self.stride, self.pad)


class Pooling:
    def __init__(self, height, width, stride):
        self.window = height, width, stride

    def forward(self, x, training=False):
        N, C, H, _ = self.shape = x.shape
        height, width, stride = self.window
        col = im2col(x, *self.window).reshape(-1, height * width)  # a window of a channel a row
        self.highest = np.argmax(col, axis=1)
        OH = (H - height) // stride + 1
        return np.max(col, axis=1).reshape(N, OH, -1, C).transpose(0, 3, 1, 2)

    def backward(self, dout):
        height, width, _ = self.window
        N, C, OH, OW = dout.shape
        dcol = np.zeros((dout.size, height * width), dout.dtype)
        dcol[np.arange(dout.size), self.highest] = dout.transpose(0, 2, 3, 1).flatten()
        return col2im(dcol.reshape(N * OH * OW, -1), self.shape, *self.window)


class ReLU:
    def forward(self, x, training=False):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dout[self.mask] = 0  # into the caller's array, as the book's listing does
        return dout


class Sigmoid:
    def forward(self, x, training=False):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * (1.0 - self.out) * self.out


class Dropout:
    def __init__(self, ratio):
        self.ratio, self.rng = ratio, np.random.default_rng()

    def forward(self, x, training=False):
        if not training:
            return x * (1.0 - self.ratio)
        self.mask = self.rng.random(x.shape) >= self.ratio
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class SoftmaxWithLoss:
    def forward(self, x, t):
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        self.y, self.t = e / np.sum(e, axis=1, keepdims=True), t
        return -np.sum(np.log(self.y[np.arange(len(t)), t] + 1e-7)) / len(t)

    def backward(self):
        dx = self.y.copy()
        dx[np.arange(len(self.t)), self.t] -= 1
        return dx / len(self.t)


COPIES = {  # the library's layer -> the same in this manner; the book's Affine flattens by itself
    fast.Flatten: lambda layer, *arrays: None,
    fast.Affine: lambda layer, *arrays: Affine(*arrays),
    fast.Convolution: lambda layer, *arrays: Convolution(*arrays, layer.stride, layer.pad),
    fast.Pooling: lambda layer: Pooling(layer.pool_h, layer.pool_w, layer.stride or layer.pool_h),
    fast.Dropout: lambda layer: Dropout(layer.ratio),
    fast.ReLU: lambda layer: ReLU(),
    fast.Sigmoid: lambda layer: Sigmoid(),
}


class BookNetwork:
    """Copies of the library's layers, with the same weights as `dtype`, and the loss."""

    def __init__(self, layers, dtype=np.float64):
        copies = [
            COPIES[type(layer)](
                layer, *(getattr(layer, p).astype(dtype) for p in layer.param_names)
            )
            for layer in layers
        ]
        self.layers = [layer for layer in copies if layer]
        self.last_layer = SoftmaxWithLoss()
        self.trainable = [layer for layer in self.layers if hasattr(layer, "W")]
        self.params = self.arrays("")

    def arrays(self, prefix):
        """W1 b1 W2 .. of the layers, or with the prefix "d" their gradients."""
        numbered = enumerate(self.trainable, start=1)
        return {f"{p}{i}": getattr(layer, prefix + p) for i, layer in numbered for p in "Wb"}

    def predict(self, x, training=False):
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout

    def gradient(self, x, t):
        self.last_layer.forward(self.predict(x, training=True), t)
        self.backward(self.last_layer.backward())
        return self.arrays("d")


class SGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for key in params:
            params[key] -= self.lr * grads[key]


class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        self.lr, self.beta1, self.beta2 = lr, beta1, beta2
        self.iter, self.m = 0, None

    def update(self, params, grads):
        if self.m is None:
            self.m = {key: np.zeros_like(array) for key, array in params.items()}
            self.v = {key: np.zeros_like(array) for key, array in params.items()}
        self.iter += 1
        lr = self.lr * (1.0 - self.beta2**self.iter) ** 0.5 / (1.0 - self.beta1**self.iter)
        for key in params:
            self.m[key] += (1 - self.beta1) * (grads[key] - self.m[key])
            self.v[key] += (1 - self.beta2) * (grads[key] ** 2 - self.v[key])
            params[key] -= lr * self.m[key] / (np.sqrt(self.v[key]) + 1e-7)
