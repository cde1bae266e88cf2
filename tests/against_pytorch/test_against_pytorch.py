"""Some cases of everything that is compared with PyTorch; and whether a difference is seen."""

import inspect

import numpy as np
import pytest

from dlscratch import layers as ours
from dlscratch import optimizers
from tests.against_pytorch.__main__ import compare, main, subjects

pytest.importorskip("torch", reason="needs PyTorch (pip install torch)")

CASES = 8
NAMES = list(subjects())


@pytest.mark.parametrize("name", NAMES)
def test_ours_agrees_with_pytorch(name, capsys):
    assert compare(name, 7, range(CASES)) == {}, capsys.readouterr().err


def test_every_layer_loss_and_optimizer_is_compared():
    files = {inspect.getmodule(case) for case in subjects().values()}
    tested = "".join(map(inspect.getsource, files))
    without = {"Layer", "Loss", "Sequential", "bilinear_filters"}  # bases, and a plain array
    rules = {name for name, kind in vars(optimizers).items() if inspect.isclass(kind)}
    rules = {name for name in rules if issubclass(getattr(optimizers, name), optimizers.Optimizer)}
    named = {*ours.__all__, *rules} - without - {"Optimizer"}
    assert [name for name in sorted(named) if name not in tested] == []


@pytest.mark.parametrize(
    "layer, name, wrong",
    [
        (ours.ReLU, "relu", lambda self, dout: dout * (self.cache[0] >= 0)),
        (ours.Tanh, "tanh", lambda self, dout: dout * (1 - self.cache[0])),
        (ours.IdentityWithLoss, "identity", lambda self, dout=1.0: self.cache[0] - self.cache[1]),
    ],
)
def test_a_wrong_gradient_is_seen(layer, name, wrong, monkeypatch, capsys):
    monkeypatch.setattr(layer, "backward", wrong)
    assert compare(name, 7, range(CASES))
    assert "of the largest number apart" in capsys.readouterr().err


def test_an_error_is_a_difference(monkeypatch, capsys):
    monkeypatch.setattr(optimizers.SGD, "step", lambda self, w, g: w.missing)
    assert len(compare("sgd", 7, range(2))) == 2
    assert "AttributeError" in capsys.readouterr().err


def test_the_command_prints_a_row_for_each_and_repeats_a_single_case(capsys):
    assert main(["--cases", str(len(NAMES)), "--seed", "7"]) == 0
    head, *rows, last = capsys.readouterr().out.splitlines()
    assert head.split() == ["cases", "different"]
    assert [row[:24].strip().replace(" ", "_") for row in rows] == NAMES
    assert last.split() == ["all", str(len(NAMES)), "0"]
    assert main(["--only", "pooling 3"]) == 0


def test_one_seed_makes_the_same_cases():
    case = subjects()["convolution"]
    one, other = (case(np.random.default_rng([7, 1, 2]), np.float32)["y"] for _ in range(2))
    assert np.array_equal(one[0], other[0]) and np.array_equal(one[1], other[1])
