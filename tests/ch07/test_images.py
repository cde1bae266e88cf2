import numpy as np
import pytest

from ch07.images import REACH, ShiftedImages, shifted


@pytest.fixture
def dots():
    """Images with one dot each, in the middle."""
    images = np.zeros((200, 1, 9, 9), np.float32)
    images[:, :, 4, 4] = np.arange(1, 201)[:, None]
    return images


def test_each_image_is_moved_by_up_to_two_pixels_in_every_direction(dots):
    moved = shifted(dots, np.random.default_rng(0))
    n, _, down, right = np.nonzero(moved)
    assert np.array_equal(n, np.arange(200))  # each dot is still there, in its own image
    assert np.array_equal(moved[n, 0, down, right], np.arange(1, 201))
    places = range(4 - REACH, 5 + REACH)
    assert set(zip(down.tolist(), right.tolist())) == {(i, j) for i in places for j in places}


def test_what_is_moved_out_is_gone_and_zeros_move_in():
    images = np.ones((50, 2, 6, 6), np.float32)
    moved = shifted(images, np.random.default_rng(1))
    heights = moved.any(axis=3).sum(axis=2)
    assert set(np.unique(heights)) == {4, 5, 6}
    assert np.array_equal(moved[:, 0], moved[:, 1])  # all channels of an image move together


def test_the_images_themselves_are_never_changed(dots):
    before = dots.copy()
    shifted(dots, np.random.default_rng(0))[:] = 7
    assert np.array_equal(dots, before)


def test_rows_for_a_mini_batch_come_shifted_afresh_and_slices_as_they_are(dots):
    images = ShiftedImages(dots, np.random.default_rng(0))
    rows = np.arange(100)
    assert len(images) == 200
    assert np.array_equal(images[:100], dots[:100])
    first, second = images[rows], images[rows]
    assert not np.array_equal(first, dots[:100]) and not np.array_equal(first, second)
