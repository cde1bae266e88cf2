"""The slow side of the comparison: the same networks in the manner of the book.

What a reader has after typing chapters 5 to 7: every window of the whole batch in one matrix
(section 7.4), boolean masks in ReLU, the position of each maximum in Pooling, a gradient for the
input image that nobody asks for, an optimizer that walks through a dictionary. Written anew from
the book's description, and no slower than it must be in that manner.
The weights are float64, because `np.random.randn` is: the whole computation then is float64.
"""

import numpy as np

from dlscratch import layers as fast


def windows_as_rows(x, FH, FW, stride, pad):
    """(N, C, H, W) -> (N*OH*OW, C*FH*FW), the im2col of section 7.4.3."""
    N, C, H, W = x.shape
    OH, OW = (H + 2 * pad - FH) // stride + 1, (W + 2 * pad - FW) // stride + 1
    x = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    col = np.zeros((N, C, FH, FW, OH, OW), x.dtype)
    for i in range(FH):
        for j in range(FW):
            col[:, :, i, j] = x[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * OH * OW, -1)


def rows_as_windows(col, shape, FH, FW, stride, pad):
    """The way back, overlapping windows added up: col2im."""
    N, C, H, W = shape
    OH, OW = (H + 2 * pad - FH) // stride + 1, (W + 2 * pad - FW) // stride + 1
    col = col.reshape(N, OH, OW, C, FH, FW).transpose(0, 3, 4, 5, 1, 2)
    x = np.zeros((N, C, H + 2 * pad + stride - 1, W + 2 * pad + stride - 1), col.dtype)
    for i in range(FH):
        for j in range(FW):
            x[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride] += col[:, :, i, j]
    return x[:, :, pad : H + pad, pad : W + pad]


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x, training=False):
        self.shape = x.shape
        self.x = x.reshape(x.shape[0], -1)
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
        N, _, H, W = x.shape
        OH = (H + 2 * self.pad - FH) // self.stride + 1
        OW = (W + 2 * self.pad - FW) // self.stride + 1
        self.shape = x.shape
        self.col = windows_as_rows(x, FH, FW, self.stride, self.pad)
        self.col_W = self.W.reshape(FN, -1).T
        out = np.dot(self.col, self.col_W) + self.b
        return out.reshape(N, OH, OW, -1).transpose(0, 3, 1, 2)

    def backward(self, dout):
        FN, C, FH, FW = self.W.shape
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, FN)
        self.db = np.sum(dout, axis=0)
        self.dW = np.dot(self.col.T, dout).transpose(1, 0).reshape(FN, C, FH, FW)
        return rows_as_windows(
            np.dot(dout, self.col_W.T), self.shape, FH, FW, self.stride, self.pad
        )


class Pooling:
    def __init__(self, height, width, stride):
        self.height, self.width, self.stride = height, width, stride

    def forward(self, x, training=False):
        N, C, H, W = self.shape = x.shape
        OH, OW = (H - self.height) // self.stride + 1, (W - self.width) // self.stride + 1
        col = windows_as_rows(x, self.height, self.width, self.stride, 0)
        col = col.reshape(-1, self.height * self.width)
        self.highest = np.argmax(col, axis=1)
        return np.max(col, axis=1).reshape(N, OH, OW, C).transpose(0, 3, 1, 2)

    def backward(self, dout):
        dout = dout.transpose(0, 2, 3, 1)
        dcol = np.zeros((dout.size, self.height * self.width), dout.dtype)
        dcol[np.arange(dout.size), self.highest] = dout.flatten()
        dcol = dcol.reshape(dout.shape[0] * dout.shape[1] * dout.shape[2], -1)
        return rows_as_windows(dcol, self.shape, self.height, self.width, self.stride, 0)


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
        self.ratio = ratio
        self.rng = np.random.default_rng()

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


class BookNetwork:
    """A copy of one of the library's networks, with the same weights as `dtype`."""

    def __init__(self, net, dtype=np.float64):
        self.layers = [in_book_manner(layer, dtype) for layer in net.layers]
        self.last_layer = SoftmaxWithLoss()
        self.params, self.owners = {}, {}
        learners = [layer for layer in self.layers if hasattr(layer, "W")]
        for number, layer in enumerate(learners, start=1):
            for name in ("W", "b"):
                self.params[f"{name}{number}"] = getattr(layer, name)
                self.owners[f"{name}{number}"] = layer, f"d{name}"

    def predict(self, x, training=False):
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def gradient(self, x, t):
        self.last_layer.forward(self.predict(x, training=True), t)
        dout = self.last_layer.backward()
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return {name: getattr(*owner) for name, owner in self.owners.items()}


def in_book_manner(layer, dtype=np.float64):
    """The same layer with the same weights; None for a layer that the book does not list."""
    arrays = [getattr(layer, name).astype(dtype) for name in layer.param_names]
    if isinstance(layer, fast.Convolution):
        return Convolution(*arrays, layer.stride, layer.pad)
    if isinstance(layer, fast.Affine):
        return Affine(*arrays)
    if isinstance(layer, fast.Pooling):
        return Pooling(layer.pool_h, layer.pool_w, layer.stride or layer.pool_h)
    if isinstance(layer, fast.Dropout):
        return Dropout(layer.ratio)
    plain = {fast.ReLU: ReLU, fast.Sigmoid: Sigmoid}.get(type(layer))
    return plain() if plain else None


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
