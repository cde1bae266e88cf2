"""The network written out by hand: its gradients against measured ones and against the layers'."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ch04.two_layer_net import TwoLayerNet
from dlscratch import Affine, Network, Sigmoid


def small_net(seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return TwoLayerNet(4, 5, 3, weight_init_std=1.0, rng=rng, dtype=dtype)


def batch(n=6, seed=1):
    rng = np.random.default_rng(seed)
    x, t = rng.standard_normal((n, 4)), np.eye(3)[rng.integers(3, size=n)]
    x.flags.writeable = t.flags.writeable = False
    return x, t


def test_derived_and_measured_gradients_agree_at_every_weight():
    net, (x, t) = small_net(), batch()
    measured, derived = net.numerical_gradient(x, t), net.gradient(x, t)
    assert list(derived) == ["W1", "b1", "W2", "b2"]
    for name in derived:
        assert np.abs(derived[name]).max() > 1e-3
        assert_allclose(derived[name], measured[name], atol=1e-8, err_msg=name)


def test_the_slope_along_a_random_direction_is_what_the_gradient_says():
    net, (x, t), rng, h = small_net(), batch(), np.random.default_rng(2), 1e-5
    loss, grads = net.loss_and_gradient(x, t)
    assert loss == pytest.approx(net.loss(x, t), rel=1e-12)
    for name, W in net.params.items():
        direction, kept, losses = rng.standard_normal(W.shape), W.copy(), []
        for moved in kept + h * direction, kept - h * direction:
            W[...] = moved
            losses.append(net.loss(x, t))
        W[...] = kept
        slope = (losses[0] - losses[1]) / (2 * h)
        assert slope == pytest.approx(np.sum(grads[name] * direction), rel=1e-6), name


def test_it_computes_what_a_network_of_layers_computes():
    net, (x, t) = small_net(), batch()
    p = {name: W.copy() for name, W in net.params.items()}
    layers = Network([Affine(p["W1"], p["b1"]), Sigmoid(), Affine(p["W2"], p["b2"])])
    assert net.loss(x, t) == pytest.approx(layers.loss(x, t), rel=1e-12)
    assert net.accuracy(x, t) == layers.accuracy(x, t)
    for name, gradient in layers.gradient(x, t).items():
        assert_allclose(net.gradient(x, t)[name], gradient, atol=1e-14)


def test_predictions_are_probabilities():
    y = small_net().predict(batch()[0])
    assert y.shape == (6, 3)
    assert_allclose(y.sum(axis=1), 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept_everywhere(dtype):
    net, (x, t) = small_net(dtype=dtype), batch()
    x, t = x.astype(dtype), t.astype(dtype)
    grads = net.gradient(x, t)
    for name, W in net.params.items():
        assert W.dtype == grads[name].dtype == dtype
    assert net.predict(x).dtype == dtype


def test_float32_is_the_default_and_draws_the_same_weights():
    single = TwoLayerNet(4, 5, 3, rng=np.random.default_rng(3))
    double = TwoLayerNet(4, 5, 3, rng=np.random.default_rng(3), dtype=np.float64)
    assert single.params["W1"].dtype == np.float32
    for name in single.params:
        assert_array_equal(single.params[name], double.params[name].astype(np.float32))


def test_accuracy_is_the_share_of_right_answers():
    net, (x, t) = small_net(), batch(7)
    right = net.predict(x).argmax(axis=1) == t.argmax(axis=1)
    assert net.accuracy(x, t) == np.sum(right) / 7


@pytest.mark.parametrize("t", [np.array([0, 1, 2]), np.ones((3, 1)), np.ones((2, 3))])
def test_labels_that_are_not_one_hot_are_refused_with_the_cure(t):
    net, x = small_net(), np.ones((3, 4))
    for method in (net.loss, net.accuracy, net.gradient):
        with pytest.raises(ValueError, match="expected one-hot labels, as load_mnist"):
            method(x, t)
