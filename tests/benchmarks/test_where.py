"""Where the time goes: the work of each layer against numbers worked by hand."""

from argparse import Namespace

import numpy as np
import pytest

from benchmarks import report
from benchmarks.networks import SUBJECTS
from benchmarks.timing import Effort
from benchmarks.where import clocked, floor, profile, rest, to_do, total
from dlscratch import Affine, Convolution, Flatten, Network, Pooling, ReLU


@pytest.fixture
def net():
    rng = np.random.default_rng(0)
    return Network(
        [
            Convolution.init(1, 3, 2, rng=rng),
            ReLU(),
            Pooling(2, 2),
            Flatten(),
            Affine.init(12, 5, rng=rng),
        ]
    )


@pytest.fixture
def batch():
    return np.ones((4, 1, 5, 5), np.float32), np.zeros(4, int)


def test_the_flop_of_products_are_those_worked_by_hand(net, batch):
    conv, relu, pool, last = to_do(net, *batch)
    # 4 images, 3 filters, 4 x 4 places, 2 x 2 weights, a multiplication and an addition each
    assert conv["forward flop"] == 4 * 3 * 16 * 4 * 2
    assert conv["backward flop"] == conv["forward flop"]  # dW; nobody asks the first for dx
    assert last["forward flop"] == 4 * 12 * 5 * 2
    assert last["backward flop"] == 2 * last["forward flop"]  # dW and dx
    assert total(relu, "flop") == total(pool, "flop") == 0


def test_the_bytes_are_each_array_once(net, batch):
    conv, relu, _, last = to_do(net, *batch)
    x, y, params = 4 * 25, 4 * 3 * 16, 3 * 4 + 3
    assert conv["forward bytes"] == 4 * (x + y + params)
    assert conv["backward bytes"] == 4 * (y + x + 2 * params)  # dout, what it kept, W and dW
    assert relu["forward bytes"] == 4 * (y + y)
    assert relu["backward bytes"] == 4 * (y + y + y)  # dout, the y it kept, dx
    params = 12 * 5 + 5
    assert last["backward bytes"] == 4 * (4 * 5 + 4 * 12 + 2 * params + 4 * 12)


def test_every_layer_is_clocked_once_each_way_and_its_numbers_stay(net, batch):
    wanted = net.gradient(*batch)["W1"].copy()
    clocks = clocked(net)
    grads = net.gradient(*batch)
    np.testing.assert_array_equal(grads["W1"], wanted)
    assert len(clocks) == 5  # four layers and the loss
    assert all(len(taken) == 1 for clock in clocks for taken in clock.values())


@pytest.mark.parametrize("workers", [1, 2])
def test_a_profile_tells_of_every_layer_and_adds_up_to_the_step(workers):
    options = Namespace(seed=0, workers=workers)
    record = profile(SUBJECTS["simple"], Effort(rounds=1, seconds=0), options)
    assert record["threads"] == workers
    assert [layer["layer"] for layer in record["layers"]] == [
        "Convolution 1-30 5x5",
        "ReLU",
        "Pooling",
        "Affine 4320-100",
        "ReLU",
        "Affine 100-10",
    ]
    assert all(total(layer, "ms") > 0 for layer in record["layers"])
    assert 0 <= rest(record) < record["step ms"]


def test_the_floor_is_what_the_products_take_at_the_peak(net, batch):
    record = {"layers": list(to_do(net, *batch)), "peak": {"GF/s": 2.0}}
    # 2 * (4*3*16*4*2) + 3 * (4*12*5*2) = 4512 FLOP at 2e9 a second
    assert floor(record) == pytest.approx(4512 / 2e9 * 1000)


def test_the_table_shows_what_is_far_from_the_peak():
    layer = {
        "layer": "Affine 5-5",
        "forward ms": 1.0,
        "backward ms": 3.0,
        "forward flop": 2e6,
        "backward flop": 2e6,
        "forward bytes": 1e6,
        "backward bytes": 1e6,
    }
    record = {
        "title": "a net",
        "threads": 1,
        "layers": [layer],
        "loss ms": 0.5,
        "update ms": 0.5,
        "step ms": 8.0,
        "peak": {"GF/s": 10.0, "GB/s": 1.0},
    }
    _, title, _, line, *others, end = report.profile(record)
    assert title.endswith("the peak is 10 GF/s, 1.0 GB/s")
    # 4 ms of 8; 4 MFLOP in 4 ms are 1 GF/s of 10; 2 MB in 4 ms are 0.5 GB/s of 1
    assert line.split() == ("Affine 5-5 1.00 3.00 50 % 4.00 1.00 10 % 2.00 0.50 50 %".split())
    assert [other.split()[-2] for other in others] == ["6", "6", "38"]
    assert end == "a step takes 8.00 ms, 20.0 times its products at the peak"
