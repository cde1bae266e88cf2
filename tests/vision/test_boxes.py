"""Boxes: areas shared, and duplicates suppressed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlscratch.vision import areas, centres, clip_boxes, iou, non_maximum_suppression
from dlscratch.vision.boxes import intersections


def random_boxes(n, seed, side=12):
    """Boxes with whole-numbered edges, some of them without area."""
    corners = np.random.default_rng(seed).integers(0, side, size=(2, n, 2))
    return np.concatenate([corners.min(axis=0), corners.max(axis=0)], axis=1).astype(float)


def pixels(box):
    """The set of pixels that a box with whole-numbered edges covers."""
    x0, y0, x1, y1 = box.astype(int)
    return {(x, y) for x in range(x0, x1) for y in range(y0, y1)}


@given(st.integers(0, 999))
def test_every_area_is_the_number_of_pixels_in_it(seed):
    a, b = random_boxes(3, seed), random_boxes(2, seed + 1000)
    shared, ratio = intersections(a, b), iou(a, b)
    for i, j in np.ndindex(3, 2):
        both, either = pixels(a[i]) & pixels(b[j]), pixels(a[i]) | pixels(b[j])
        assert areas(a)[i] == len(pixels(a[i]))
        assert shared[i, j] == len(both)
        assert ratio[i, j] == pytest.approx(len(both) / len(either) if either else 0)


def test_iou_by_hand():
    box = np.array([[0.0, 0.0, 10.0, 10.0]])
    others = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [0, 0, 5, 5], [10, 0, 20, 10]], float)
    np.testing.assert_allclose(iou(box, others), [[1, 50 / 150, 25 / 100, 0]])


def test_images_of_a_batch_do_not_meet():
    a, b = random_boxes(6, 0).reshape(2, 3, 4), random_boxes(4, 1).reshape(2, 2, 4)
    ratio = iou(a, b)
    assert ratio.shape == (2, 3, 2)
    for n in range(2):
        np.testing.assert_array_equal(ratio[n], iou(a[n], b[n]))


def test_where_there_is_no_box_there_is_no_pair():
    assert iou(np.zeros((0, 4)), random_boxes(3, 0)).shape == (0, 3)
    assert non_maximum_suppression(np.zeros((0, 4)), np.zeros(0)).shape == (0,)


def test_a_box_is_clipped_to_the_image_and_the_original_stays():
    boxes = np.array([[-2.0, -1.0, 20.0, 3.0], [1.0, 1.0, 2.0, 2.0]], np.float32)
    boxes.flags.writeable = False
    clipped = clip_boxes(boxes, height=2, width=10)
    np.testing.assert_array_equal(clipped, [[0, 0, 10, 2], [1, 1, 2, 2]])
    assert clipped.dtype == np.float32


def test_the_centre_is_half_way():
    np.testing.assert_array_equal(centres(np.array([2.0, 4.0, 8.0, 5.0])), [5.0, 4.5])


def suppress_by_loops(boxes, scores, threshold):
    left = sorted(range(len(boxes)), key=lambda i: -scores[i])
    kept = []
    while left:
        best, left = left[0], left[1:]
        kept.append(best)
        left = [i for i in left if iou(boxes[[best]], boxes[[i]])[0, 0] <= threshold]
    return kept


@given(st.integers(0, 999), st.integers(0, 12), st.floats(0, 1))
def test_the_boxes_that_loops_keep_are_kept(seed, n, threshold):
    boxes, scores = random_boxes(n, seed, side=6), np.random.default_rng(seed).permutation(n) / 2
    kept = non_maximum_suppression(boxes, scores, threshold)
    assert kept.tolist() == suppress_by_loops(boxes, scores, threshold)
    limited = non_maximum_suppression(boxes, scores, threshold, limit=2)
    assert limited.tolist() == kept.tolist()[:2]


def test_a_suppressed_box_suppresses_nothing():
    """A chain of three, each overlapping the next: the middle one goes, the last one stays."""
    boxes = np.array([[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]], float)
    kept = non_maximum_suppression(boxes, np.array([0.9, 0.8, 0.7]), threshold=0.4)
    assert kept.tolist() == [0, 2]


def test_what_is_no_box_is_refused():
    with pytest.raises(ValueError, match=r"a: expected boxes \(.., 4\) as x0, y0, x1, y1"):
        iou(np.zeros((2, 5)), np.zeros((2, 4)))
    with pytest.raises(
        ValueError, match=r"got an array of shape \(0,\): for no boxes, use np.zeros\(\(0, 4\)"
    ):
        iou(np.zeros((2, 4)), np.array([]))
    with pytest.raises(ValueError, match="a score for each box"):
        non_maximum_suppression(np.zeros((2, 4)), np.zeros(3))
    with pytest.raises(ValueError, match="threshold must be a number at least 0"):
        non_maximum_suppression(np.zeros((2, 4)), np.zeros(2), threshold=-1)
