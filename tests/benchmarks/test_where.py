"""Where the time goes: the work of each layer against numbers worked out by hand."""

from argparse import Namespace

import numpy as np
import pytest

from benchmarks import report
from benchmarks.networks import SUBJECTS
from benchmarks.timing import Effort
from benchmarks.where import median, profile, to_do
from dlscratch import Affine, Convolution, Flatten, Network, Pooling, ReLU


@pytest.fixture
def work():
    rng = np.random.default_rng(0)
    layers = [Convolution.init(1, 3, 2, rng=rng), ReLU(), Pooling(2, 2), Flatten()]
    net = Network([*layers, Affine.init(12, 5, rng=rng)])
    return list(to_do(net, np.ones((4, 1, 5, 5), np.float32)))


def test_the_flop_of_products_are_those_worked_out_by_hand(work):
    conv, *others, last = work
    # 4 images, 3 filters, 4 x 4 places, 2 x 2 weights, a multiplication and an addition each
    assert conv["flop"] == 2 * 4 * 3 * 16 * 4 * 2  # y and dW; dx of the first is never needed
    assert last["flop"] == 3 * 4 * 12 * 5 * 2  # y, dW and dx
    assert [layer["flop"] for layer in others] == [0, 0, 0]


def test_a_time_is_the_median_over_the_steps_of_the_mean_over_the_workers():
    seconds = [9, 9] * 3 + [1, 3, 2, 6, 8, 8]  # three steps to warm up, then means of 2, 4, 8
    assert median(seconds, steps=6) == 4000
    assert median([], steps=6) == 0  # a layer that nothing before it needs


@pytest.mark.parametrize("key, workers", [("mlp", 1), ("mlp", 2), ("simple", 2)])
def test_a_profile_tells_of_every_layer_and_adds_up_to_the_step(key, workers):
    options = Namespace(seed=0, workers=workers)
    record = profile(SUBJECTS[key], Effort(rounds=1, seconds=0), options)
    names = [type(layer).__name__ for layer in SUBJECTS[key].network().layers]
    assert [layer["layer"].split()[0] for layer in record["layers"]] == names
    assert record["threads"] == workers
    assert all(layer["forward ms"] > 0 for layer in record["layers"])
    assert all(0 <= ms < record["step ms"] for ms in record["others"].values())


def test_the_table_shows_what_is_far_from_the_peak():
    layer = {"layer": "Affine (5, 5)", "forward ms": 1.0, "backward ms": 3.0, "flop": 4e6}
    record = {
        "title": "a net",
        "threads": 1,
        "layers": [layer],
        "others": {"loss": 0.5, "update": 0.5, "all else": 3.0},
        "step ms": 8.0,
        "peak GF/s": 10.0,
    }
    _, title, _, line, *others, end = report.profile(record)
    assert title.endswith("the peak is 10 GF/s")
    # 4 ms of 8; 4 MFLOP in 4 ms are 1 GF/s of 10
    assert line.split() == "Affine (5, 5) 1.00 3.00 50% 1.00 10%".split()
    assert [other.split()[-1] for other in others] == ["6%", "6%", "38%"]
    assert end == "a step takes 8.00 ms, 20.0 times its products at the peak"  # 0.4 ms
