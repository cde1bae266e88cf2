"""AlexNet in small: what each kind leaves out, and claims that follow the errors."""

import numpy as np
import pytest

from ch07 import alexnet as script
from ch07.alexnet import claims, load_images, steps_to_learn, trained
from ch07.alexnet_network import KINDS, WHOLE, alexnet
from ch07.lenet_layers import ScaledTanh
from dlscratch import Convolution, Dropout, LocalResponseNorm, Pooling, ReLU, check_gradients
from tests.bright_halves import bright_halves


def count(net, kind):
    return sum(isinstance(layer, kind) for layer in net.layers)


def test_the_whole_network_has_five_convolutions_three_poolings_that_overlap_LRN_and_Dropout():
    net = alexnet(WHOLE, rng=0)
    assert [count(net, kind) for kind in (Convolution, Pooling, LocalResponseNorm, Dropout)] == [
        5,
        3,
        2,
        2,
    ]
    assert count(net, ReLU) == 7
    assert all(
        repr(pool) == "Pooling(3, 3, stride=2, pad=0)"
        for pool in net.layers
        if isinstance(pool, Pooling)
    )


@pytest.mark.parametrize(
    ("kind", "layer", "left"),
    [("tanh for ReLU", ReLU, 0), ("no LRN", LocalResponseNorm, 0), ("no Dropout", Dropout, 0)],
)
def test_what_is_left_out_is_not_there_and_all_else_is(kind, layer, left):
    net, whole = alexnet(kind, rng=0), alexnet(WHOLE, rng=0)
    assert count(net, layer) == left
    others = {Convolution, Pooling, LocalResponseNorm, Dropout, ReLU} - {layer}
    assert all(count(net, other) == count(whole, other) for other in others)
    shapes = [[p.shape for p in found.params.values()] for found in (net, whole)]
    assert shapes[0] == shapes[1]


def test_tanh_stands_where_ReLU_stood():
    assert count(alexnet("tanh for ReLU", rng=0), ScaledTanh) == 7


def test_windows_apart_do_not_overlap():
    pools = [
        layer for layer in alexnet("windows apart", rng=0).layers if isinstance(layer, Pooling)
    ]
    assert [repr(pool) for pool in pools] == ["Pooling(2, 2, stride=2, pad=0)"] * 3


@pytest.mark.parametrize("kind", KINDS)
def test_images_become_ten_scores(kind):
    assert alexnet(kind, rng=0).predict(np.ones((2, 1, 28, 28), np.float32)).shape == (2, 10)


def test_the_gradient_of_the_whole_network_is_right():
    x = np.random.default_rng(1).standard_normal((1, 1, 28, 28))
    assert check_gradients(alexnet(WHOLE, rng=0).astype(np.float64), x, np.array([3]))


@pytest.fixture
def few_images(monkeypatch):
    x, t = bright_halves(80)
    monkeypatch.setattr(
        script, "load_fashion_mnist", lambda flatten: ((x[:60], t[:60]), (x[60:], t[60:]))
    )
    monkeypatch.setattr(script, "BATCH", 10)
    monkeypatch.setattr(script, "EVERY", 6)
    return x, t


def test_images_to_judge_by_are_scaled_as_those_to_train_with(few_images):
    (x, t), (x_test, _) = load_images(validate=False, quick=False)
    assert x.shape == (60, 1, 28, 28) and x_test.shape == (20, 1, 28, 28)
    assert abs(x.mean()) < 1e-5 and abs(x.std() - 1) < 1e-5
    raw, _ = few_images
    mean, spread = raw[:60].mean(), raw[:60].std()
    np.testing.assert_allclose(x_test, (raw[60:] - mean) / spread, rtol=1e-5, atol=1e-6)


def test_one_seed_gives_one_training_and_it_learns(few_images):
    found = [trained("no Dropout", 0, 0.001, validate=False, quick=False) for _ in range(2)]
    assert found[0] == found[1]
    assert len(found[0]["curve"]) == 8 * 6 / 6
    assert found[0]["test"] < 0.2


def test_the_steps_to_learn_end_where_the_curve_falls_below_a_fifth():
    assert steps_to_learn({"curve": [0.9, 0.3, 0.19, 0.1]}) == 3 * script.EVERY
    assert steps_to_learn({"curve": [0.9, 0.5]}) == 2 * script.EVERY


def test_claims_compare_each_kind_with_the_whole_network_seed_by_seed():
    whole = [{"test": 0.10, "curve": [0.1]}, {"test": 0.12, "curve": [0.1]}]
    worse = [{"test": 0.13, "curve": [0.5, 0.5, 0.1]}, {"test": 0.152, "curve": [0.5, 0.5, 0.1]}]
    sooner, lrn, dropout, apart = claims(
        dict(zip(KINDS, (whole, worse, worse, whole[::-1], whole)))
    )
    assert sooner.holds and "tanh 60 steps, ReLU 20" in sooner.ours
    assert lrn.holds and "+3.10 points" in lrn.ours
    assert not dropout.holds and not apart.holds
