"""Layers are timed while they work, and compute what they computed before."""

import time

import numpy as np
import pytest

from dlscratch import Affine, Convolution, Flatten, Network, Pooling, ReLU
from dlscratch.inspection.layer_times import clock_layers, first_trainable
from dlscratch.workers import Workers


@pytest.fixture
def net():
    rng = np.random.default_rng(0)
    layers = [Convolution.init(1, 3, 2, rng=rng), ReLU(), Pooling(2, 2), Flatten()]
    return Network([*layers, Affine.init(12, 5, rng=rng)])


@pytest.fixture
def batch():
    rng = np.random.default_rng(1)
    return rng.standard_normal((24, 1, 5, 5), dtype=np.float32), rng.integers(0, 5, 24)


def test_every_layer_and_the_loss_are_timed_once_each_way(net, batch):
    clocks = clock_layers(net)
    net.gradient(*batch)
    assert [{way: len(s) for way, s in clock.items()} for clock in clocks] == (
        [{"forward": 1, "backward": 1}] * 6
    )


def test_the_gradients_stay_what_they_were(net, batch):
    wanted = net.gradient(*batch)
    clock_layers(net)
    for name, grad in net.gradient(*batch).items():
        np.testing.assert_array_equal(grad, wanted[name])


def test_each_worker_times_its_own_layers_and_adds_to_the_same_list(net, batch):
    with Workers(net, 2) as workers:
        wanted = {name: grad.copy() for name, grad in workers.loss_and_gradient(*batch)[1].items()}
    clocks = clock_layers(net)
    with Workers(net, 2) as workers:
        _, grads = workers.loss_and_gradient(*batch)
    assert all(len(seconds) == 2 for clock in clocks for seconds in clock.values())
    for name, grad in grads.items():
        np.testing.assert_array_equal(grad, wanted[name])


def test_the_time_of_a_layer_is_the_time_that_its_own_method_takes(batch):
    class Slow(ReLU):
        def forward(self, x, training=False):
            time.sleep(0.05)
            return super().forward(x, training)

    net = Network([Flatten(), Slow(), Affine.init(25, 5, rng=np.random.default_rng(0))])
    clocks = clock_layers(net)
    net.predict(batch[0])
    assert clocks[1]["forward"][0] >= 0.05
    assert clocks[1]["backward"] == []


def test_the_first_layer_with_parameters_is_found(net):
    assert first_trainable(net) == 0
    assert first_trainable(Network([Flatten(), ReLU(), Affine.init(25, 5)])) == 2
