"""Confusion of pixels, against plain loops and numbers worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlscratch.vision import class_iou, confusion_matrix, mean_iou, pixel_accuracy

T = np.array([[[0, 0, 0, 1], [0, 2, 2, 1]]])
Y = np.array([[[0, 0, 1, 1], [0, 2, 1, 1]]])


def test_a_mask_by_hand():
    confusion = confusion_matrix(T, Y, classes=4)
    np.testing.assert_array_equal(
        confusion, [[3, 1, 0, 0], [0, 2, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    )
    np.testing.assert_allclose(class_iou(confusion), [3 / 4, 2 / 4, 1 / 2, np.nan])
    assert mean_iou(confusion) == pytest.approx((3 / 4 + 2 / 4 + 1 / 2) / 3)
    assert pixel_accuracy(confusion) == 6 / 8


@given(st.integers(0, 999), st.integers(1, 5), st.integers(1, 20))
def test_every_count_is_what_loops_find(seed, classes, n):
    t, y = np.random.default_rng(seed).integers(classes, size=(2, n))
    confusion = confusion_matrix(t, y, classes)
    ratios = class_iou(confusion)
    for i in range(classes):
        true, found = set(np.flatnonzero(t == i)), set(np.flatnonzero(y == i))
        for j in range(classes):
            assert confusion[i, j] == len(true & set(np.flatnonzero(y == j)))
        if true | found:
            assert ratios[i] == pytest.approx(len(true & found) / len(true | found))
        else:
            assert np.isnan(ratios[i])


def test_a_class_found_where_it_is_not_counts_as_zero():
    confusion = confusion_matrix(np.array([0, 0]), np.array([0, 1]), classes=3)
    assert mean_iou(confusion) == pytest.approx((1 / 2 + 0) / 2)


def test_matrices_of_batches_add_up():
    whole = confusion_matrix(T, Y, 3)
    parts = confusion_matrix(T[:, :1], Y[:, :1], 3) + confusion_matrix(T[:, 1:], Y[:, 1:], 3)
    np.testing.assert_array_equal(whole, parts)


def test_small_integers_do_not_overflow():
    t = np.full((2, 3), 20, np.uint8)
    assert confusion_matrix(t, t, classes=21)[20, 20] == 6


def test_what_is_no_mask_is_refused():
    with pytest.raises(ValueError, match=r"the same shape, got .* use y.argmax\(axis=1\)"):
        confusion_matrix(T, np.zeros((1, 3, 2, 4)), 3)
    with pytest.raises(ValueError, match="y must hold integers, got float64"):
        confusion_matrix(T, Y / 2, 3)
    with pytest.raises(ValueError, match=r"t must hold classes 0 .. 1, got 0 .. 2"):
        confusion_matrix(T, Y, 2)
    with pytest.raises(ValueError, match="one pixel or more, got one of no pixels"):
        mean_iou(np.zeros((3, 3), int))
