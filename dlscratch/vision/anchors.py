"""Anchors: fixed boxes on a grid; a network predicts how to move them (section 8.4.1).

A convolution cannot output "the box at 17, 40": it has the same weights at every position. So each
position of its feature map gets a few boxes of fixed size, the anchors, and the network predicts a
score and an offset t for each one: how far away the object's centre is, in widths and heights of
the anchor, and the logarithms of how much wider and taller it is. t = 0 is the anchor itself.
Girshick and others, 2014 (the offsets); Ren and others, 2015 (the grid).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dlscratch.arguments import expect_number
from dlscratch.vision.boxes import centres, expect_boxes

MAX_LOG_SCALE = math.log(1000 / 16)  # the most that decode enlarges an anchor: exp stays finite


def anchor_grid(
    height: int,
    width: int,
    stride: float,
    sizes: Sequence[tuple[float, float]],
    dtype: np.dtype | type = np.float32,
) -> np.ndarray:
    """Anchors of A sizes at each position of a height x width map: (height*width*A, 4) of `dtype`.

    stride: image pixels between two positions of the map. An anchor is centred on its position's
    pixels and may extend beyond the image. sizes: (w, h) of the A anchors, in pixels.
    Row by row, in the order of scores (N, A, H, W) after transpose(0, 2, 3, 1).reshape(N, -1).
    ValueError for a stride or a size of 0 or less.

    >>> anchor_grid(1, 2, stride=4, sizes=[(4, 4), (2, 6)])
    array([[ 0.,  0.,  4.,  4.],
           [ 1., -1.,  3.,  5.],
           [ 4.,  0.,  8.,  4.],
           [ 5., -1.,  7.,  5.]], dtype=float32)
    """
    expect_number("stride", stride, above=0)
    wh = np.array(sizes, dtype)
    if wh.ndim != 2 or wh.shape[1] != 2 or not (wh > 0).all():
        raise ValueError(f"sizes must be (width, height) pairs of numbers above 0, got {sizes!r}")
    y, x = np.indices((height, width)).astype(dtype)
    middle = (np.stack([x, y], axis=-1)[:, :, None] + 0.5) * stride  # (H, W, 1, 2)
    grid = np.concatenate([middle - wh / 2, middle + wh / 2], axis=-1)  # (H, W, A, 4)
    return grid.reshape(-1, 4).astype(dtype, copy=False)  # (H, W, A, 4) -> (H*W*A, 4)


def encode(boxes: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """The offsets t = (tx, ty, tw, th) from the anchors to the boxes, the targets of a regression.

    boxes, anchors and result: (.., 4). tx = (x - xa) / wa and ty = (y - ya) / ha for the centres,
    tw = log(w / wa) and th = log(h / ha). ValueError for boxes without area.

    >>> encode(np.array([2.0, 0.0, 6.0, 8.0]), np.array([0.0, 0.0, 4.0, 4.0])).round(3)
    array([0.5  , 0.5  , 0.   , 0.693])
    """
    wh, wh_anchor = _sizes("boxes", boxes), _sizes("anchors", anchors)
    shift = (centres(boxes) - centres(anchors)) / wh_anchor
    return np.concatenate([shift, np.log(wh / wh_anchor)], axis=-1)


def decode(t: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """The boxes at the offsets t from the anchors, the inverse of `encode`; all are (.., 4).

    A box is at most 62.5 times as wide and as tall as its anchor. ValueError for anchors without
    area.

    >>> decode(np.array([0.5, 0.5, 0.0, np.log(2)]), np.array([0.0, 0.0, 4.0, 4.0]))
    array([2., 0., 6., 8.])
    """
    expect_boxes("t", t)
    wh_anchor = _sizes("anchors", anchors)
    middle = centres(anchors) + t[..., :2] * wh_anchor  # x = xa + tx wa
    half = wh_anchor * np.exp(np.minimum(t[..., 2:], MAX_LOG_SCALE)) / 2  # w = wa e^tw
    return np.concatenate([middle - half, middle + half], axis=-1)


def _sizes(name: str, boxes: np.ndarray) -> np.ndarray:
    """(width, height): (.., 4) -> (.., 2); ValueError unless all are above 0."""
    wh: np.ndarray = expect_boxes(name, boxes)[..., 2:] - boxes[..., :2]
    if not (wh > 0).all():
        raise ValueError(
            f"{name} must have x1 > x0 and y1 > y0, got a box of size {wh[(wh <= 0).any(-1)][0]}: "
            "leave out padding and boxes clipped to nothing"
        )
    return wh
