"""Mean average precision (mAP): one number that rates a detector (section 8.4.1).

A detector that reports more boxes finds more objects, and is wrong more often. So its detections
are sorted by confidence: after each one, precision is the fraction of detections so far that are
correct, and recall the fraction of objects found so far. The area under the precision-recall curve
is the average precision of a class; mAP is its mean over the classes, 1 if every object is found
before the first false detection.
Everingham and others, "The PASCAL VOC challenge", 2010; the area uses all points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from dlscratch.arguments import expect_number
from dlscratch.vision.boxes import expect_boxes, iou


class Objects(NamedTuple):
    """The true boxes of one image: boxes (K, 4), labels (K,) integers."""

    boxes: np.ndarray
    labels: np.ndarray


class Detections(NamedTuple):
    """The predicted boxes of one image: boxes (K, 4), labels (K,) integers, scores (K,)."""

    boxes: np.ndarray
    labels: np.ndarray
    scores: np.ndarray


def mean_average_precision(
    found: Sequence[Detections], truth: Sequence[Objects], threshold: float = 0.5
) -> float:
    """The mean of `average_precisions`, 0 .. 1; ValueError if no image has an object.

    >>> boxes = np.array([[0.0, 0.0, 4.0, 4.0], [5.0, 5.0, 9.0, 9.0]])
    >>> truth = [Objects(boxes, np.array([3, 7]))]
    >>> found = [Detections(boxes[:1], np.array([3]), np.array([0.9]))]
    >>> mean_average_precision(found, truth)  # the 3 is found, the 7 is not
    0.5
    """
    each = average_precisions(found, truth, threshold)
    if not each:
        raise ValueError("expected one true object or more, got none: mAP is a mean over classes")
    return float(np.mean(list(each.values())))


def average_precisions(
    found: Iterable[Detections], truth: Iterable[Objects], threshold: float = 0.5
) -> dict[int, float]:
    """The average precision of each class that occurs in the truth: label -> 0 .. 1.

    found and truth: one entry per image, in the same order. A detection is correct if its IoU with
    an object of its class is at least the threshold, and no detection with a higher score has
    matched that object: a second box on one object is a false positive.
    ValueError if the two differ in length, or the arrays of an image in their number of rows.
    """
    expect_number("threshold", threshold, above=0, at_most=1)
    found, truth = [Detections(*image) for image in found], [Objects(*image) for image in truth]
    if len(found) != len(truth):
        raise ValueError(
            f"expected an entry for each image, got {len(found)} found and {len(truth)} truth"
        )
    for detections, objects in zip(found, truth):
        expect_fitting(detections)
        expect_fitting(objects)
    classes = sorted({int(label) for image in truth for label in image.labels})
    result = {}
    for label in classes:
        scores, correct = [np.zeros(0)], [np.zeros(0, bool)]
        for detections, objects in zip(found, truth):
            mine = detections.labels == label
            boxes = objects.boxes[objects.labels == label]
            scores.append(detections.scores[mine])
            correct.append(match(detections.boxes[mine], scores[-1], boxes, threshold))
        total = sum(int(np.sum(objects.labels == label)) for objects in truth)
        result[label] = average_precision(np.concatenate(scores), np.concatenate(correct), total)
    return result


def match(
    boxes: np.ndarray, scores: np.ndarray, objects: np.ndarray, threshold: float
) -> np.ndarray:
    """Whether each box (K, 4) matches an object (M, 4) before any other box: (K,) bool.

    In the order of the scores (K,), each box claims the object that it overlaps most, as in VOC.
    """
    correct = np.zeros(len(boxes), bool)
    if not len(objects):
        return correct
    overlap = iou(boxes, objects)  # (K, M)
    claimed = set()
    for i in np.argsort(-scores, kind="stable"):
        j = int(overlap[i].argmax())
        if overlap[i, j] >= threshold and j not in claimed:
            claimed.add(j)
            correct[i] = True
    return correct


def average_precision(scores: np.ndarray, correct: np.ndarray, total: int) -> float:
    """The area under precision over recall, for detections of one class in all images.

    scores: (K,); correct: (K,) bool; total: the number of true objects, 1 or more.
    The precision at a recall is the highest one at that recall or beyond, which smooths the
    zigzags of the curve.

    >>> scores, correct = np.array([0.9, 0.8, 0.7]), np.array([True, False, True])
    >>> average_precision(scores, correct, total=2)  # 1/2 . 1 + 1/2 . 2/3
    0.833333
    """
    order = np.argsort(-scores, kind="stable")
    hits = correct[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]  # at this recall or beyond
    return float(best[hits].sum()) / total  # each hit raises the recall by 1 / total


def expect_fitting(image: Objects | Detections) -> None:
    """ValueError unless each box of an image has a label, and a score if it is a detection."""
    expect_boxes("boxes", image.boxes)
    lengths = {np.shape(array) for array in image[1:]}
    if image.boxes.ndim != 2 or lengths != {image.boxes.shape[:1]}:
        shapes = ", ".join(f"{name} {np.shape(a)}" for name, a in image._asdict().items())
        raise ValueError(f"expected boxes (K, 4) and one entry per box in the rest, got {shapes}")
