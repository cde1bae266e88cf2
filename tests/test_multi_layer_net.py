"""MultiLayerNet: the layer list that its options ask for."""

import numpy as np
import pytest

from dlscratch import (
    BatchNorm,
    Dropout,
    MultiLayerNet,
    Network,
    ReLU,
    Sigmoid,
    Tanh,
    check_gradients,
)


def kinds(net):
    return [type(layer).__name__ for layer in net.layers]


def test_the_plain_network_is_affine_and_activation_and_affine_at_the_end():
    net = MultiLayerNet(784, [50, 20], 10)
    assert isinstance(net, Network)
    assert kinds(net) == ["Affine", "ReLU", "Affine", "ReLU", "Affine"]
    assert [net.params[name].shape for name in ("W1", "b1", "W2", "W3", "b3")] == [
        (784, 50),
        (50,),
        (50, 20),
        (20, 10),
        (10,),
    ]


def test_batch_norm_stands_before_the_activation_and_dropout_after_it():
    net = MultiLayerNet(4, [3, 3], 2, use_batchnorm=True, use_dropout=True, dropout_ratio=0.2)
    assert kinds(net) == ["Affine", "BatchNorm", "ReLU", "Dropout"] * 2 + ["Affine"]
    assert [layer.ratio for layer in net.layers if isinstance(layer, Dropout)] == [0.2, 0.2]
    assert list(net.buffers) == ["running_mean1", "running_var1", "running_mean2", "running_var2"]


def test_without_hidden_layers_it_is_one_affine_layer():
    assert kinds(MultiLayerNet(4, [], 2, use_batchnorm=True, use_dropout=True)) == ["Affine"]


@pytest.mark.parametrize("name, layer", [("relu", ReLU), ("sigmoid", Sigmoid), ("tanh", Tanh)])
def test_the_activation_is_the_one_named(name, layer):
    net = MultiLayerNet(4, [3], 2, name)
    assert type(net.layers[1]) is layer


@pytest.mark.parametrize(
    "activation, std, expected",
    [
        ("relu", None, np.sqrt(2 / 500)),
        ("sigmoid", None, np.sqrt(1 / 500)),
        ("tanh", None, np.sqrt(1 / 500)),
        ("relu", "xavier", np.sqrt(1 / 500)),
        ("sigmoid", "he", np.sqrt(2 / 500)),
        ("relu", 0.01, 0.01),
        ("relu", 0, 0),
    ],
)
def test_the_spread_of_the_weights_suits_the_activation_unless_one_is_given(
    activation, std, expected
):
    net = MultiLayerNet(500, [500], 500, activation, std, rng=np.random.default_rng(0))
    for name in ("W1", "W2"):
        assert net.params[name].std() == pytest.approx(expected, rel=0.01)


def test_arguments_come_in_the_order_of_the_book():
    net = MultiLayerNet(4, [3], 2, "tanh", 0.1, 0.5, True, 0.3, True, np.random.default_rng(0))
    assert kinds(net) == ["Affine", "BatchNorm", "Tanh", "Dropout", "Affine"]
    assert net.weight_decay == 0.5 and net.layers[3].ratio == 0.3


@pytest.mark.parametrize("activation", ["Relu", "softplus", None])
def test_an_unknown_activation_is_refused_with_the_known_ones(activation):
    with pytest.raises(ValueError, match="one of 'relu', 'sigmoid', 'tanh', got"):
        MultiLayerNet(4, [3], 2, activation)


def test_an_unknown_spread_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match='"xavier" or "he", got \'relu6\''):
        MultiLayerNet(4, [3], 2, weight_init_std="relu6")


def test_one_seed_gives_one_network_with_its_dropout_masks():
    x, t = np.ones((5, 4)), np.array([0, 1, 0, 1, 1])
    gradients = [
        MultiLayerNet(4, [30], 2, use_dropout=True, rng=np.random.default_rng(seed)).gradient(x, t)
        for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(gradients[0].flat, gradients[1].flat)
    assert np.any(gradients[0].flat != gradients[2].flat)


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
@pytest.mark.parametrize("use_batchnorm", [False, True])
@pytest.mark.parametrize("use_dropout", [False, True])
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_every_combination_of_options_has_the_right_gradient(
    activation, use_batchnorm, use_dropout, decay
):
    rng = np.random.default_rng(0)
    net = MultiLayerNet(4, [5, 3], 3, activation, None, decay, use_dropout, 0.3, use_batchnorm, rng)
    assert any(isinstance(layer, BatchNorm) for layer in net.layers) == use_batchnorm
    verdict = check_gradients(net, rng.standard_normal((7, 4)), rng.integers(0, 3, 7))
    assert verdict, verdict


def test_a_single_hidden_size_is_told_to_be_a_list():
    with pytest.raises(TypeError, match=r"hidden_size_list must be a list, got 50: write \[50\]"):
        MultiLayerNet(784, 50, 10)
