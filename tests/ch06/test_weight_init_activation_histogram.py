"""Sections 6.2.2 and 6.2.3: how far the activations spread, layer by layer, for any seed."""

import numpy as np
import pytest

from ch06.weight_init_activation_histogram import PRINTED, activations

each_seed = pytest.mark.parametrize("seed", range(5))


def outside(outputs):
    """The share of activations outside 0.1 .. 0.9 in each layer."""
    return [np.mean((y < 0.1) | (y > 0.9)) for y in outputs]


def spread(outputs):
    return [y.std() for y in outputs]


@each_seed
def test_sigmoid_with_std_1_sticks_to_both_ends(seed):
    shares = outside(activations("sigmoid", 1.0, seed))
    np.testing.assert_allclose(shares, [0.82, 0.74, 0.75, 0.75, 0.75], atol=0.06)


@each_seed
def test_sigmoid_with_std_001_stays_at_one_half(seed):
    outputs = activations("sigmoid", 0.01, seed)
    np.testing.assert_allclose(spread(outputs), [0.025, 0.012, 0.0125, 0.012, 0.012], atol=0.003)
    np.testing.assert_allclose([y.mean() for y in outputs], 0.5, atol=0.01)


@each_seed
def test_sigmoid_with_xavier_spreads_and_keeps_off_the_ends(seed):
    outputs = activations("sigmoid", "xavier", seed)
    np.testing.assert_allclose(spread(outputs), [0.208, 0.121, 0.125, 0.120, 0.119], atol=0.025)
    np.testing.assert_allclose(outside(outputs), [0.03, 0, 0, 0, 0], atol=0.02)


@each_seed
def test_under_xavier_one_sigmoid_unit_hardly_answers_to_the_input_but_a_tanh_unit_does(seed):
    sigmoid, tanh = (activations(name, "xavier", seed)[-1] for name in ("sigmoid", "tanh"))
    assert sigmoid.std(axis=0).max() < 0.01 < 0.1 < tanh.std(axis=0).min()


@each_seed
def test_relu_with_std_001_has_the_means_that_the_book_prints(seed):
    means = [y.mean() for y in activations("relu", 0.01, seed)]
    np.testing.assert_allclose(means, PRINTED, rtol=0.25)


@each_seed
def test_relu_slides_to_0_with_xavier_and_stays_with_he(seed):
    xavier, he = (spread(activations("relu", std, seed)) for std in ("xavier", "he"))
    np.testing.assert_allclose(xavier[-1] / xavier[0], 0.25, atol=0.05)  # 1 / sqrt(2), four times
    np.testing.assert_allclose(np.divide(he, he[0]), 1, atol=0.2)


def test_the_same_seed_gives_the_same_activations_and_another_seed_others():
    first, again, other = (activations("relu", "he", seed)[-1] for seed in (0, 0, 1))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
