"""Pooling: shrink an image by keeping one number of each window (section 7.3).

No parameters, and every channel by itself. The window's numbers are taken one place at a time:
`places` gives, for each place (i, j) in the window, that pixel of all windows at once, as a view.
"""

import numpy as np

from dlscratch.im2col import output_size
from dlscratch.layers.base import Layer, expect_shape


class _Windowed(Layer):
    """What both kinds of pooling share: window, stride, padding."""

    def __init__(self, pool_h: int, pool_w: int, stride: int | None = None, pad: int = 0):
        if not 0 <= pad < min(pool_h, pool_w):
            raise ValueError(
                f"pad must be at least 0 and smaller than the window {pool_h} x {pool_w}, got "
                f"{pad}: a window of padding alone has nothing to pool"
            )
        self.pool_h = pool_h
        self.pool_w = pool_w
        self.stride = stride
        self.pad = pad

    def padded(self, x, border):
        """x with its border, and the output's shape."""
        expect_shape(self, x, x.ndim == 4, "images (N, C, H, W)", "load_mnist(flatten=False), say")
        step_h, step_w = self.steps()
        OH = output_size(x.shape[2], self.pool_h, step_h, self.pad)
        OW = output_size(x.shape[3], self.pool_w, step_w, self.pad)
        if self.pad:
            p = self.pad
            inner = x
            x = np.full_like(x, border, shape=_grown(x.shape, p))
            x[:, :, p:-p, p:-p] = inner
        return x, (OH, OW)

    def places(self, x, size):
        """For each place of the window, the view (N, C, OH, OW) of x that it sees."""
        step_h, step_w = self.steps()
        OH, OW = size
        for i in range(self.pool_h):
            for j in range(self.pool_w):
                yield x[:, :, i : i + step_h * OH : step_h, j : j + step_w * OW : step_w]

    def steps(self):
        """Stride down and across; without one, the windows stand side by side."""
        if self.stride is None:
            return self.pool_h, self.pool_w
        return self.stride, self.stride

    def cut(self, dx):
        p = self.pad
        return dx[:, :, p:-p, p:-p] if p else dx

    def options(self):
        return f"{self.pool_h}, {self.pool_w}, stride={self.stride}, pad={self.pad}"


def _grown(shape, p):
    N, C, H, W = shape
    return N, C, H + 2 * p, W + 2 * p


class Pooling(_Windowed):
    """The largest number of each window: max pooling.

    stride: from window to window; None (the default) sets them side by side.
    pad: a border that never wins (-inf). x: (N, C, H, W); y: (N, C, OH, OW).

    >>> x = np.array([[1, 2, 1, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 4, 0, 1]], dtype=float)
    >>> Pooling(2, 2).forward(x[None, None])[0, 0]
    array([[2., 3.],
           [4., 2.]])
    """

    def forward(self, x, training=False):
        x, size = self.padded(x, border=-np.inf)
        first, *others = self.places(x, size)
        out = first.copy(order="K")
        for place in others:
            np.maximum(out, place, out=out)
        self.cache = (x, out)
        return out

    def backward(self, dout):
        x, out = self.saved()
        dx = np.zeros_like(x)
        size = out.shape[2:]
        waiting = np.ones_like(out, dtype=bool)  # windows whose maximum is not yet found
        for place, dplace in zip(self.places(x, size), self.places(dx, size), strict=True):
            # dy goes to the maximum, to the first of them where several are equal
            found = (place == out) & waiting
            dplace += dout * found
            waiting ^= found
        return self.cut(dx)


class AveragePooling(_Windowed):
    """The mean of each window, a padding of zeros counted in. Arguments as `Pooling`.

    >>> AveragePooling(2, 2).forward(np.array([[[[1.0, 2.0], [3.0, 6.0]]]]))
    array([[[[3.]]]])
    """

    def forward(self, x, training=False):
        x, size = self.padded(x, border=0)
        self.cache = (x, size)
        return sum(self.places(x, size)) * (1 / (self.pool_h * self.pool_w))

    def backward(self, dout):
        x, size = self.saved()
        dx = np.zeros_like(x)
        share = dout * (1 / (self.pool_h * self.pool_w))  # y = (x_1 + .. + x_k) / k: dx = dy / k
        for dplace in self.places(dx, size):
            dplace += share
        return self.cut(dx)
