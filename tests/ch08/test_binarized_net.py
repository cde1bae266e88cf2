"""The binarized networks: they train, stop and resume, and the committed bits read MNIST."""

import json

import numpy as np
import pytest

from ch08 import binarized_net, binarized_training
from ch08.binarized_training import KINDS, black_and_white, build, trained, warped
from dlscratch import Trainer
from dlscratch.book.experiment import run


@pytest.fixture
def few_images(monkeypatch):
    def load_mnist():
        rng = np.random.default_rng(0)
        x = rng.random((260, 784), dtype=np.float32)
        t = rng.integers(0, 10, 260)
        return (x[:230], t[:230]), (x[230:], t[230:])

    monkeypatch.setattr(binarized_training, "load_mnist", load_mnist)


@pytest.fixture
def script(tmp_path):
    """Run the script in a folder of its own; its claims by name."""

    def script(folder, *options):
        argv = ["--out", str(tmp_path / folder), *options]
        claims = run(binarized_net.main, binarized_net.__doc__, binarized_net.options, argv)
        return {claim.what: claim for claim in claims}

    return script


def weights_in(folder):
    with np.load(folder / "binarized_net_params.npz") as arrays:
        return dict(arrays)


# ---- the committed bits


def test_the_committed_bits_read_98_percent_and_as_their_float_form_on_all_10000(script, capsys):
    claims = script("out", "--evaluate")
    assert float(claims["accuracy, all binary"].ours) >= 0.98
    assert claims["images read alike on bits and floats"].ours == "10,000 of 10,000"
    assert claims["bytes on floats and on bits"].holds
    assert "bits" in capsys.readouterr().out


def test_the_committed_file_is_smaller_than_100_kilobytes():
    assert binarized_net.WEIGHTS.stat().st_size < 100_000


def test_evaluate_and_validate_do_not_go_together(script, capsys):
    with pytest.raises(SystemExit, match="2"):
        script("out", "--evaluate", "--validate")
    assert "choose one" in capsys.readouterr().err


# ---- images


def test_images_become_black_and_white_at_half():
    x = np.array([[0.0, 0.49, 0.5, 1.0]], np.float32)
    y = black_and_white(x)
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y, [[-1, -1, 1, 1]])


def test_warped_images_are_of_signs_with_black_moved_in_and_nothing_written_to():
    x = np.full((50, 28, 28), -1, np.float32)
    x[:, 8:20, 8:20] = 1
    x = x.reshape(50, 784)
    x.flags.writeable = False
    y = warped(x, np.random.default_rng(0))
    assert y.shape == x.shape and y.dtype == x.dtype
    assert set(np.unique(y)) == {-1, 1}
    assert (y != x).any(axis=1).mean() > 0.9
    assert (y.reshape(50, 28, 28)[:, 0] == -1).all()
    whiteness = (y == 1).sum(axis=1) / 144
    assert 0.7 < whiteness.min() and whiteness.max() < 1.4


def test_with_validate_the_test_images_are_not_looked_at(monkeypatch):
    rng = np.random.default_rng(0)
    train = rng.random((10020, 784), dtype=np.float32), np.arange(10020)
    monkeypatch.setattr(binarized_training, "load_mnist", lambda: (train, (train[0][:1], [-1])))

    class Args:
        validate, quick = True, False

    (x, t), (x_held, t_held) = binarized_training.load_images(Args)
    assert (len(x), len(x_held)) == (20, 10000)
    assert sorted([*t, *t_held]) == list(range(10020))


# ---- training


@pytest.mark.parametrize("name", KINDS)
def test_only_binary_networks_are_clipped_and_each_gives_ten_scores(name, tmp_path):
    class Args:
        seed, epochs, quick, resume, out = 0, 1, True, False, tmp_path

    rng = np.random.default_rng(0)
    x, t = black_and_white(rng.random((120, 784), dtype=np.float32)), rng.integers(0, 10, 120)
    before = build(KINDS[name], 0).params["W1"]
    net = trained(Args, name, (x, t))
    assert net.predict(x).shape == (120, 10)
    assert not np.array_equal(net.params["W1"], before)
    if KINDS[name].clip:
        assert max(np.abs(net.params[f"W{i}"]).max() for i in (1, 2, 3)) <= 1


def test_weights_that_would_leave_the_range_are_put_back(tmp_path, monkeypatch):
    kind = KINDS["all binary"]._replace(lr=3.0)
    monkeypatch.setitem(binarized_training.KINDS, "all binary", kind)

    class Args:
        seed, epochs, quick, resume, out = 0, 1, True, False, tmp_path

    rng = np.random.default_rng(0)
    x, t = black_and_white(rng.random((120, 784), dtype=np.float32)), rng.integers(0, 10, 120)
    W = trained(Args, "all binary", (x, t)).params["W2"]
    assert np.abs(W).max() == 1 and (np.abs(W) == 1).mean() > 0.1


def test_a_whole_run_leaves_weights_a_figure_and_its_claims(few_images, script, tmp_path, capsys):
    claims = script("run", "--epochs", "1")
    out = capsys.readouterr().out
    assert "binarized_net all binary, epoch 1/1: loss " in out
    assert claims["images read alike on bits and floats"].holds
    record = json.loads((tmp_path / "run" / "binarized_net.json").read_text())
    assert record["figures"] == ["binarized_net.png"]
    assert weights_in(tmp_path / "run")["W1"].shape == (512, 98)


def test_a_run_that_was_stopped_and_resumed_ends_with_the_same_bits(
    few_images, script, tmp_path, monkeypatch, capsys
):
    script("whole", "--epochs", "2")
    whole_epoch = Trainer._epoch

    with monkeypatch.context() as patch:
        trainings = []

        def epoch(self, *args):
            trainings.append(self.history.epochs)
            if len(trainings) == 6:
                raise KeyboardInterrupt
            whole_epoch(self, *args)

        patch.setattr(Trainer, "_epoch", epoch)
        with pytest.raises(SystemExit) as stop:
            script("stopped", "--epochs", "2")
    assert stop.value.code == 130
    assert (
        "binarized_net all binary: stopped after epoch 1; --resume goes on"
        in capsys.readouterr().out
    )
    script("stopped", "--epochs", "2", "--resume")
    whole, resumed = (weights_in(tmp_path / folder) for folder in ("whole", "stopped"))
    assert all(np.array_equal(whole[name], resumed[name]) for name in whole)
