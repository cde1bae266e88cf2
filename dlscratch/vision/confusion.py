"""The confusion matrix of a segmentation, and the metrics computed from it (section 8.4.2).

Entry (i, j) counts the pixels of class i that were classified as j. Pixel accuracy is the fraction
on the diagonal; where most pixels are background, predicting only background already scores high.
The IoU of class i does not count the correct background: it is the number of pixels that are i and
classified as i, over the number that are i or classified as i. FCN (Long, Shelhamer and Darrell,
2015) reports the mean IoU.
"""

from __future__ import annotations

import numpy as np

from dlscratch.arguments import expect_whole


def confusion_matrix(t: np.ndarray, y: np.ndarray, classes: int) -> np.ndarray:
    """How many pixels of true class i were classified as j: (classes, classes) int64.

    t, y: integers 0 .. classes - 1 of the same shape, for instance masks (N, H, W). The matrices of
    several batches can be added. ValueError for different shapes, other dtypes or other classes.

    >>> confusion_matrix(np.array([[0, 0], [1, 1]]), np.array([[0, 1], [1, 1]]), classes=2)
    array([[1, 1],
           [0, 2]])
    """
    expect_whole("classes", classes, at_least=1)
    if t.shape != y.shape:
        raise ValueError(
            f"expected masks of the same shape, got {t.shape} and {y.shape}: "
            "for scores (N, classes, H, W), use y.argmax(axis=1)"
        )
    for name, mask in (("t", t), ("y", y)):
        if mask.dtype.kind not in "iu":
            raise ValueError(f"{name} must hold integers, got {mask.dtype}: use astype(int)")
        if mask.size and not 0 <= mask.min() <= mask.max() < classes:
            raise ValueError(
                f"{name} must hold classes 0 .. {classes - 1}, got {mask.min()} .. {mask.max()}"
            )
    cell = t.astype(np.intp).ravel() * classes + y.ravel().astype(np.intp)
    counts = np.bincount(cell, minlength=classes**2)
    return counts.reshape(classes, classes)  # (classes^2,) -> (classes, classes)


def class_iou(confusion: np.ndarray) -> np.ndarray:
    """The IoU of each class, (classes,) float64; nan for a class neither present nor predicted.

    confusion: (classes, classes).

    >>> class_iou(np.array([[1, 1, 0], [0, 2, 0], [0, 0, 0]])).round(3)
    array([0.5  , 0.667,   nan])
    """
    both = np.diagonal(confusion)
    either = confusion.sum(axis=0) + confusion.sum(axis=1) - both
    return np.divide(both, either, out=np.full(len(both), np.nan), where=either > 0)


def mean_iou(confusion: np.ndarray) -> float:
    """The mean IoU over the classes that are present or predicted, 0 .. 1.

    A class that is neither has no IoU (0 / 0) and is left out; one that is predicted but not
    present counts as 0. ValueError for a matrix that counts no pixel.

    >>> mean_iou(np.array([[2, 2, 0], [0, 2, 0], [0, 0, 0]]))
    0.5
    """
    return float(np.nanmean(class_iou(_expect_pixels(confusion))))


def pixel_accuracy(confusion: np.ndarray) -> float:
    """The fraction of pixels classified correctly, 0 .. 1; ValueError if there are none.

    >>> pixel_accuracy(np.array([[1, 1], [0, 2]]))
    0.75
    """
    return float(np.trace(_expect_pixels(confusion)) / confusion.sum())


def _expect_pixels(confusion: np.ndarray) -> np.ndarray:
    if not confusion.sum():
        raise ValueError("expected a confusion matrix of one pixel or more, got one of no pixels")
    return confusion
