"""Boxes around objects: how much two overlap, and which of many to keep (section 8.4.1).

A box is (x0, y0, x1, y1), its left, top, right and bottom edge in pixels: pixel k spans k .. k + 1,
so the width is x1 - x0. IoU, intersection over union, is 1 for equal boxes and 0 for disjoint ones;
it decides whether a detection is correct, and which boxes non-maximum suppression removes as
duplicates.
"""

from __future__ import annotations

import numpy as np

from dlscratch.arguments import expect_number


def areas(boxes: np.ndarray) -> np.ndarray:
    """Width times height: (.., 4) -> (..), in the dtype of the boxes.

    >>> areas(np.array([[0.0, 0.0, 4.0, 2.0]]))
    array([8.])
    """
    area: np.ndarray = (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
    return area


def centres(boxes: np.ndarray) -> np.ndarray:
    """The (x, y) of each centre: (.., 4) -> (.., 2).

    >>> centres(np.array([[0.0, 0.0, 4.0, 2.0]]))
    array([[2., 1.]])
    """
    middle: np.ndarray = (boxes[..., :2] + boxes[..., 2:]) / 2
    return middle


def intersections(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The area shared by each box of a and each of b: (.., A, 4), (.., B, 4) -> (.., A, B)."""
    a, b = expect_boxes("a", a)[..., :, None, :], expect_boxes("b", b)[..., None, :, :]
    low, high = np.maximum(a[..., :2], b[..., :2]), np.minimum(a[..., 2:], b[..., 2:])
    sides = np.maximum(high - low, 0)  # 0 where they are disjoint
    shared: np.ndarray = sides[..., 0] * sides[..., 1]
    return shared


def iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union of each box of a with each of b, 0 .. 1.

    (.., A, 4), (.., B, 4) -> (.., A, B): all pairs, for one image or for many at once; floats.
    Two boxes without area have IoU 0. ValueError if the last axis is not 4.

    >>> iou(np.array([[0.0, 0.0, 4.0, 2.0]]), np.array([[2.0, 0.0, 6.0, 2.0]])).round(3)
    array([[0.333]])
    """
    shared = intersections(a, b)
    union = areas(a)[..., :, None] + areas(b)[..., None, :] - shared
    ratio: np.ndarray = np.zeros_like(union, np.result_type(union, 1.0))
    np.divide(shared, union, out=ratio, where=union > 0)
    return ratio


def clip_boxes(boxes: np.ndarray, height: float, width: float) -> np.ndarray:
    """The part of each box inside an image of that size; (.., 4), a new array of the same dtype.

    >>> clip_boxes(np.array([[-3.0, 1.0, 9.0, 5.0]]), height=4, width=8)
    array([[0., 1., 8., 4.]])
    """
    limits = np.array([width, height, width, height], expect_boxes("boxes", boxes).dtype)
    inside: np.ndarray = np.clip(boxes, 0, limits)
    return inside


def non_maximum_suppression(
    boxes: np.ndarray, scores: np.ndarray, threshold: float = 0.5, limit: int | None = None
) -> np.ndarray:
    """The indices of the boxes to keep, the highest score first: (K,) integers, at most `limit`.

    The best box suppresses every other whose IoU with it is above the threshold; then the best
    remaining box does the same, and so on (greedy, as in Girshick and others, 2014).
    boxes: (N, 4), scores: (N,). ValueError for other shapes, or a threshold outside 0 .. 1.

    >>> boxes = np.array([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 3.0], [5.0, 5.0, 8.0, 8.0]])
    >>> non_maximum_suppression(boxes, np.array([0.8, 0.9, 0.3]))
    array([1, 2])
    """
    expect_boxes("boxes", boxes)
    expect_number("threshold", threshold, at_least=0, at_most=1)
    if boxes.shape != (*np.shape(scores), 4):
        raise ValueError(
            f"expected a score for each box, boxes (N, 4) and scores (N,), got {boxes.shape} "
            f"and {np.shape(scores)}: call it once for each image"
        )
    overlapping = iou(boxes, boxes) > threshold  # (N, N)
    suppressed = np.zeros(len(boxes), bool)
    kept: list[int] = []
    for i in np.argsort(-scores, kind="stable"):
        if not suppressed[i]:
            kept.append(int(i))
            suppressed |= overlapping[i]
    return np.array(kept[:limit], dtype=np.intp)


def expect_boxes(name: str, boxes: np.ndarray) -> np.ndarray:
    """Return the boxes if their last axis is 4: x0, y0, x1, y1; ValueError if not."""
    if boxes.ndim < 1 or boxes.shape[-1] != 4:
        raise ValueError(
            f"{name}: expected boxes (.., 4) as x0, y0, x1, y1, got an array of shape "
            f"{boxes.shape}: for no boxes, use np.zeros((0, 4))"
        )
    return boxes
