"""Pooling: shrink an image by keeping one number of each window (section 7.3).

No parameters, and every channel by itself. The windows are never cut out: `places` gives, for each
place (i, j) in a window, that pixel of all windows at once, as a view. Inside, images lie as
(N, H, W, C), as in `dlscratch.layers.windows`.
"""

import numpy as np

from dlscratch.im2col import output_size
from dlscratch.layers.base import Layer, expect_shape
from dlscratch.layers.windows import bordered, channels_first, channels_last


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
        """x as (N, H, W, C) with its border."""
        expect_shape(self, x, x.ndim == 4, "images (N, C, H, W)", "load_mnist(flatten=False), say")
        step_h, step_w = self.steps()
        output_size(x.shape[2], self.pool_h, step_h, self.pad)  # refuses windows that do not fit
        output_size(x.shape[3], self.pool_w, step_w, self.pad)
        return bordered(channels_last(x), self.pad, self.pad, border)

    def places(self, x):
        """For each place of the window, the view (N, OH, OW, C) of x that it sees."""
        step_h, step_w = self.steps()
        OH = (x.shape[1] - self.pool_h) // step_h + 1
        OW = (x.shape[2] - self.pool_w) // step_w + 1
        for i, j in np.ndindex(self.pool_h, self.pool_w):
            yield x[:, i : i + step_h * OH : step_h, j : j + step_w * OW : step_w]

    def steps(self):
        """Stride down and across; without one, the windows stand side by side."""
        if self.stride is None:
            return self.pool_h, self.pool_w
        return self.stride, self.stride

    def cut(self, dx):
        """(N, H, W, C) with its border -> (N, C, H, W) without."""
        _, H, W, _ = dx.shape
        return channels_first(dx[:, self.pad : H - self.pad, self.pad : W - self.pad])

    def options(self):
        return f"{self.pool_h}, {self.pool_w}, stride={self.stride}, pad={self.pad}"


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
        x = self.padded(x, border=-np.inf)
        first, *others = self.places(x)
        out = first.copy()
        for place in others:
            np.maximum(out, place, out=out)
        self.cache = (x, out)
        return channels_first(out)

    def backward(self, dout):
        x, out = self.saved()
        left = channels_last(dout).astype(x.dtype)  # a copy: what is still to be handed on
        tiled = self.steps() == (self.pool_h, self.pool_w)  # each pixel in exactly one window
        dx = np.empty_like(x) if tiled else np.zeros_like(x)
        for place, dplace in zip(self.places(x), self.places(dx)):
            # dy goes to the maximum, to the first of them where several are equal
            share = np.multiply(left, place == out, out=dplace if tiled else None)
            if not tiled:
                dplace += share
            left -= share
        return self.cut(dx)


class AveragePooling(_Windowed):
    """The mean of each window, a padding of zeros counted in. Arguments as `Pooling`.

    >>> AveragePooling(2, 2).forward(np.array([[[[1.0, 2.0], [3.0, 6.0]]]]))
    array([[[[3.]]]])
    """

    def forward(self, x, training=False):
        x = self.padded(x, border=0)
        self.cache = (x,)
        return channels_first(sum(self.places(x)) * (1 / (self.pool_h * self.pool_w)))

    def backward(self, dout):
        (x,) = self.saved()
        dx = np.zeros_like(x)
        # y = (x_1 + .. + x_k) / k: dx = dy / k
        share = channels_last(dout) * (1 / (self.pool_h * self.pool_w))
        for dplace in self.places(dx):
            dplace += share
        return self.cut(dx)
