"""Shares of a batch add up to its gradient, and times are taken for every number of ranks."""

import types

import numpy as np
import pytest

from ch08 import data_parallel
from ch08.data_parallel import claim_of_sum, draw, scaling, step_time, sum_of_shares
from dlscratch import Affine, Network
from dlscratch.workers import Workers
from tests.stand_in_mpi import Communicator, on_ranks


@pytest.mark.parametrize("ranks", [1, 2, 3, 4])
def test_shares_of_any_number_of_ranks_add_up_to_the_gradient_of_the_batch(ranks):
    net = Network([Affine.init(5, 3, rng=0)]).astype(np.float64)
    rng = np.random.default_rng(1)
    x, t = rng.standard_normal((10, 5)), rng.integers(0, 3, 10)
    whole = net.gradient(x, t).flat
    np.testing.assert_allclose(sum_of_shares(net, x, t, ranks), whole, rtol=1e-12, atol=1e-15)


def test_the_claim_is_about_the_whole_network_without_its_dropout():
    x = np.random.default_rng(0).random((8, 1, 28, 28), dtype=np.float32)
    claim = claim_of_sum(x, np.arange(8), seed=0)
    assert claim.holds and claim.ours.startswith("the same to ")


def test_the_time_of_a_step_is_the_median_after_two(monkeypatch):
    ticks = iter([0, 100, 100, 200, 200, 203, 203, 204, 204, 206])
    monkeypatch.setattr(data_parallel.time, "perf_counter", lambda: next(ticks))
    net = Network([Affine.init(2, 2, rng=0)])
    x = np.ones((4, 2), np.float32)
    assert step_time(Workers(net, 1), net, x, np.array([0, 1, 0, 1]), steps=3) == 2


def test_without_mpi_there_is_the_time_of_one_process():
    args = types.SimpleNamespace(mpi=False, seed=0)
    x = np.zeros((4, 1, 28, 28), np.float32)
    found = scaling(args, x, np.arange(4), steps=1)
    assert list(found) == [1] and found[1][0] == found[1][1] > 0


def test_every_rank_gets_the_times_of_every_number_of_ranks(monkeypatch):
    monkeypatch.setattr(data_parallel, "BATCH", 4)
    x = np.zeros((8, 1, 28, 28), np.float32)

    def work(comm):
        args = types.SimpleNamespace(mpi=True, seed=0, bits=32)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(comm, "Split", lambda color, key: alone, raising=False)
            patch.setattr(comm, "Barrier", lambda: None, raising=False)
            return scaling(args, x, np.arange(8), steps=1, comm=comm)

    alone = Communicator(0, 1, None, None)
    for found in on_ranks(2, work):
        assert list(found) == [1, 2]


def test_the_figure_has_both_kinds_of_scaling():
    ax = draw({1: (0.08, 0.08), 2: (0.04, 0.08)}).axes[0]
    lines = {line.get_label(): list(line.get_ydata()) for line in ax.lines}
    assert lines["strong: 100 rows in all"] == [1, 2]
    assert lines["weak: 100 rows for each"] == [1, 2]
