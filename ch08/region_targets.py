"""Section 8.4.1: the targets of a box: the class of its object, and the offsets to it.

A detector scores many boxes, but the labels describe only the true ones. So each box is compared
with the true boxes: where the overlap (IoU) is large, the box belongs to that object; where it is
small, to the background; in between it is ignored. Every other box has a class as target, and those
with an object also the offsets to it. Both stages of region_network.py learn so: the first tells an
object from none, the second one digit from another.
"""

import numpy as np

from dlscratch import HuberWithLoss, SoftmaxWithLoss
from dlscratch.layers.losses import Loss
from dlscratch.vision import decode, encode, iou

NOTHING, UNCLEAR = -1, -2  # in place of the number of an object
SPREAD = 0.25  # about the size of the offsets: divided by it, the targets are about 1


def match(boxes, objects, low=0.5, high=0.5):
    """The number of the object that each box belongs to, NOTHING or UNCLEAR: (R,) integers.

    boxes: (R, 4), objects: (K, 4). An IoU of `high` is enough, one below `low` is none.

    >>> objects = np.array([[0.0, 0.0, 4.0, 4.0], [8.0, 8.0, 12.0, 12.0]])
    >>> boxes = np.array([[8.0, 8.0, 12.0, 11.0], [0.0, 0.0, 4.0, 1.6], [4.0, 4.0, 8.0, 8.0]])
    >>> match(boxes, objects, low=0.3)
    array([ 1, -2, -1])
    """
    overlap = iou(boxes, objects)  # (R, K)
    best = overlap.max(axis=1)
    return np.where(best >= high, overlap.argmax(axis=1), np.where(best < low, NOTHING, UNCLEAR))


def match_anchors(anchors, objects):
    """As `match`, but no object is left out: the anchors nearest to it belong to it anyway."""
    index = match(anchors, objects, low=0.3, high=0.5)
    overlap = iou(anchors, objects)  # (M, K)
    m, k = np.nonzero(overlap == overlap.max(axis=0))
    index[m] = k
    return index


def targets(boxes, objects, labels, index, background):
    """What each box is, (R,) integers, and the offsets to its object, (R, 4), 0 without one.

    labels: (K,), what each object is. index: from `match`. background: what a box without is.
    """
    own = np.maximum(index, 0)  # any object will do where there is none
    t = encode(objects[own], boxes) / boxes.dtype.type(SPREAD)
    without = np.where(index == UNCLEAR, UNCLEAR, background)
    return np.where(index >= 0, labels[own], without), np.where(index[:, None] >= 0, t, 0)


def moved(boxes, t):
    """The boxes where offsets as in `targets` lead, (.., 4)."""
    return decode(t * t.dtype.type(SPREAD), boxes)


class BoxLoss(Loss):
    """L = cross entropy of what the boxes are + Huber's loss of the offsets to their objects.

    x: (R, classes + 4), scores and offsets. t: what `targets` returns; UNCLEAR counts for nothing.
    background: what a box without an object is. weights: how much each label counts, as in
    SoftmaxWithLoss. Each loss is a mean over the boxes that it counts.
    """

    def __init__(self, background, weights=None):
        self.background = background
        self.what, self.where = SoftmaxWithLoss(weights, ignore=UNCLEAR), HuberWithLoss()

    def forward(self, x, t):
        labels, offsets = t
        rows = np.flatnonzero((labels != self.background) & (labels != UNCLEAR))
        self.cache = (x, rows)
        where = self.where.forward(x[rows, -4:], offsets[rows]) if len(rows) else 0.0
        return self.what.forward(x[:, :-4], labels) + where

    def backward(self, dout=1.0):
        x, rows = self.saved()
        dx = np.zeros_like(x)
        dx[:, :-4] = self.what.backward(dout)  # the two losses share no column of x
        if len(rows):
            dx[rows, -4:] = self.where.backward(dout)
        return dx
