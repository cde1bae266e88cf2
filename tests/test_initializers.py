"""Fresh layers: the right spread, the right dtype, and one seed, one set of weights."""

import math

import numpy as np
import pytest

from dlscratch import affine, batch_norm, convolution, weight_std


@pytest.mark.parametrize(
    "std, n, expected",
    [("xavier", 100, 0.1), ("he", 100, math.sqrt(0.02)), (0.01, 100, 0.01), (0, 5, 0), (2, 5, 2)],
)
def test_the_rules_for_the_standard_deviation(std, n, expected):
    assert weight_std(std, n) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("std", ["relu", "He", "", -0.1, float("nan")])
def test_any_other_rule_is_refused_with_the_allowed_ones(std):
    with pytest.raises(ValueError, match=r'a number >= 0, "xavier" or "he", got'):
        weight_std(std, 100)


@pytest.mark.parametrize(
    "layer, inputs",
    [
        (affine(400, 300, "he", rng=np.random.default_rng(0)), 400),
        (convolution(16, 40, 5, std="he", rng=np.random.default_rng(0)), 16 * 5 * 5),
    ],
    ids=["affine", "convolution"],
)
def test_he_counts_all_inputs_of_a_unit(layer, inputs):
    assert layer.W.std() == pytest.approx(math.sqrt(2 / inputs), rel=0.02)
    assert layer.W.mean() == pytest.approx(0, abs=3 * math.sqrt(2 / inputs / layer.W.size))
    assert np.all(layer.b == 0)


def test_he_keeps_the_signal_of_a_deep_relu_network_alive_and_a_small_std_does_not():
    rng = np.random.default_rng(0)
    for std, alive in (("he", True), (0.01, False)):
        x = rng.standard_normal((100, 100))
        for _ in range(5):
            x = np.maximum(affine(100, 100, std, rng=rng).forward(x), 0)
        assert (x.std() > 0.1) == alive


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_dtype_is_decided_when_weights_are_drawn(dtype):
    options = {"dtype": dtype}
    layers = affine(3, 2, **options), convolution(1, 2, 3, **options), batch_norm(2, **options)
    for layer in layers:
        for name in layer.param_names + layer.buffer_names:
            assert getattr(layer, name).dtype == dtype


def test_float32_is_the_default_and_every_dtype_gets_the_same_weights():
    double, single, default = (
        affine(3, 2, rng=np.random.default_rng(7), **options).W
        for options in ({"dtype": np.float64}, {"dtype": np.float32}, {})
    )
    np.testing.assert_array_equal(single, double.astype(np.float32))
    np.testing.assert_array_equal(default, single)
    assert default.dtype == np.float32


@pytest.mark.parametrize("make, sizes", [(affine, (9, 9)), (convolution, (3, 3, 3))])
def test_one_seed_gives_one_set_of_weights(make, sizes):
    one, same, other = (make(*sizes, rng=np.random.default_rng(seed)).W for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.any(one != other)


def test_layers_without_a_generator_differ():
    assert np.any(affine(9, 9).W != affine(9, 9).W)


def test_a_generator_goes_on_from_layer_to_layer():
    rng = np.random.default_rng(0)
    assert np.any(affine(9, 9, rng=rng).W != affine(9, 9, rng=rng).W)


def test_batch_norm_starts_by_leaving_normalised_features_alone():
    layer = batch_norm(4, momentum=0.5)
    assert np.all(layer.gamma == 1) and np.all(layer.beta == 0) and layer.momentum == 0.5
    assert np.all(layer.running_mean == 0) and np.all(layer.running_var == 1)


def test_stride_and_pad_reach_the_convolution():
    layer = convolution(3, 8, 5, 2, 1)
    assert (layer.W.shape, layer.stride, layer.pad) == ((8, 3, 5, 5), 2, 1)
