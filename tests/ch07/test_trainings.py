"""The long trainings of chapters 7 and 8 on a few images: they end, stop and resume as promised."""

import numpy as np
import pytest

from ch07 import images, long_training, train_convnet
from ch08 import train_deepnet
from dlscratch import Adam
from dlscratch.book.experiment import run
from dlscratch.trainer import Trainer

SCRIPTS = [
    (train_convnet, [], "simple_convnet_params.npz"),
    (train_convnet, ["--lr-decay", "0.5"], "simple_convnet_params.npz"),
    (train_deepnet, [], "deep_convnet_params.npz"),
    (train_deepnet, ["--augment", "--lr-decay", "0.5"], "deep_convnet_params.npz"),
]
each_script = pytest.mark.parametrize("script, options, weights", SCRIPTS)


@pytest.fixture(autouse=True)
def few_images(monkeypatch):
    def load_mnist(flatten):
        rng = np.random.default_rng(0)
        x = rng.random((260, 1, 28, 28), dtype=np.float32)
        t = rng.integers(0, 10, 260)
        return (x[:230], t[:230]), (x[230:], t[230:])

    monkeypatch.setattr(images, "load_mnist", load_mnist)


@pytest.fixture
def trained(tmp_path):
    """Run a script in a folder of its own: the arrays of its weights, by name."""

    def trained(script, folder, options, weights):
        argv = ["--out", str(tmp_path / folder), *options]
        run(script.main, script.__doc__, script.options, argv)
        with np.load(tmp_path / folder / weights) as arrays:
            return dict(arrays)

    return trained


def stop_in_epoch(monkeypatch, number):
    """As if Ctrl-C were pressed in that epoch."""
    whole_epoch = Trainer._epoch

    def epoch(self, *args):
        if self.history.epochs == number - 1:
            raise KeyboardInterrupt
        whole_epoch(self, *args)

    monkeypatch.setattr(Trainer, "_epoch", epoch)


@each_script
def test_a_run_that_was_stopped_and_resumed_ends_with_the_same_weights(
    script, options, weights, trained, monkeypatch, tmp_path, capsys
):
    options = ["--epochs", "3", *options]
    whole = trained(script, "whole", options, weights)
    with monkeypatch.context() as patch:
        stop_in_epoch(patch, 3)
        with pytest.raises(SystemExit) as stop:
            trained(script, "parts", options, weights)
    assert stop.value.code == 130
    assert "stopped after epoch 2; --resume goes on" in capsys.readouterr().out
    assert len(list((tmp_path / "parts").glob("*.png"))) == 1  # the figure of both epochs
    parts = trained(script, "parts", [*options, "--resume"], weights)
    assert "epoch 1/3" not in capsys.readouterr().out
    assert whole.keys() == parts.keys()
    assert all(np.array_equal(whole[name], parts[name]) for name in whole)


def test_ctrl_c_in_the_first_epoch_ends_without_a_traceback(trained, monkeypatch):
    stop_in_epoch(monkeypatch, 1)
    with pytest.raises(SystemExit) as stop:
        trained(train_convnet, "parts", [], "simple_convnet_params.npz")
    assert stop.value.code == 130


def test_each_choice_of_options_has_a_checkpoint_of_its_own(trained, tmp_path):
    for options in ([], ["--augment"], ["--lr-decay", "0.5"], ["--seed", "1"]):
        trained(train_deepnet, "all", ["--epochs", "1", *options], "deep_convnet_params.npz")
    assert len(list((tmp_path / "all").glob("*.resume.npz"))) == 4


def test_resume_without_a_checkpoint_says_so_and_begins(trained, capsys):
    trained(train_convnet, "new", ["--epochs", "1", "--resume"], "simple_convnet_params.npz")
    assert "so this is a new run" in capsys.readouterr().out


def test_the_weights_of_the_small_network_are_written_as_16_bits(trained):
    arrays = trained(train_convnet, "half", ["--epochs", "1"], "simple_convnet_params.npz")
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float16)}


@pytest.mark.parametrize(
    "options, expected",
    [
        (["--epochs", "0"], "expected a whole number at least 1"),
        (["--lr-decay", "1.5"], "expected a number above 0 and at most 1"),
        (["--workers", "none"], "expected a whole number at least 1"),
    ],
)
def test_bad_options_get_one_line(options, expected, capsys):
    with pytest.raises(SystemExit) as stop:
        run(train_deepnet.main, train_deepnet.__doc__, train_deepnet.options, options)
    assert stop.value.code == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1 and expected in complaint


def test_the_learning_rate_shrinks_after_each_epoch_and_not_within(trained, monkeypatch):
    """230 images are three steps an epoch."""
    rates, update = [], Adam.update

    def noted(self, params, grads):
        update(self, params, grads)
        rates.append(self.rate)

    monkeypatch.setattr(Adam, "update", noted)
    options = ["--epochs", "3", "--lr-decay", "0.5"]
    trained(train_convnet, "rates", options, "simple_convnet_params.npz")
    assert rates == [0.001] * 3 + [0.0005] * 3 + [0.00025] * 3


def test_only_with_augment_are_the_images_shifted(trained, monkeypatch):
    batches = []
    monkeypatch.setattr(long_training, "shifted", lambda x, rng: batches.append(len(x)) or x)
    for options in ([], ["--augment"]):
        trained(train_convnet, "shifts", ["--epochs", "1", *options], "simple_convnet_params.npz")
    assert batches == [100, 100, 30]


def test_each_epoch_prints_its_loss(trained, capsys):
    trained(train_convnet, "lines", ["--epochs", "2"], "simple_convnet_params.npz")
    lines = [line for line in capsys.readouterr().out.splitlines() if ", epoch " in line]
    starts = [f"train_convnet, epoch {number}/2: loss " for number in (1, 2)]
    assert [line[: len(start)] for line, start in zip(lines, starts, strict=True)] == starts
