"""Max unpooling: enlarge an image by undoing a max pooling, as in a decoder (SegNet).

Each value goes back to the pixel where the partner, a `Pooling` earlier in the network, found the
maximum of its window; all other pixels are 0. This is the backward pass of the pooling, used as a
forward pass: it restores the positions that pooling has lost.
Badrinarayanan and others, 2015.
"""

from __future__ import annotations

import numpy as np

from dlscratch.layers.base import Layer, expect_shape
from dlscratch.layers.pooling import Pooling, pad_images, window_views
from dlscratch.layers.sliding_windows import channels_first, channels_last


class MaxUnpooling(Layer):
    """Put each value where `pooling` found its maximum, in its last forward pass.

    x: (N, C, OH, OW), the shape of the partner's output; y: (N, C, H, W), the shape of its input,
    even if the windows do not divide it. Of several equal maxima in a window, the first is used.
    The partner is elsewhere in the same network, not inside this layer; a deepcopy of the network
    keeps the link. Its windows must not overlap: two of them could share a maximum, and one pixel
    cannot hold two values.
    RuntimeError if the partner has not run; ValueError for another shape, or if windows overlap.

    >>> pooling = Pooling(2, 2)
    >>> pooling.forward(np.array([[[[1.0, 9.0, 3.0, 1.0], [5.0, 2.0, 1.0, 4.0]]]]))
    array([[[[9., 4.]]]])
    >>> MaxUnpooling(pooling).forward(np.array([[[[7.0, 8.0]]]]))
    array([[[[0., 7., 0., 0.],
             [0., 0., 0., 8.]]]])
    """

    def __init__(self, pooling: Pooling):
        if not isinstance(pooling, Pooling):
            raise TypeError(
                f"MaxUnpooling expects a Pooling, got {pooling!r}: pass the layer whose maxima it "
                "should use"
            )
        stride_h, stride_w = pooling.strides()
        if stride_h < pooling.pool_h or stride_w < pooling.pool_w:
            raise ValueError(
                f"MaxUnpooling expects windows that do not overlap, got {pooling!r}: leave the "
                "stride out, so that they lie side by side"
            )
        self.pooling = pooling

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        if self.pooling.cache is None:
            raise RuntimeError(
                f"{self!r} needs a forward pass of its partner before its own: put that Pooling "
                "into the same network, before this layer"
            )
        self.cache = self.pooling.cache
        _, _, out = self.cache
        shape = channels_first(out).shape
        hint = "it needs the shape of its partner's last output"
        expect_shape(self, x, x.shape == shape, f"an input {shape}", hint)
        return self.pooling.backward(x)  # dx of a max pooling: dy at the maximum, 0 elsewhere

    def backward(self, dout: np.ndarray) -> np.ndarray:
        x, rows, out = self.saved()
        dout = pad_images(channels_last(dout), self.pooling.pad, 0)
        # y = x at the maximum, 0 elsewhere: dx = dy at the maximum
        drows = pick_at_maximum(dout, rows, x, *self.pooling.along_width())
        return channels_first(pick_at_maximum(drows, out, rows, *self.pooling.along_height()))

    def partners(self) -> tuple[Layer, ...]:
        return (self.pooling,)

    def options(self) -> str:
        return repr(self.pooling)


def pick_at_maximum(
    values: np.ndarray, y: np.ndarray, x: np.ndarray, axis: int, size: int, stride: int
) -> np.ndarray:
    """From each window of values, the one where x has its maximum y; the first of several."""
    *others, last = zip(
        window_views(values, axis, size, stride), window_views(x, axis, size, stride)
    )
    out = last[0].copy()
    for value, view in reversed(others):  # from last to first, so that the first one wins
        np.copyto(out, value, where=view == y)
    return out
