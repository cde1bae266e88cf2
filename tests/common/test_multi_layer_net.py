"""The book's networks of chapter 6 give the library's numbers, under the book's names."""

from collections import OrderedDict

import numpy as np
import pytest

import dlscratch
from dlscratch.common.layers import Affine, BatchNormalization, Dropout, Relu, Sigmoid
from dlscratch.common.multi_layer_net import MultiLayerNet
from dlscratch.common.multi_layer_net_extend import MultiLayerNetExtend

T = np.array([0, 2, 1, 1, 0])


@pytest.fixture
def x(rng):
    return rng.standard_normal((5, 4))


def library_twin(*args, **options):
    """The library's network with the same draws, in the book's dtype and with its epsilon."""
    net = dlscratch.MultiLayerNet(*args, **options, rng=np.random.default_rng(7))
    for layer in net.layers:
        if isinstance(layer, dlscratch.BatchNorm):
            layer.eps = 10e-7
    return net.astype(np.float64)


@pytest.mark.parametrize(
    "ours, books",
    [
        ({}, {}),
        ({"weight_decay_lambda": 0.1}, {"weight_decay_lambda": 0.1}),
        ({"use_batchnorm": True}, {"use_batchnorm": True}),
        ({"activation": "sigmoid"}, {"activation": "sigmoid", "weight_init_std": "xavier"}),
    ],
)
def test_loss_gradient_and_accuracy_are_the_librarys(ours, books, x):
    net = MultiLayerNetExtend(4, [6, 5], 3, rng=np.random.default_rng(7), **books)
    twin = library_twin(4, [6, 5], 3, **ours)
    np.testing.assert_array_equal(net.predict(x), twin.predict(x))
    assert net.loss(x, T) == twin.loss(x, T)
    assert net.loss(x, T, train_flg=True) == twin.loss(x, T, training=True)
    assert net.accuracy(x, T) == twin.accuracy(x, T)
    assert net.accuracy(x, np.eye(3)[T]) == net.accuracy(x, T)
    for name, grad in twin.gradient(x, T).items():
        np.testing.assert_array_equal(net.gradient(x, T)[name], grad)


def test_the_plain_network_is_the_extended_one_without_options(x):
    nets = [
        kind(4, [6], 3, rng=np.random.default_rng(7))
        for kind in (MultiLayerNet, MultiLayerNetExtend)
    ]
    np.testing.assert_array_equal(*[net.predict(x) for net in nets])


@pytest.mark.parametrize("batch_norm", [False, True])
def test_the_gradient_measured_is_the_one_worked_out(batch_norm, x, rng):
    net = MultiLayerNetExtend(
        4, [6], 3, "sigmoid", "xavier", 0.1, use_batchnorm=batch_norm, rng=rng
    )
    if batch_norm:
        averages = net.layers["BatchNorm1"].running_mean.copy()
    measured = net.numerical_gradient(x, T)
    if batch_norm:
        np.testing.assert_array_equal(net.layers["BatchNorm1"].running_mean, averages)
    assert list(measured) == list(net.params)
    for name, grad in net.gradient(x, T).items():
        assert grad.any() or name == "b1"  # BatchNorm takes the bias before it off again
        np.testing.assert_allclose(measured[name], grad, atol=1e-7)


def test_layers_have_the_books_names_and_classes():
    net = MultiLayerNetExtend(
        4, [6, 5], 3, use_batchnorm=True, use_dropout=True, dropout_ration=0.2
    )
    assert isinstance(net.layers, OrderedDict)
    first = {name: layer for name, layer in net.layers.items() if name.endswith("1")}
    assert [(name, type(layer)) for name, layer in first.items()] == [
        ("Affine1", Affine),
        ("BatchNorm1", BatchNormalization),
        ("Activation_function1", Relu),
        ("Dropout1", Dropout),
    ]
    assert list(net.layers)[-1] == "Affine3"
    assert net.layers["Dropout2"].ratio == 0.2
    assert isinstance(MultiLayerNet(4, [6], 3, "sigmoid").layers["Activation_function1"], Sigmoid)


def test_params_are_the_very_arrays_of_the_layers(x, rng):
    net = MultiLayerNet(4, [6], 3, rng=rng)
    before = net.predict(x)
    for name in net.params.keys():
        net.params[name] -= 0.1 * net.gradient(x, T)[name]  # as the listings of chapter 4 update
    assert net.params["W1"] is net.layers["Affine1"].W
    assert not np.array_equal(net.predict(x), before)


@pytest.mark.parametrize(
    "weight_init_std, std",
    [("relu", (2 / 500) ** 0.5), ("He", (2 / 500) ** 0.5), ("sigmoid", 500**-0.5)]
    + [("Xavier", 500**-0.5), (0.01, 0.01)],
)
def test_weights_are_drawn_by_the_rule_that_is_named(weight_init_std, std, rng):
    net = MultiLayerNet(500, [400], 3, weight_init_std=weight_init_std, rng=rng)
    assert net.params["W1"].std() == pytest.approx(std, rel=0.02)
    assert net.params["W1"].dtype == np.float64


def test_a_rule_that_nobody_knows_is_refused_with_those_that_are_known():
    with pytest.raises(ValueError, match='"xavier" or "he", got \'lecun\''):
        MultiLayerNet(4, [3], 2, weight_init_std="LeCun")
    with pytest.raises(ValueError, match="'relu', 'sigmoid'"):
        MultiLayerNet(4, [3], 2, activation="step")


class TestTrainFlg:
    @pytest.fixture
    def net(self, rng):
        return MultiLayerNetExtend(
            4, [60], 3, use_dropout=True, dropout_ration=0.3, use_batchnorm=True, rng=rng
        )

    def test_without_it_a_prediction_is_repeatable(self, net, x):
        np.testing.assert_array_equal(net.predict(x), net.predict(x, train_flg=False))
        assert net.loss(x, T) == net.loss(x, T)

    def test_with_it_units_are_dropped_and_averages_move(self, net, x):
        assert net.predict(x, train_flg=True).shape == (5, 3)
        assert net.layers["BatchNorm1"].running_mean.any()
        assert net.loss(x, T, train_flg=True) != net.loss(x, T, train_flg=True)

    def test_gradients_pass_through_the_mask_of_their_own_forward_pass(self, net, x):
        assert dlscratch.check_gradients(net.network, x, T)


def test_one_seed_gives_one_network_to_the_bit():
    nets = [MultiLayerNet(4, [3], 2, rng=rng) for rng in (5, np.random.default_rng(5))]
    np.testing.assert_array_equal(*[net.params.flat for net in nets])
