"""Pooling: shrink an image to one number per window (section 7.3).

No parameters, and each channel separately. A window is reduced along one axis after the other: the
maximum of each of its rows, then the maximum of these. The windows are never copied: `window_views`
returns, for each position in a window, the pixels at that position in all windows.
Inside, images are (N, H, W, C), as in `dlscratch.layers.sliding_windows`.
"""

import numpy as np

from dlscratch.arguments import expect_sizes
from dlscratch.layers.base import Layer
from dlscratch.layers.im2col import output_size
from dlscratch.layers.sliding_windows import (
    channels_first,
    channels_last,
    expect_images,
    unseen_remark,
)


class _WindowPooling(Layer):
    """What max and average pooling share: the size, the stride and the padding of the windows."""

    def __init__(self, pool_h: int, pool_w: int, stride: int | None = None, pad: int = 0):
        expect_sizes(pool_h=pool_h, pool_w=pool_w)
        for size in (pool_h, pool_w):
            output_size(size, size, 1 if stride is None else stride, pad)  # refuses bad arguments
        if pad >= min(pool_h, pool_w):
            raise ValueError(
                f"pad must be smaller than the window {pool_h} x {pool_w}, got {pad}: "
                "a window with nothing but padding has nothing to pool"
            )
        self.pool_h = pool_h
        self.pool_w = pool_w
        self.stride = stride
        self.pad = pad

    def strides(self) -> tuple[int, int]:
        """The vertical and the horizontal stride; by default, the window's height and width."""
        if self.stride is None:
            return self.pool_h, self.pool_w
        return self.stride, self.stride

    def along_height(self) -> tuple[int, int, int]:
        """The windows along the height of (N, H, W, C): axis, size and stride."""
        return 1, self.pool_h, self.strides()[0]

    def along_width(self) -> tuple[int, int, int]:
        """The windows along the width of (N, H, W, C): axis, size and stride."""
        return 2, self.pool_w, self.strides()[1]

    def padded(self, x: np.ndarray, value: float) -> np.ndarray:
        """(N, C, H, W) -> (N, H + 2 pad, W + 2 pad, C), with this value as the border."""
        expect_images(self, x)
        stride_h, stride_w = self.strides()
        output_size(x.shape[2], self.pool_h, stride_h, self.pad)  # refuses a window that is too
        output_size(x.shape[3], self.pool_w, stride_w, self.pad)  # large for the image
        return pad_images(channels_last(x), self.pad, value)

    def unpad(self, dx: np.ndarray) -> np.ndarray:
        """(N, H + 2 pad, W + 2 pad, C) -> (N, C, H, W)."""
        _, H, W, _ = dx.shape
        return channels_first(dx[:, self.pad : H - self.pad, self.pad : W - self.pad])

    def remark(self, x: np.ndarray, y: np.ndarray) -> str:
        return unseen_remark(x, (self.pool_h, self.pool_w), self.strides(), self.pad)

    def options(self) -> str:
        return f"{self.pool_h}, {self.pool_w}, stride={self.stride}, pad={self.pad}"


class Pooling(_WindowPooling):
    """Max pooling: the largest number of each window.

    stride: pixels from window to window; by default (None) the size of the window.
    pad: the width of a border of -inf, which is never the maximum. x: (N, C, H, W); y: (N, C, OH,
    OW), sizes as in `output_size`, which rounds down: pixels that no window sees have gradient 0.
    If several numbers in a window are the largest, the first, row by row, gets the gradient.
    ValueError for an impossible window, stride or pad, and for images smaller than the window.

    >>> x = np.array([[1, 2, 1, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 4, 0, 1]], dtype=float)
    >>> Pooling(2, 2).forward(x[None, None])[0, 0]
    array([[2., 3.],
           [4., 2.]])
    """

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        x = self.padded(x, -np.inf)
        rows = max_over_windows(x, *self.along_width())  # (N, H, W, C) -> (N, H, OW, C)
        out = max_over_windows(rows, *self.along_height())  # (N, H, OW, C) -> (N, OH, OW, C)
        self.cache = (x, rows, out)
        return channels_first(out)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        x, rows, out = self.saved()
        if self.pad and out.min() == -np.inf:  # in such a window the border equals the pixels
            x, rows = without_border(x, self.pad, (1, 2)), without_border(rows, self.pad, (1,))
        # y = the largest x: dx = dy for that x, 0 for the others
        drows = route_gradient(channels_last(dout), out, rows, *self.along_height())
        return self.unpad(route_gradient(drows, rows, x, *self.along_width()))


