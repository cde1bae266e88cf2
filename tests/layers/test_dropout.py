"""Dropout: the mask of the last pass, and the right share of it."""

import numpy as np
import pytest

from dlscratch import Dropout


def dropout(ratio=0.5, seed=0):
    return Dropout(ratio, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("ratio", [0.1, 0.5, 0.8])
def test_the_right_share_is_silenced_and_the_mean_stays(ratio):
    y = dropout(ratio).forward(np.ones((200, 200)), training=True)
    assert np.mean(y == 0) == pytest.approx(ratio, abs=0.01)
    np.testing.assert_allclose(y[y != 0], 1 / (1 - ratio))
    assert y.mean() == pytest.approx(1, abs=0.02)


def test_backward_uses_the_mask_of_the_forward_before_it():
    layer, x = dropout(), np.ones((50, 4))
    masks = []
    for _ in range(2):
        y = layer.forward(x, training=True)
        np.testing.assert_array_equal(layer.backward(3 * x), 3 * y)
        masks.append(y)
    assert np.any(masks[0] != masks[1])  # a new mask at each pass


def test_after_an_evaluating_pass_backward_passes_everything():
    """Not the stale mask of an earlier training pass."""
    layer, x = dropout(0.9), np.ones((5, 4))
    layer.forward(x, training=True)
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(2 * x), 2 * x)


def test_evaluating_draws_no_random_number():
    layer = dropout()
    before = layer.rng.bit_generator.state
    layer.forward(np.ones((5, 4)))
    assert layer.rng.bit_generator.state == before


def test_one_seed_gives_one_mask():
    x = np.ones((5, 40))
    same = [dropout(seed=seed).forward(x, training=True) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(same[0], same[1])
    assert np.any(same[0] != same[2])


def test_two_layers_without_a_generator_draw_different_masks():
    """A generator as a default argument would be shared by all."""
    x = np.ones((5, 40))
    assert Dropout().rng is not Dropout().rng
    assert np.any(Dropout().forward(x, training=True) != Dropout().forward(x, training=True))


@pytest.mark.parametrize("ratio", [-0.1, 1, 1.5, float("nan")])
def test_an_impossible_ratio_is_refused(ratio):
    with pytest.raises(ValueError, match=f"at least 0 and below 1, got {ratio}"):
        Dropout(ratio)


def test_a_ratio_of_float64_does_not_turn_float32_into_float64():
    layer = dropout(np.float64(0.5))
    assert layer.forward(np.ones(9, np.float32), training=True).dtype == np.float32
