"""How well pixels are classified: a table of classes, and what is read from it (section 8.4.2).

Entry (i, j) of the confusion matrix counts the pixels of class i that were classified as j. Pixel
accuracy is the share on its diagonal; where most pixels are background, it is high for nothing.
The IoU of a class does not count the pixels that are rightly something else: those that are i and
classified as i, over those that are i or classified as i. Mean IoU is what FCN is judged by
(Long, Shelhamer and Darrell, 2015).
"""

from __future__ import annotations

import numpy as np

from dlscratch.arguments import expect_whole


def confusion_matrix(t: np.ndarray, y: np.ndarray, classes: int) -> np.ndarray:
    """How many pixels of true class i were classified as j: (classes, classes) int64.

    t, y: integers 0 .. classes - 1 of one shape, masks (N, H, W) for instance. Matrices of several
    batches may be added. ValueError for other shapes, dtypes or classes.

    >>> confusion_matrix(np.array([[0, 0], [1, 1]]), np.array([[0, 1], [1, 1]]), classes=2)
    array([[1, 1],
           [0, 2]])
    """
    expect_whole("classes", classes, at_least=1)
    if t.shape != y.shape:
        raise ValueError(
            f"expected masks of one shape, got {t.shape} and {y.shape}: "
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
    """The IoU of each class, (classes,) float64; nan for a class that is neither there nor found.

    >>> class_iou(np.array([[1, 1, 0], [0, 2, 0], [0, 0, 0]])).round(3)
    array([0.5  , 0.667,   nan])
    """
    both = np.diagonal(confusion)
    either = confusion.sum(axis=0) + confusion.sum(axis=1) - both
    return np.divide(both, either, out=np.full(len(both), np.nan), where=either > 0)


def mean_iou(confusion: np.ndarray) -> float:
    """The mean IoU over the classes that are there or found, 0 .. 1.

    A class that is neither has no IoU (0 / 0) and is left out; one that is found where it is not
    counts as 0. ValueError for an empty matrix.

    >>> mean_iou(np.array([[2, 2, 0], [0, 2, 0], [0, 0, 0]]))
    0.5
    """
    return float(np.nanmean(class_iou(_expect_pixels(confusion))))


def pixel_accuracy(confusion: np.ndarray) -> float:
    """The share of the pixels that are classified correctly, 0 .. 1; ValueError if there are none.

    >>> pixel_accuracy(np.array([[1, 1], [0, 2]]))
    0.75
    """
    return float(np.trace(_expect_pixels(confusion)) / confusion.sum())


def _expect_pixels(confusion: np.ndarray) -> np.ndarray:
    if not confusion.sum():
        raise ValueError("expected the confusion matrix of one pixel or more, got none")
    return confusion
