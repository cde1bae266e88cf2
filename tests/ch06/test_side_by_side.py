"""A comparison is fair, can be stopped at any moment, and goes on as if it had not been."""

import argparse

import numpy as np
import pytest

from ch06.side_by_side import (
    draw_losses,
    end_if_interrupted,
    last_losses,
    train_side_by_side,
)
from dlscratch import SGD, Adam, MultiLayerNet, figures
from dlscratch.book.experiment import fingerprint

EPOCHS = 4


@pytest.fixture
def args(tmp_path):
    return argparse.Namespace(seed=0, quick=False, resume=False, show=False, out=tmp_path)


def data():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((50, 4))
    return x, (x[:, 0] > 0).astype(int)


def contestants(*names, std="he"):
    """{name: (network, optimizer)}: one network, with the optimizer of that name."""
    rules = {"SGD": SGD, "Adam": Adam, "SGD again": SGD}
    return {
        name: (
            MultiLayerNet(4, [8], 2, weight_init_std=std, rng=np.random.default_rng(0)),
            rules[name](0.1),
        )
        for name in names
    }


def train(args, nets, script="test"):
    return train_side_by_side(args, script, nets, data(), data(), epochs=EPOCHS, batch_size=20)


@pytest.fixture
def ctrl_c(monkeypatch):
    """Press Ctrl-C at the nth step that any optimizer takes."""

    def at_step(n):
        steps = iter(range(1, n + 1))
        update = SGD.update

        def stop_or_update(self, params, grads):
            if next(steps) == n:
                raise KeyboardInterrupt
            update(self, params, grads)

        monkeypatch.setattr(SGD, "update", stop_or_update)
        monkeypatch.setattr(Adam, "update", stop_or_update)

    yield at_step
    monkeypatch.undo()


def test_two_equal_networks_get_the_same_mini_batches_and_learn_the_same(args):
    nets = contestants("SGD", "SGD again")
    first, second = train(args, nets).values()
    assert first.loss == second.loss
    flat, again = (net.params.flat for net, _ in nets.values())
    assert np.array_equal(flat, again)


def test_a_network_learns_the_same_whoever_stands_beside_it(args):
    alone = train(args, contestants("Adam"))["Adam"]
    beside = train(args, contestants("SGD", "Adam"))["Adam"]
    assert alone.loss == beside.loss


@pytest.mark.parametrize("step", [1, 2, 7, 13, 20])  # three steps an epoch, twelve a network
def test_after_ctrl_c_and_resume_all_is_as_if_never_stopped(args, ctrl_c, monkeypatch, step):
    untouched = contestants("SGD", "Adam")
    expected = train(args, untouched, "never stopped")

    ctrl_c(step)
    stopped = train(args, contestants("SGD", "Adam"))
    done = [history.epochs for history in stopped.values()]
    assert sum(done) == (step - 1) // 3
    monkeypatch.undo()

    args.resume = True
    resumed = contestants("SGD", "Adam")
    histories = train(args, resumed)
    for name in expected:
        assert histories[name].loss == expected[name].loss
        assert histories[name].test_accuracy == expected[name].test_accuracy
        assert not histories[name].interrupted
        assert np.array_equal(resumed[name][0].params.flat, untouched[name][0].params.flat)


def test_ctrl_c_keeps_whole_epochs_says_so_and_ends_the_script(args, ctrl_c, capsys):
    ctrl_c(8)
    histories = train(args, contestants("SGD", "Adam"))
    assert len(histories["SGD"].train_accuracy) == len(histories["SGD"].test_accuracy) == 2
    assert histories["Adam"].epochs == 0
    with pytest.raises(KeyboardInterrupt):
        end_if_interrupted(histories)
    assert "stopped after 2 epochs" in capsys.readouterr().out


def test_what_was_not_stopped_goes_on_to_its_claims_and_leaves_no_checkpoint(args):
    end_if_interrupted(train(args, contestants("SGD")))
    assert list(args.out.iterdir()) == []


def test_a_half_trained_comparison_is_drawn(args, ctrl_c, tmp_path):
    ctrl_c(14)
    histories = train(args, contestants("SGD", "Adam"))
    fig, ax = figures.new()
    draw_losses(ax, histories)
    fig.savefig(tmp_path / "so_far.png")
    assert len(ax.lines) == 1  # Adam has not finished an epoch


def test_resuming_nothing_says_so_and_starts_anew(args, capsys):
    args.resume = True
    assert train(args, contestants("SGD"))["SGD"].epochs == EPOCHS
    assert "no stopped run" in capsys.readouterr().out


@pytest.mark.parametrize("option", [{"seed": 1}, {"quick": True}, {"images": 3}])
def test_a_run_with_other_options_is_another_run(args, option):
    other = argparse.Namespace(**{**vars(args), **option})
    assert fingerprint(other) != fingerprint(args)


@pytest.mark.parametrize("option", [{"out": "elsewhere"}, {"resume": True}, {"show": True}])
def test_options_that_change_no_result_make_no_other_run(args, option):
    other = argparse.Namespace(**{**vars(args), **option})
    assert fingerprint(other) == fingerprint(args)


def test_a_network_that_blows_up_is_a_result_and_no_error(args):
    history = train(args, contestants("SGD", std=1e20))["SGD"]
    assert history.epochs == EPOCHS
    assert np.isnan(history.loss[-1])


def test_the_last_losses_are_those_of_the_last_hundred_iterations(args):
    history = train(args, contestants("SGD"))["SGD"]
    history.loss = [9.0] * 50 + [1.0] * 50 + [3.0] * 50
    assert last_losses({"a": history}) == ({"a": 2.0}, "a 2.000")
