"""IoU: how much two boxes agree (section 8.4.1).

A detector answers with boxes. A box is (x0, y0, x1, y1), its left, top, right and bottom edge. To
say how good it is, compare it with the true box: the area that both share, over the area that they
cover together. This ratio is 1 for equal boxes and 0 for boxes apart:

    IoU = intersection / union,   union = area of a + area of b - intersection

The intersection is a box as well. Its left edge is the larger of the two left edges, its right edge
the smaller of the two right ones, top and bottom likewise. Where right - left would be negative,
the boxes lie apart, and the intersection has width 0.

Write:

    areas(boxes)   boxes: (N, 4); returns width times height, (N,)
    iou(a, b)      a: (A, 4), b: (B, 4); returns the IoU of each box of a with each of b, (A, B)

Two boxes without area have IoU 0. a and b are not written to; float32 in, float32 out.

>>> areas(np.array([[0.0, 0.0, 4.0, 2.0], [5.0, 1.0, 6.0, 4.0]]))
array([8., 3.])
>>> a = np.array([[0.0, 0.0, 4.0, 2.0]])
>>> b = np.array([[2.0, 0.0, 6.0, 2.0], [0.0, 0.0, 4.0, 2.0], [5.0, 5.0, 6.0, 6.0]])
>>> iou(a, b).round(3)
array([[0.333, 1.   , 0.   ]])
"""

import numpy as np


def areas(boxes):
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def iou(a, b):
    a, b = a[:, None], b[None]  # (A, 1, 4), (1, B, 4)
    low = np.maximum(a[..., :2], b[..., :2])  # left and top, (A, B, 2)
    high = np.minimum(a[..., 2:], b[..., 2:])  # right and bottom
    sides = np.maximum(high - low, 0)
    shared = sides[..., 0] * sides[..., 1]
    union = areas(a) + areas(b) - shared
    return shared / np.where(union > 0, union, 1)
