"""A run that is stopped and resumed is the run that never stopped; any other is refused."""

import copy
import json
import signal

import numpy as np
import pytest

from dlscratch import (
    SGD,
    AdaGrad,
    Adam,
    Affine,
    Convolution,
    CosineDecay,
    DataError,
    Dropout,
    Flatten,
    Layer,
    Momentum,
    MultiLayerNet,
    Nesterov,
    Network,
    Pooling,
    ReLU,
    RMSprop,
    StepDecay,
    Trainer,
    Warmup,
)


def data(rows=25, seed=7):
    """Rows of 16 numbers in three classes that can be learned."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, 16)).astype(np.float32)
    return x, x[:, :3].argmax(axis=1)


def plain(rng):
    return MultiLayerNet(16, [12], 3, rng=rng)


def dropout_and_batch_norm(rng):
    return MultiLayerNet(
        16, [12, 8], 3, use_dropout=True, use_batchnorm=True, weight_decay_lambda=0.01, rng=rng
    )


class Images(Flatten):
    """(N, 16) -> (N, 1, 4, 4)"""

    def forward(self, x, training=False):
        self.cache = (x.shape,)
        return x.reshape(-1, 1, 4, 4)


def convolutional(rng):
    return Network(
        [
            Images(),
            Convolution.init(1, 4, 3, pad=1, rng=rng),
            ReLU(),
            Pooling(2, 2),
            Dropout(0.2, rng=rng),
            Flatten(),
            Affine.init(16, 8, rng=rng),
            ReLU(),
            Dropout(0.5, rng=rng),
            Affine.init(8, 3, rng=rng),
        ],
        weight_decay=0.01,
    )


def noisy(x, rng):
    """An augmentation: x and a little noise."""
    return x + 0.1 * rng.standard_normal(x.shape).astype(x.dtype)


def trainer(make=plain, optimizer=None, seed=0, workers=1, batch_size=10, **options):
    """Everything drawn from one generator, as a script does it."""
    rng = np.random.default_rng(seed)
    options = {"rng": rng, "batch_size": batch_size, "workers": workers, **options}
    return Trainer(make(rng), optimizer or Adam(0.01), **options)


def result(made):
    """All that a training leaves behind, but for the seconds it took."""
    history = made.history
    arrays = {**made.net.params, **made.net.buffers}
    return {
        "numbers": np.concatenate([array.ravel() for array in arrays.values()]).tobytes(),
        "loss": history.loss,
        "accuracies": (history.train_accuracy, history.test_accuracy),
        "memory": [[a.tobytes() for a in arrays] for arrays in made.optimizer.state.values()],
        "generator": str(made.rng.bit_generator.state),
    }


# ---- the same run

NETS = [plain, dropout_and_batch_norm, convolutional]
RULES = [SGD, Momentum, Nesterov, AdaGrad, RMSprop, Adam]
SCHEDULES = [
    StepDecay(0.01, 0.5, every=2),
    CosineDecay(0.01, steps=9, floor=0.001),
    Warmup(CosineDecay(0.01, steps=12), steps=5),
]
CASES = [(make, Adam(), {}) for make in NETS]
CASES += [(dropout_and_batch_norm, rule(), {}) for rule in RULES[:-1]]
CASES += [(convolutional, Adam(schedule), {"workers": 2}) for schedule in SCHEDULES]
CASES += [
    (plain, SGD(), {"workers": 2}),
    (convolutional, Adam(), {"workers": 2, "augment": noisy, "clip_norm": 0.5}),
    (dropout_and_batch_norm, Momentum(SCHEDULES[0]), {"augment": noisy, "clip_norm": 0.5}),
]
each_case = pytest.mark.parametrize("make, rule, options", CASES)


@each_case
def test_resuming_is_equal_to_the_bit_to_never_having_stopped(make, rule, options, tmp_path):
    def new():
        return trainer(make, copy.deepcopy(rule), **options)

    whole = new()
    whole.fit(data(), data(9), epochs=4)

    path = tmp_path / "checkpoint.npz"
    new().fit(data(), data(9), epochs=2, checkpoint=path)
    resumed = new()  # a new process, with the same seed
    resumed.fit(data(), data(9), epochs=4, checkpoint=path, resume=True)
    assert result(resumed) == result(whole)
    assert resumed.history.epochs == 4


@pytest.mark.parametrize("optimizer", [SGD(0.1), Adam(0.1)], ids=repr)
def test_a_rate_that_on_epoch_halves_is_halved_after_resuming_too(optimizer, tmp_path):
    def halve(trainer):
        trainer.optimizer.lr *= 0.5

    def new():
        return trainer(dropout_and_batch_norm, copy.deepcopy(optimizer))

    whole = new()
    whole.fit(data(), epochs=4, on_epoch=halve)
    assert whole.optimizer.lr == 0.1 / 16

    path = tmp_path / "c.npz"
    for epochs in (1, 2, 4):  # three processes
        resumed = new()
        resumed.fit(data(), epochs=epochs, on_epoch=halve, checkpoint=path, resume=True)
    assert result(resumed) == result(whole)
    assert resumed.optimizer.lr == whole.optimizer.lr


def test_one_trainer_whose_rate_was_halved_goes_on_from_its_own_checkpoint(tmp_path):
    def halve(trainer):
        trainer.optimizer.lr *= 0.5

    whole, made = trainer(), trainer()
    whole.fit(data(), epochs=3, on_epoch=halve)
    for epochs in (1, 3):
        made.fit(data(), epochs=epochs, on_epoch=halve, checkpoint=tmp_path / "c.npz", resume=True)
    assert result(made) == result(whole) and made.optimizer.lr == whole.optimizer.lr


def test_a_resumed_run_does_not_depend_on_the_seed_it_is_started_with(tmp_path):
    whole = trainer(convolutional)
    whole.fit(data(), epochs=3)
    trainer(convolutional).fit(data(), epochs=1, checkpoint=tmp_path / "c.npz")
    resumed = trainer(convolutional, seed=5)
    resumed.fit(data(), epochs=3, checkpoint=tmp_path / "c.npz", resume=True)
    assert result(resumed) == result(whole)


def test_one_trainer_may_go_on_from_its_own_checkpoint(tmp_path):
    whole, made = trainer(convolutional, workers=2), trainer(convolutional, workers=2)
    whole.fit(data(), epochs=3)
    for epochs in (1, 2, 3):
        made.fit(data(), epochs=epochs, checkpoint=tmp_path / "c.npz", resume=True)
    assert result(made) == result(whole)


@pytest.mark.parametrize("kind", [np.random.MT19937, np.random.Philox, np.random.SFC64])
def test_any_kind_of_generator_can_be_resumed(kind, tmp_path):
    def made():
        rng = np.random.Generator(kind(3))
        return Trainer(convolutional(rng), Adam(), rng=rng, batch_size=10, workers=1)

    whole, resumed = made(), made()
    whole.fit(data(), epochs=2)
    made().fit(data(), epochs=1, checkpoint=tmp_path / "c.npz")
    resumed.fit(data(), epochs=2, checkpoint=tmp_path / "c.npz", resume=True)
    np.testing.assert_array_equal(resumed.net.params.flat, whole.net.params.flat)
    assert resumed.history.loss == whole.history.loss


# ---- Ctrl-C


class PressCtrlC(Layer):
    """Passes everything on, and lets Ctrl-C be pressed once, when it is time."""

    def __init__(self, is_time):
        self.is_time = is_time

    def forward(self, x, training=False):
        if self.is_time(training):
            signal.raise_signal(signal.SIGINT)
        return x

    def backward(self, dout):
        return dout


def ctrl_c_in_step(made, step):
    """Let Ctrl-C be pressed in the midst of this step, counted from 1."""
    presses = iter([True])

    def is_time(training):
        return training and made.optimizer.steps == step - 1 and next(presses, False)

    made.net = Network([PressCtrlC(is_time), *made.net.layers], weight_decay=made.net.weight_decay)
    return made


@pytest.mark.parametrize("workers", [1, 2])
def test_a_training_that_was_interrupted_goes_on_as_if_it_had_not_been(workers, tmp_path):
    whole = trainer(convolutional, workers=workers)
    whole.fit(data(), data(9), epochs=4)

    path = tmp_path / "checkpoint.npz"
    stopped = ctrl_c_in_step(trainer(convolutional, workers=workers), step=8)
    assert stopped.fit(data(), data(9), epochs=4, checkpoint=path).interrupted
    resumed = trainer(convolutional, workers=workers)
    history = resumed.fit(data(), data(9), epochs=4, checkpoint=path, resume=True)
    assert result(resumed) == result(whole) and not history.interrupted


# ---- the file


def facts_of(path):
    with np.load(path, allow_pickle=False) as file:
        return json.loads(str(file["facts"]))


def test_a_checkpoint_is_one_whole_file_written_after_each_epoch_and_its_on_epoch(tmp_path):
    path, seen = tmp_path / "checkpoint.npz", []

    def look(trainer):
        seen.append(facts_of(path)["history"]["train_accuracy"] if path.exists() else [])
        assert [found.name for found in tmp_path.iterdir()] in ([], ["checkpoint.npz"])

    made = trainer()
    made.fit(data(), epochs=3, checkpoint=path, on_epoch=look)
    assert seen == [made.history.train_accuracy[:k] for k in (0, 1, 2)]
    assert facts_of(path)["history"]["train_accuracy"] == made.history.train_accuracy


def test_a_checkpoint_holds_all_that_the_rest_of_the_run_depends_on(tmp_path):
    made = trainer(dropout_and_batch_norm)
    made.fit(data(), epochs=1, checkpoint=tmp_path / "c.npz")
    with np.load(tmp_path / "c.npz") as file:
        names, facts = set(file.files), json.loads(str(file["facts"]))
    assert names == {
        *(f"net/{name}" for name in {**made.net.params, **made.net.buffers}),
        "optimizer/flat/0",
        "optimizer/flat/1",
        "facts",
    }
    settings = {"optimizer", "batch_size", "weight_decay", "clip_norm", "augment", "generators"}
    state = {"optimizer now", "lr", "steps", "history", "ranks", "states"}
    assert set(facts) == {"version"} | settings | state
    assert facts["steps"] == 3


def test_resuming_without_a_file_yet_starts_anew(tmp_path):
    whole, made = trainer(), trainer()
    whole.fit(data(), epochs=2)
    made.fit(data(), epochs=2, checkpoint=tmp_path / "c.npz", resume=True)
    assert result(made) == result(whole) and (tmp_path / "c.npz").exists()


def test_resuming_what_is_finished_trains_no_further(tmp_path):
    trainer().fit(data(), epochs=2, checkpoint=tmp_path / "c.npz")
    before = (tmp_path / "c.npz").read_bytes()
    made = trainer()
    assert made.fit(data(), epochs=2, checkpoint=tmp_path / "c.npz", resume=True).epochs == 2
    assert (tmp_path / "c.npz").read_bytes() == before


def test_resuming_without_naming_a_file_is_refused():
    with pytest.raises(ValueError, match="resume=True needs the file to go on from"):
        trainer().fit(data(), resume=True)


def test_a_checkpoint_that_cannot_be_written_says_so(tmp_path):
    with pytest.raises(OSError, match="no folder"):
        trainer().fit(data(), epochs=1, checkpoint=tmp_path / "no folder" / "c.npz")


def other_generator():
    made = trainer(convolutional)
    made.rng = np.random.Generator(np.random.Philox(0))
    return made


def other_decay():
    made = trainer(convolutional)
    made.net.weight_decay = 0.5
    return made


OTHERS = {
    "rule": (
        lambda: trainer(convolutional, SGD()),
        r"expected optimizer 'SGD\(lr=0.01\)', got 'Adam",
    ),
    "rate": (lambda: trainer(convolutional, Adam(0.5)), r"expected optimizer 'Adam\(lr=0.5,"),
    "schedule": (
        lambda: trainer(convolutional, Adam(StepDecay(0.01, 0.5, 2))),
        r"expected optimizer 'Adam\(lr=StepDecay\(.*, got 'Adam\(lr=0.01,",
    ),
    "network": (lambda: trainer(plain), r"expected generators \['PCG64'\], got \['PCG64', 'PCG64'"),
    "workers": (lambda: trainer(convolutional, workers=2), "expected generators"),
    "generator": (other_generator, r"expected generators \['Philox'"),
    "batch size": (lambda: trainer(convolutional, batch_size=5), "expected batch_size 5, got 10"),
    "weight decay": (other_decay, "expected weight_decay 0.5, got 0.01"),
    "clipping": (lambda: trainer(convolutional, clip_norm=1), "expected clip_norm 1, got None"),
    "augment": (lambda: trainer(convolutional, augment=noisy), "expected augment True, got False"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_the_checkpoint_of_another_training_is_refused_and_nothing_changed(name, tmp_path):
    path = tmp_path / "checkpoint.npz"
    trainer(convolutional).fit(data(), epochs=1, checkpoint=path)
    make, message = OTHERS[name]
    refused(make(), path, message)


def refused(made, path, message):
    before = copy.deepcopy(result(made)), repr(made.optimizer), made.optimizer.steps
    with pytest.raises(DataError, match=message) as caught:
        made.fit(data(), epochs=2, checkpoint=path, resume=True)
    assert str(path) in str(caught.value)
    assert (result(made), repr(made.optimizer), made.optimizer.steps) == before


def test_a_checkpoint_of_other_shapes_is_refused(tmp_path):
    trainer(lambda rng: MultiLayerNet(16, [5], 3, rng=rng)).fit(
        data(), epochs=1, checkpoint=tmp_path / "c.npz"
    )
    made = trainer(plain)
    refused(made, tmp_path / "c.npz", r"net/W1 is \(16, 5\), expected \(16, 12\)")


@pytest.mark.parametrize("facts", [None, "not JSON", "[1, 2]", "3", '{"version": 99}'])
def test_a_file_that_is_no_checkpoint_is_refused(facts, tmp_path):
    """A file of weights, for instance."""
    path, made = tmp_path / "c.npz", trainer()
    if facts is None:
        made.net.save(path)
    else:
        np.savez(path, facts=facts, **made.net.params)
    refused(made, path, "is not a checkpoint of this training: expected version 2, got")


def rewrite(path, change):
    """Change the facts of a checkpoint, as a stranger could."""
    with np.load(path) as file:
        arrays = dict(file)
    facts = json.loads(str(arrays.pop("facts")))
    change(facts)
    np.savez(path, **arrays, facts=json.dumps(facts))


def test_a_checkpoint_of_the_first_version_is_refused_with_the_reason(tmp_path):
    trainer().fit(data(), epochs=1, checkpoint=tmp_path / "c.npz")
    rewrite(tmp_path / "c.npz", lambda facts: facts.update(version=1))
    message = "expected version 2, got 1; version 1, of an earlier dlscratch, lacks settings"
    refused(trainer(), tmp_path / "c.npz", message)


ADAM = repr(Adam(0.01)).replace("0.01", "{}", 1)
FORGED = {
    "no history": lambda facts: facts.pop("history"),
    "no optimizer": lambda facts: facts.pop("optimizer"),
    "a history of words": lambda facts: facts["history"].update(loss=["a"]),
    "no losses": lambda facts: facts["history"].pop("loss"),
    "steps in words": lambda facts: facts.update(steps="7"),
    "negative steps": lambda facts: facts.update(steps=-7),
    "no state": lambda facts: facts.update(states=[{}, *facts["states"][1:]]),
    "another state": lambda facts: facts["states"][0].update(bit_generator="Philox"),
    "a state too large": lambda facts: facts["states"][0]["state"].update(state=2**300),
    "too few states": lambda facts: facts["states"].pop(),
    "no states": lambda facts: facts.pop("states"),
    "a rate in words": lambda facts: facts.update({"optimizer now": "Adam(lr=a)", "lr": "a"}),
    "more steps than can be": lambda facts: facts.update(steps=10**400),
    "a negative rate": lambda facts: facts.update({"optimizer now": ADAM.format(-1.0), "lr": -1.0}),
    "a state that is a list": lambda facts: facts.update(states=[[], *facts["states"][1:]]),
    "a history that is a list": lambda facts: facts.update(history=[[1.0]]),
    "another rule now": lambda facts: facts.update({"optimizer now": "SGD(lr=0.5)", "lr": 0.5}),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_checkpoint_is_refused_before_anything_is_changed(name, tmp_path):
    trainer(convolutional).fit(data(), epochs=1, checkpoint=tmp_path / "c.npz")
    rewrite(tmp_path / "c.npz", FORGED[name])
    refused(trainer(convolutional), tmp_path / "c.npz", "is damaged .* start anew")


def test_facts_nested_too_deeply_to_be_read_are_refused(tmp_path):
    made = trainer()
    np.savez(tmp_path / "c.npz", facts="[" * 100_000, **made.net.params)
    refused(made, tmp_path / "c.npz", "expected version 2, got None")


@pytest.mark.parametrize("depth", [10, 400, 900, 5000])
def test_a_setting_nested_as_deep_as_can_be_read_is_quoted_in_short(depth, tmp_path):
    trainer().fit(data(), epochs=1, checkpoint=tmp_path / "c.npz")
    with np.load(tmp_path / "c.npz") as file:
        arrays = dict(file)
    nested = "[" * depth + "]" * depth
    arrays["facts"] = np.array(f'{{"version": {nested}}}')
    np.savez(tmp_path / "c.npz", **arrays)
    refused(trainer(), tmp_path / "c.npz", "expected version 2, got")


POSITIONS = [
    (np.random.MT19937, lambda state: state["state"].update(pos=10**6)),
    (np.random.MT19937, lambda state: state["state"].update(pos=-1)),
    (np.random.Philox, lambda state: state.update(buffer_pos=-(10**6))),
]


@pytest.mark.parametrize("kind, change", POSITIONS)
def test_a_generator_is_never_sent_behind_the_end_of_its_numbers(kind, change, tmp_path):
    """NumPy takes the position on trust: the next draw would read foreign memory, or crash."""

    def made():
        return trainer(rng=np.random.Generator(kind(3)))

    made().fit(data(), epochs=1, checkpoint=tmp_path / "c.npz")
    rewrite(tmp_path / "c.npz", lambda facts: change(facts["states"][0]))
    refused(made(), tmp_path / "c.npz", "is damaged .*pos(ition)? must be")


ARRAYS = [
    ("net/W1", np.nan, "net/W1 holds nan or infinity"),
    ("net/running_var1", -1, "net/running_var1 holds a negative number"),
    ("optimizer/flat/0", np.inf, "optimizer/flat/0 holds nan or infinity"),
    ("optimizer/flat/1", -1, "optimizer/flat/1 holds a negative number"),
]


@pytest.mark.parametrize("name, number, message", ARRAYS)
def test_numbers_that_no_training_can_go_on_with_are_refused(name, number, message, tmp_path):
    trainer(dropout_and_batch_norm).fit(data(), epochs=1, checkpoint=tmp_path / "c.npz")
    with np.load(tmp_path / "c.npz") as file:
        arrays = dict(file)
    arrays[name].flat[0] = number
    np.savez(tmp_path / "c.npz", **arrays)
    refused(trainer(dropout_and_batch_norm), tmp_path / "c.npz", message)


@pytest.mark.parametrize("keep", [0, 10, 1000, -1])
def test_a_truncated_checkpoint_is_refused(keep, tmp_path):
    path = tmp_path / "c.npz"
    trainer().fit(data(), epochs=1, checkpoint=path)
    path.write_bytes(path.read_bytes()[:keep])
    refused(trainer(), path, "not a readable .npz file")


def test_a_checkpoint_with_a_flipped_bit_is_refused(tmp_path):
    path = tmp_path / "c.npz"
    made = trainer()
    made.fit(data(), epochs=1, checkpoint=path)
    content = bytearray(path.read_bytes())
    content[content.index(made.net.params["W1"].tobytes()) + 5] ^= 1
    path.write_bytes(content)
    refused(trainer(), path, "not a readable .npz file")
