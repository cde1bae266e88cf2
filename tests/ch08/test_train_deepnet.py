import numpy as np
import pytest

from ch08.train_deepnet import REACH, DecayingAdam, ShiftedImages, shifted
from dlscratch import Adam


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


def test_the_learning_rate_shrinks_after_each_epoch_and_not_within():
    optimizer = DecayingAdam(0.001, decay=0.5, epoch=3)
    rates = []
    params = {"W1": np.zeros(1)}
    for _ in range(7):
        rates.append(optimizer.lr)
        optimizer.update(params, {"W1": np.ones(1)})
    assert rates == [0.001] * 3 + [0.0005] * 3 + [0.00025]


def test_without_decay_it_is_adam():
    rng = np.random.default_rng(0)
    start, g = rng.standard_normal(5), rng.standard_normal(5)
    ends = []
    for optimizer in (Adam(0.01), DecayingAdam(0.01, 1.0, epoch=2)):
        params = {"W1": start.copy()}
        for _ in range(5):
            optimizer.update(params, {"W1": g})
        ends.append(params["W1"])
    assert np.array_equal(*ends)
