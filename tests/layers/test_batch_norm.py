"""Batch normalization: hand-worked numbers, statistics per channel, running averages."""

import numpy as np
import pytest

from dlscratch import BatchNorm


def plain(features, **options):
    return BatchNorm(np.ones(features), np.zeros(features), **options)


def test_forward_and_backward_as_worked_by_hand():
    """x = 0, 0, 2, 2: mean 1, variance 1, xhat = -1, -1, 1, 1.  dy = 1, 0, 0, 0:
    dbeta = 1, dgamma = -1, dx = gamma (dy - 1/4 + xhat/4)."""
    layer = BatchNorm(np.array([2.0]), np.array([5.0]), eps=0.0)
    y = layer.forward(np.array([[0.0], [0.0], [2.0], [2.0]]), training=True)
    np.testing.assert_array_equal(y.ravel(), [3, 3, 7, 7])
    dx = layer.backward(np.array([[1.0], [0.0], [0.0], [0.0]]))
    np.testing.assert_array_equal(dx.ravel(), [1, -1, 0, 0])
    np.testing.assert_array_equal([*layer.dbeta, *layer.dgamma], [1, -1])


@pytest.mark.parametrize("shape", [(6, 3), (2, 3, 4, 5)])
def test_each_number_is_normalised_with_its_own_feature(shape):
    rng = np.random.default_rng(0)
    x = rng.normal(3, 7, shape)
    layer = BatchNorm(rng.standard_normal(3), rng.standard_normal(3), eps=1e-3)
    y = layer.forward(x, training=True)
    for c in range(3):
        values = x[:, c].ravel().tolist()
        mean = sum(values) / len(values)
        variance = sum((value - mean) ** 2 for value in values) / len(values)
        expected = [
            layer.gamma[c] * (value - mean) / (variance + 1e-3) ** 0.5 + layer.beta[c]
            for value in values
        ]
        np.testing.assert_allclose(y[:, c].ravel(), expected, rtol=1e-12)


def test_an_image_batch_is_normalised_per_channel_not_per_pixel():
    x = np.random.default_rng(0).standard_normal((4, 2, 3, 3))
    as_rows = x.transpose(0, 2, 3, 1).reshape(-1, 2)  # (N, C, H, W) -> (N*H*W, C)
    images, rows = plain(2), plain(2)
    y = images.forward(x, training=True)
    expected = rows.forward(as_rows, training=True)
    np.testing.assert_allclose(y.transpose(0, 2, 3, 1).reshape(-1, 2), expected)
    np.testing.assert_allclose(images.running_var, rows.running_var)


def test_the_output_has_mean_zero_and_variance_one():
    y = plain(3).forward(np.random.default_rng(0).normal(9, 4, (50, 3)), training=True)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=0), 1, rtol=1e-5)


def test_a_large_mean_does_not_swallow_the_variance():
    x = np.array([[1e7 - 1], [1e7 + 1]])
    y = plain(1).forward(x, training=True)
    np.testing.assert_allclose(y.ravel(), [-1, 1], rtol=1e-4)


def test_before_any_training_evaluating_leaves_x_almost_as_it_is():
    x = np.random.default_rng(0).standard_normal((4, 3))
    np.testing.assert_allclose(plain(3).forward(x), x, rtol=1e-5)


def test_running_averages_move_towards_each_batch():
    layer = plain(1, momentum=0.75)
    layer.forward(np.array([[2.0], [6.0]]), training=True)  # mean 4, variance 4
    assert (layer.running_mean[0], layer.running_var[0]) == (1.0, 1.75)
    layer.forward(np.array([[0.0], [0.0]]), training=True)  # mean 0, variance 0
    assert (layer.running_mean[0], layer.running_var[0]) == (0.75, 1.3125)


def test_evaluating_uses_the_running_averages_and_does_not_move_them():
    layer = BatchNorm(np.array([3.0]), np.array([1.0]), eps=0.0)
    layer.running_mean[:], layer.running_var[:] = 2, 4
    np.testing.assert_array_equal(layer.forward(np.array([[6.0]])), [[3 * 2 + 1]])
    np.testing.assert_array_equal(layer.backward(np.array([[1.0]])), [[1.5]])
    assert (layer.running_mean[0], layer.running_var[0]) == (2, 4)


@pytest.mark.parametrize("shape", [(1, 3), (1, 3, 1, 1)])
def test_training_on_one_value_per_feature_is_refused(shape):
    with pytest.raises(ValueError, match=r"one value per feature .* use a batch of two or more"):
        plain(3).forward(np.ones(shape), training=True)
    plain(3).forward(np.ones(shape))  # evaluating is fine


@pytest.mark.parametrize(
    "shape, hint",
    [
        ((4, 2), "axis 1 must hold the 3 features of gamma"),
        ((3,), "2 or 4 axes"),
        ((4, 5, 3), "2 or 4 axes"),
        ((4, 2, 5, 5), "axis 1 must hold the 3 features of gamma"),
        ((4, 5, 5, 3), r"the channels are last, use x\.transpose\(0, 3, 1, 2\)"),
    ],
)
def test_other_features_than_those_of_gamma_are_refused(shape, hint):
    with pytest.raises(ValueError, match=rf"expects \(N, 3\) or \(N, 3, H, W\), got .*: {hint}"):
        plain(3).forward(np.zeros(shape))


@pytest.mark.parametrize("gamma, beta", [((3,), (2,)), ((3,), (1,)), ((3, 1), (3, 1))])
def test_a_shift_that_does_not_fit_the_scale_is_refused(gamma, beta):
    with pytest.raises(ValueError, match=r"BatchNorm expects gamma \(D,\) and beta \(D,\)"):
        BatchNorm(np.ones(gamma), np.zeros(beta))


def test_options_of_float64_do_not_turn_float32_into_float64():
    layer = BatchNorm(
        np.ones(2, np.float32), np.zeros(2, np.float32), np.float64(0.9), np.float64(1e-5)
    )
    for training in (True, False):
        y = layer.forward(np.eye(2, dtype=np.float32), training=training)
        assert y.dtype == layer.backward(y).dtype == np.float32
