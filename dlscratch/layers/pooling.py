"""Pooling: shrink an image by keeping one number of each window (section 7.3).

No parameters, and every channel by itself. A window is taken in two steps, first across and then
down: the largest of each row, then the largest of these. The windows are never cut out:
`window_views` gives, for each place in a window, that pixel of all windows at once, as a view.
Inside, images lie as (N, H, W, C), as in `dlscratch.layers.sliding_windows`.
"""

import numpy as np

from dlscratch.layers.base import Layer, expect_shape
from dlscratch.layers.im2col import output_size
from dlscratch.layers.sliding_windows import channels_first, channels_last


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
        return pad_images(channels_last(x), self.pad, border)

    def vertical(self):
        """Axis, size and step of the windows from row to row."""
        return 1, self.pool_h, self.steps()[0]

    def horizontal(self):
        """The same within a row."""
        return 2, self.pool_w, self.steps()[1]

    def steps(self):
        """Stride down and across; without one, the windows stand side by side."""
        if self.stride is None:
            return self.pool_h, self.pool_w
        return self.stride, self.stride

    def unpad(self, dx):
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
        rows = max_over_windows(x, *self.horizontal())  # (N, H, W, C) -> (N, H, OW, C)
        out = max_over_windows(rows, *self.vertical())  # -> (N, OH, OW, C)
        self.cache = (x, rows, out)
        return channels_first(out)

    def backward(self, dout):
        x, rows, out = self.saved()
        drows = route_gradient(channels_last(dout), out, rows, *self.vertical())
        return self.unpad(route_gradient(drows, rows, x, *self.horizontal()))


class AveragePooling(_Windowed):
    """The mean of each window, a padding of zeros counted in. Arguments as `Pooling`.

    >>> AveragePooling(2, 2).forward(np.array([[[[1.0, 2.0], [3.0, 6.0]]]]))
    array([[[[3.]]]])
    """

    def forward(self, x, training=False):
        x = self.padded(x, border=0)
        self.cache = (x,)
        total = sum(window_views(sum(window_views(x, *self.horizontal())), *self.vertical()))
        return channels_first(total * (1 / (self.pool_h * self.pool_w)))

    def backward(self, dout):
        (x,) = self.saved()
        dx = np.zeros_like(x)
        # y = (x_1 + .. + x_k) / k: dx = dy / k
        share = channels_last(dout) * (1 / (self.pool_h * self.pool_w))
        for row in window_views(dx, *self.vertical()):
            for pixel in window_views(row, *self.horizontal()):
                pixel += share
        return self.unpad(dx)


def pad_images(x, pad, border):
    """x (N, H, W, C) inside a border of `pad` pixels."""
    if pad == 0:
        return x
    return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)), constant_values=border)


def window_views(x, axis, size, step):
    """Windows of `size`, `step` apart along an axis: for each place in a window, a view of x."""
    count = (x.shape[axis] - size) // step + 1
    before = (slice(None),) * axis
    return [x[(*before, slice(i, i + step * count, step))] for i in range(size)]


def max_over_windows(x, axis, size, step):
    """The largest number of each window."""
    first, *others = window_views(x, axis, size, step)
    out = np.maximum(first, others[0] if others else first)
    for view in others[1:]:
        np.maximum(out, view, out=out)
    return out


def route_gradient(dy, y, x, axis, size, step):
    """dx, where y is `max_over_windows(x)`: dy goes to the maximum, the first of equal ones."""
    tiled = step == size  # each pixel in exactly one window
    dx = np.empty_like(x) if tiled else np.zeros_like(x)
    dviews = window_views(dx, axis, size, step)
    shares = dviews if tiled else [np.empty_like(y) for _ in dviews]
    left = dy
    for view, share, rest in zip(window_views(x, axis, size, step), shares, shares[1:]):
        np.multiply(left, view != y, out=rest)  # what is left for the others in the window
        np.subtract(left, rest, out=share)
        left = rest
    if size == 1:
        shares[0][...] = dy
    if not tiled:
        for dview, share in zip(dviews, shares):
            dview += share
    return dx
