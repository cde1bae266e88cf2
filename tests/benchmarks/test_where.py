"""Where the time goes: the work of each layer against numbers worked out by hand."""

from argparse import Namespace

import numpy as np
import pytest

from benchmarks.networks import SUBJECTS
from benchmarks.results import Results
from benchmarks.timing import Effort
from benchmarks.where import milliseconds, to_do, where
from dlscratch import Affine, Convolution, Flatten, Network, Pooling, ReLU


def test_the_flop_of_products_are_those_worked_out_by_hand():
    rng = np.random.default_rng(0)
    layers = [Convolution.init(1, 3, 2, rng=rng), ReLU(), Pooling(2, 2), Flatten()]
    net = Network([*layers, Affine.init(12, 5, rng=rng)])
    (name, conv), *others, (_, last) = to_do(net, np.ones((4, 1, 5, 5), np.float32))
    assert name == "0 Convolution (3, 1, 2, 2)"
    # 4 images, 3 filters, 4 x 4 places, 2 x 2 weights, a multiplication and an addition each
    assert conv == 2 * 4 * 3 * 16 * 4 * 2  # y and dW; dx of the first is never needed
    assert last == 3 * 4 * 12 * 5 * 2  # y, dW and dx
    assert [flop for _, flop in others] == [0, 0, 0]


def test_the_time_of_a_step_is_the_mean_over_the_workers():
    seconds = [9, 9] * 3 + [1, 3, 2, 6, 8, 8]  # three steps to warm up
    assert milliseconds(seconds, steps=6).tolist() == [2000, 4000, 8000]


@pytest.mark.parametrize("key, workers", [("mlp", 1), ("mlp", 2), ("simple", 2)])
def test_every_layer_is_told_in_both_directions(key, workers):
    results = Results()
    options = Namespace(seed=0, workers=workers, net=[key], quick=True)
    where(results, Effort(rounds=1, seconds=0), options)
    told = [row["name"].split(", ") for row in results.rows]
    for i, layer in enumerate(SUBJECTS[key].network().layers):
        ways = [last for _, *first, last in told if " ".join(first).startswith(f"{i} ")]
        assert {"forward", "backward"} <= set(ways), layer
    assert all(row["value"] > 0 for row in results.rows if row["name"] != f"{key}, all else")
    assert results.rows[-1]["name"] == f"{key}, the most of {workers} core(s)"