class AveragePooling(_WindowPooling):
    """The mean of each window; zeros of the padding are included in the mean.

    Arguments, shapes and errors are those of `Pooling`.

    >>> AveragePooling(2, 2).forward(np.array([[[[1.0, 2.0], [3.0, 6.0]]]]))
    array([[[[3.]]]])
    """

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        x = self.padded(x, 0)
        self.cache = (x,)
        zero = np.zeros((), x.dtype, like=x)
        rows = sum(window_views(x, *self.along_width()), zero)  # (N, H, W, C) -> (N, H, OW, C)
        total = sum(window_views(rows, *self.along_height()), zero)  # -> (N, OH, OW, C)
        return channels_first(total * (1 / (self.pool_h * self.pool_w)))

    def backward(self, dout: np.ndarray) -> np.ndarray:
        (x,) = self.saved()
        dx = np.zeros_like(x)
        # y = (x_1 + .. + x_k) / k: dx = dy / k
        share = channels_last(dout) * (1 / (self.pool_h * self.pool_w))
        for row in window_views(dx, *self.along_height()):
            for pixel in window_views(row, *self.along_width()):
                pixel += share
        return self.unpad(dx)


def pad_images(x: np.ndarray, pad: int, value: float) -> np.ndarray:
    """x (N, H, W, C) with `pad` pixels of this value added on all four sides."""
    if pad == 0:
        return x
    return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)), constant_values=value)


def without_border(x: np.ndarray, pad: int, axes: tuple[int, ...]) -> np.ndarray:
    """x (N, H, W, C) with a border of nan, which equals nothing, along these axes."""
    x = x.copy()
    for axis in axes:
        along = np.moveaxis(x, axis, 0)
        along[:pad] = along[-pad:] = np.nan
    return x


def window_views(x: np.ndarray, axis: int, size: int, stride: int) -> list[np.ndarray]:
    """A view of x for each position 0 .. size - 1: that position in every window along the axis."""
    count = (x.shape[axis] - size) // stride + 1
    before = (slice(None),) * axis
    return [x[(*before, slice(i, i + stride * count, stride))] for i in range(size)]


def max_over_windows(x: np.ndarray, axis: int, size: int, stride: int) -> np.ndarray:
    """The largest number of each window along the axis."""
    first, *others = window_views(x, axis, size, stride)
    out = np.maximum(first, others[0] if others else first)
    for view in others[1:]:
        np.maximum(out, view, out=out)
    return out


def route_gradient(
    dy: np.ndarray, y: np.ndarray, x: np.ndarray, axis: int, size: int, stride: int
) -> np.ndarray:
    """dx of y = max_over_windows(x): dy goes to the maximum, to the first of several equal ones."""
    side_by_side = stride == size  # then a pixel is in at most one window
    covered = side_by_side and x.shape[axis] % size == 0  # and then in exactly one
    dx = np.empty_like(x) if covered else np.zeros_like(x)
    dviews = window_views(dx, axis, size, stride)
    shares = dviews if side_by_side else [np.empty_like(y) for _ in dviews]
    left = dy  # the part of dy that no pixel has received so far
    for view, share, rest in zip(window_views(x, axis, size, stride), shares, shares[1:]):
        np.multiply(left, view != y, out=rest)
        np.subtract(left, rest, out=share)
        left = rest
    if size == 1:
        shares[0][...] = dy
    if not side_by_side:
        for dview, share in zip(dviews, shares):
            dview += share  # a pixel in several windows receives the sum of their gradients
    return dx
