"""A script's own training loop: it stops, and goes on to the same bit."""

import json
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from dlscratch import Adam, Affine, BatchNorm, CosineDecay, Dropout, Network, ReLU
from dlscratch.book.loop import Loop
from dlscratch.storage.files import DataError

STEPS = 20


class Training:
    """A network with all that has a state: BatchNorm, Dropout, Adam, a generator, an array."""

    def __init__(self, folder, resume=False, batch=8, seed=0):
        self.rng = np.random.default_rng(seed)
        layers = [Affine.init(4, 5, rng=self.rng), BatchNorm.init(5), ReLU()]
        self.net = Network([*layers, Dropout(0.3, rng=1), Affine.init(5, 3, rng=self.rng)])
        self.target = Network([Affine.init(4, 5, rng=2)])
        self.mean = np.zeros(4)
        optimizer = Adam(CosineDecay(0.01, STEPS))
        self.batch = batch
        self.loop = Loop(
            SimpleNamespace(out=folder, seed=0, resume=resume),
            "a test",
            steps=STEPS,
            parts={"net": (self.net, optimizer), "target": (self.target, None)},
            rng=self.rng,
            arrays={"mean": self.mean},
            settings={"batch": batch},
        )

    def run(self, stop_at=None):
        for step in self.loop:
            x = self.rng.random((self.batch, 4))
            self.mean += x.mean(axis=0)
            self.target.params["W1"][...] = self.net.params["W1"]
            loss, _ = self.net.loss_and_gradient(x, self.rng.integers(0, 3, self.batch))
            if step == stop_at:
                raise KeyboardInterrupt
            self.loop.update("net", clip_norm=1)
            self.loop.record(loss=loss, step=step)
        return self

    def numbers(self):
        nets = {**self.net.params, **self.net.buffers, **self.target.params}
        return [*nets.values(), self.mean, self.loop.history["loss"]]


@pytest.fixture
def whole(tmp_path):
    """One that was never stopped."""
    folder = tmp_path / "whole"
    folder.mkdir()
    return Training(folder).run()


def stopped(folder, at, **options):
    training = Training(folder, **options)
    with pytest.raises(KeyboardInterrupt):
        training.run(stop_at=at)
    return training


def assert_same(a, b):
    for left, right in zip(a.numbers(), b.numbers(), strict=True):
        np.testing.assert_array_equal(left, right)


def test_it_counts_from_1_and_keeps_every_number(whole):
    assert whole.loop.history["step"] == list(range(1, STEPS + 1))


@pytest.mark.parametrize("at", [5, 12, STEPS])
def test_it_goes_on_to_the_same_bit(at, tmp_path, whole, capsys):
    stopped(tmp_path, at)
    assert f"a test: stopped after step {at - 1}; --resume goes on" in capsys.readouterr().out
    assert_same(Training(tmp_path, resume=True).run(), whole)


def test_a_finished_training_is_not_repeated(tmp_path, whole):
    Training(tmp_path).run()
    assert_same(Training(tmp_path, resume=True).run(stop_at=1), whole)


def test_a_seed_makes_its_generator(tmp_path):
    args = SimpleNamespace(out=tmp_path, seed=0, resume=False)
    loop = Loop(args, "a test", steps=1, parts={}, rng=3)
    assert loop.rng.random() == np.random.default_rng(3).random()
    with pytest.raises(TypeError, match="rng must be a generator, .* or its seed"):
        Loop(args, "a test", steps=1, parts={}, rng="3")


@pytest.mark.parametrize("recorded", [True, False])
def test_a_training_that_diverges_keeps_its_last_good_checkpoint(recorded, tmp_path, whole):
    made = Training(tmp_path)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for step in made.loop:
            if recorded:
                made.loop.record(loss=np.nan if step > 9 else 1)
            if step == 10:
                made.net.params["W1"][0, 0] = np.nan
    words = [str(warning.message) for warning in told]
    assert len(words) == recorded
    assert not recorded or words[0].startswith(
        "training has diverged: loss of step 10 of a test is nan; try a smaller learning rate"
    )
    good = Training(tmp_path, resume=True)
    good.loop._restore()
    assert good.loop.done == made.loop.saved == 8  # every second step has a checkpoint


def test_it_prints_ten_lines_with_the_losses(capsys, whole):
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("a test, step 2/20: loss ") and ", step 1.5000 (" in lines[0]


def test_without_resume_it_starts_anew(tmp_path, whole):
    stopped(tmp_path, 12)
    assert_same(Training(tmp_path).run(), whole)


def test_resume_without_a_checkpoint_says_so(tmp_path, capsys, whole):
    assert_same(Training(tmp_path, resume=True).run(), whole)
    assert "--resume: there is no " in capsys.readouterr().out


def test_stopped_before_the_first_checkpoint_it_says_that_there_is_none(tmp_path, capsys):
    stopped(tmp_path, 1)
    assert "too early for a checkpoint" in capsys.readouterr().out


def test_other_settings_are_refused(tmp_path):
    stopped(tmp_path, 12)
    other = Training(tmp_path, resume=True, batch=9)
    before = [np.array(array) for array in other.net.params.values()]
    with pytest.raises(DataError, match="expected batch 9, got 8; go on with the settings"):
        other.run()
    for array, kept in zip(other.net.params.values(), before):
        np.testing.assert_array_equal(array, kept)


def test_a_damaged_file_is_refused_in_one_line(tmp_path):
    stopped(tmp_path, 12)
    training = Training(tmp_path, resume=True)
    for content in (b"", training.loop.path.read_bytes()[:-100]):
        training.loop.path.write_bytes(content)
        with pytest.raises(DataError, match=r"resume\.npz"):
            training.run()


@pytest.mark.parametrize(
    "change",
    [
        {"done": -(2**63)},  # would go on for ever
        {"done": 10**6},
        {"done": 2.5},
        {"done": None},
        {"seconds": 1e30},
        {"seconds": -1},
        {"optimizer steps": [-1]},
        {"settings": []},
    ],
    ids=str,
)
def test_a_forged_checkpoint_is_refused_before_anything_is_changed(change, tmp_path):
    stopped(tmp_path, 12)
    training = Training(tmp_path, resume=True)
    with np.load(training.loop.path) as file:
        arrays = dict(file)
    state = {**json.loads(str(arrays.pop("state"))), **change}
    np.savez(training.loop.path, **arrays, state=json.dumps(state))
    before = training.net.params.flat.copy()
    with pytest.raises(DataError, match="is damaged .* start anew|expected .*, got None"):
        training.run()
    np.testing.assert_array_equal(training.net.params.flat, before)
