"""Training: an epoch is a permutation, a seed is a result, and a resumed run is the same run."""

import copy
import json
import math
import signal
import subprocess
import sys

import numpy as np
import pytest

from dlscratch import (
    SGD,
    AdaGrad,
    Adam,
    Affine,
    Convolution,
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
    Trainer,
    batches,
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


def trainer(make=plain, optimizer=None, seed=0, workers=1, batch_size=10):
    """Everything drawn from one generator, as a script does it."""
    rng = np.random.default_rng(seed)
    net = make(rng)
    return Trainer(net, optimizer or Adam(0.01), rng=rng, batch_size=batch_size, workers=workers)


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


# ---- batches


def test_an_epoch_is_a_permutation_of_the_rows_the_last_short_batch_included():
    x = np.arange(23)
    parts = list(batches(x, x + 100, 5, np.random.default_rng(0)))
    assert [len(part) for part, _ in parts] == [5, 5, 5, 5, 3]
    rows = np.concatenate([part for part, _ in parts])
    assert sorted(rows) == list(x) and list(rows) != list(x)
    for part, labels in parts:
        np.testing.assert_array_equal(part + 100, labels)


def test_batches_are_drawn_anew_from_the_generator_each_time():
    x = np.arange(20)

    def order(rng):
        return [tuple(part) for part, _ in batches(x, x, 4, rng)]

    rng = np.random.default_rng(0)
    first, second = order(rng), order(rng)
    assert first != second  # not the same batches in another order either:
    assert {frozenset(part) for part in first} != {frozenset(part) for part in second}
    assert order(np.random.default_rng(0)) == first


@pytest.mark.parametrize("size", [1, 7, 100])
def test_any_batch_size_covers_every_row_once(size):
    x = np.arange(7)
    parts = [part for part, _ in batches(x, x, size, np.random.default_rng(0))]
    assert sorted(np.concatenate(parts)) == list(x)


@pytest.mark.parametrize("size", [0, -1])
def test_a_batch_size_below_one_is_refused(size):
    with pytest.raises(ValueError, match=f"batch size must be 1 or more, got {size}"):
        trainer(batch_size=size)
    with pytest.raises(ValueError, match=f"batch size must be 1 or more, got {size}"):
        list(batches(*data(), size, np.random.default_rng(0)))


# ---- the history


@pytest.mark.parametrize("rows, batch_size", [(25, 10), (20, 10), (10, 128), (10, 1)])
def test_the_history_has_one_point_an_epoch_and_one_loss_a_step(rows, batch_size):
    history = trainer(batch_size=batch_size).fit(data(rows), data(9), epochs=4)
    assert len(history.train_accuracy) == len(history.test_accuracy) == history.epochs == 4
    assert len(history.seconds) == 4 and min(history.seconds) > 0
    assert len(history.loss) == 4 * math.ceil(rows / batch_size)
    assert not history.interrupted


def test_without_test_data_there_are_no_test_accuracies():
    history = trainer().fit(data(), epochs=2)
    assert len(history.train_accuracy) == 2 and history.test_accuracy == []
    assert repr(history) == "History(2 epochs, 6 steps)"


def test_the_repr_shows_the_last_test_accuracy():
    history = trainer().fit(data(), data(), epochs=1)
    accuracy = f"{history.test_accuracy[0]:.4f}"
    assert repr(history) == f"History(1 epochs, 3 steps, test accuracy {accuracy})"


def test_the_accuracies_are_those_of_the_whole_sets_after_the_epoch():
    made = trainer()
    history = made.fit(data(), data(9, seed=8), epochs=3)
    assert history.train_accuracy[-1] == made.net.accuracy(*data())
    assert history.test_accuracy[-1] == made.net.accuracy(*data(9, seed=8))


def test_evaluate_measures_on_the_first_rows_only():
    made = trainer()
    x, t = data()
    history = made.fit((x, t), (x[::-1], t[::-1]), epochs=3, evaluate=4)
    assert history.train_accuracy[-1] == made.net.accuracy(x[:4], t[:4])
    assert history.test_accuracy[-1] == made.net.accuracy(x[::-1][:4], t[::-1][:4])


def test_the_loss_is_that_before_the_update_and_costs_no_second_forward():
    made = trainer(optimizer=SGD(0.0), batch_size=25)
    passes = []
    forward = made.net.layers[0].forward

    def counted(x, training=False):
        passes.append(training)
        return forward(x, training)

    made.net.layers[0].forward = counted
    history = made.fit(data(), epochs=3)
    assert passes == [True, False] * 3  # a step, an evaluation
    assert history.loss == pytest.approx([made.net.loss(*data())] * 3)


def test_training_learns():
    history = trainer().fit(data(), epochs=40)
    assert history.train_accuracy[-1] == 1.0
    assert history.loss[-1] < 0.1 * history.loss[0]


def test_on_epoch_is_called_after_each_epoch_with_the_trainer():
    seen, made = [], trainer()
    made.fit(data(), epochs=3, on_epoch=lambda t: seen.append((t, len(t.history.train_accuracy))))
    assert seen == [(made, 1), (made, 2), (made, 3)]


def test_each_fit_starts_a_new_history():
    made = trainer()
    first = made.fit(data(), epochs=2)
    second = made.fit(data(), epochs=1)
    assert (first.epochs, second.epochs) == (2, 1) and made.history is second


def test_no_epochs_leave_the_network_as_it_was():
    made = trainer()
    before = made.net.params.flat.copy()
    assert made.fit(data(), epochs=0).epochs == 0
    np.testing.assert_array_equal(made.net.params.flat, before)


def test_the_data_are_neither_written_to_nor_shuffled():
    x, t = data()
    x.flags.writeable = t.flags.writeable = False
    trainer(convolutional).fit((x, t), (x, t), epochs=1)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_dtype_is_kept_from_the_network_to_the_memory_of_the_optimizer(dtype):
    made = trainer(dropout_and_batch_norm, Momentum(0.01))
    made.net = made.net.astype(dtype)
    history = made.fit(data(), data(), epochs=2)
    arrays = [*made.net.params.values(), *made.net.buffers.values(), *made.optimizer.state["flat"]]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}
    assert all(math.isfinite(loss) for loss in history.loss)
    assert {type(loss) for loss in history.loss + history.train_accuracy} == {float}


@pytest.mark.parametrize(
    "train, test, message",
    [
        ((np.ones((5, 16)), np.ones(4, int)), None, "a label for each example, got 4 for 5"),
        (data(), (np.ones((5, 16)), np.ones(4, int)), "a label for each example, got 4 for 5"),
        (data(0), None, "nothing to train on"),
    ],
)
def test_data_that_do_not_fit_are_refused_before_anything_is_trained(train, test, message):
    made = trainer()
    before = made.net.params.flat.copy()
    with pytest.raises(ValueError, match=message):
        made.fit(train, test)
    np.testing.assert_array_equal(made.net.params.flat, before)


def test_a_progress_bar_is_silent_where_the_output_is_no_terminal(capsys):
    trainer().fit(data(), epochs=2, progress=True)
    assert capsys.readouterr() == ("", "")


def test_without_a_progress_bar_tqdm_is_not_even_imported():
    code = (
        "import numpy as np, sys; from dlscratch import *;"
        "data = np.ones((4, 2)), np.ones(4, int);"
        "Trainer(MultiLayerNet(2, [2], 2), SGD()).fit(data, epochs=1);"
        "assert 'tqdm' not in sys.modules and 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# ---- one seed, one result

NETS = [plain, dropout_and_batch_norm, convolutional]
RULES = [SGD, Momentum, Nesterov, AdaGrad, RMSprop, Adam]
CASES = [(make, Adam, 1) for make in NETS] + [(convolutional, Adam, 2), (plain, SGD, 2)]
CASES += [(dropout_and_batch_norm, rule, 1) for rule in RULES[:-1]]
each_case = pytest.mark.parametrize(
    "make, rule, workers", CASES, ids=lambda value: getattr(value, "__name__", f"workers={value}")
)


@each_case
def test_two_trainings_with_one_seed_are_equal_to_the_bit(make, rule, workers):
    results = []
    for seed in (0, 0, 1):
        made = trainer(make, rule(), seed, workers)
        made.fit(data(), data(9), epochs=2)
        results.append(result(made))
    assert results[0] == results[1]
    assert results[0]["numbers"] != results[2]["numbers"]


@each_case
def test_resuming_is_equal_to_the_bit_to_never_having_stopped(make, rule, workers, tmp_path):
    whole = trainer(make, rule(), workers=workers)
    whole.fit(data(), data(9), epochs=4)

    path = tmp_path / "checkpoint.npz"
    trainer(make, rule(), workers=workers).fit(data(), data(9), epochs=2, checkpoint=path)
    resumed = trainer(make, rule(), workers=workers)  # a new process, with the same seed
    resumed.fit(data(), data(9), epochs=4, checkpoint=path, resume=True)
    assert result(resumed) == result(whole)
    assert resumed.history.epochs == 4


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
def test_ctrl_c_ends_the_training_and_keeps_the_finished_epochs(workers):
    made = ctrl_c_in_step(trainer(convolutional, workers=workers), step=8)
    history = made.fit(data(), data(), epochs=5)
    assert history.interrupted
    assert (history.epochs, len(history.loss), len(history.test_accuracy)) == (2, 6, 2)


def test_ctrl_c_after_an_epoch_keeps_that_epoch():
    def press(trainer):
        raise KeyboardInterrupt

    history = trainer().fit(data(), epochs=5, on_epoch=press)
    assert history.interrupted and history.epochs == 1


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


# ---- checkpoints


def test_a_checkpoint_is_one_whole_file_written_after_each_epoch(tmp_path):
    path, seen = tmp_path / "checkpoint.npz", []

    def look(trainer):
        with np.load(path, allow_pickle=False) as file:
            seen.append(json.loads(str(file["facts"]))["history"]["train_accuracy"])
        assert [found.name for found in tmp_path.iterdir()] == ["checkpoint.npz"]

    made = trainer()
    made.fit(data(), epochs=3, checkpoint=path, on_epoch=look)
    assert seen == [made.history.train_accuracy[:k] for k in (1, 2, 3)]


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
    assert set(facts) == {"version", "optimizer", "steps", "history", "generators"}
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


OTHERS = {
    "rule": (lambda: trainer(convolutional, SGD()), r"expected optimizer SGD\(lr=0.01\), got Adam"),
    "rate": (lambda: trainer(convolutional, Adam(0.5)), r"expected optimizer Adam\(lr=0.5,"),
    "network": (lambda: trainer(plain), r"expected generators \['PCG64'\], got \['PCG64', 'PCG64'"),
    "workers": (lambda: trainer(convolutional, workers=2), "expected generators"),
    "generator": (other_generator, r"expected generators \['Philox'"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_the_checkpoint_of_another_training_is_refused_and_nothing_changed(name, tmp_path):
    path = tmp_path / "checkpoint.npz"
    trainer(convolutional).fit(data(), epochs=1, checkpoint=path)
    make, message = OTHERS[name]
    refused(make(), path, message)


def refused(made, path, message):
    before = copy.deepcopy(result(made))
    with pytest.raises(DataError, match=message) as caught:
        made.fit(data(), epochs=2, checkpoint=path, resume=True)
    assert str(path) in str(caught.value)
    assert result(made) == before


def test_a_checkpoint_of_other_shapes_is_refused(tmp_path):
    trainer(lambda rng: MultiLayerNet(16, [5], 3, rng=rng)).fit(
        data(), epochs=1, checkpoint=tmp_path / "c.npz"
    )
    made = trainer(plain)
    before = made.net.params.flat.copy()
    with pytest.raises(DataError, match=r"net/W1 is \(16, 5\), expected \(16, 12\)"):
        made.fit(data(), epochs=2, checkpoint=tmp_path / "c.npz", resume=True)
    np.testing.assert_array_equal(made.net.params.flat, before)


@pytest.mark.parametrize("facts", [None, "not JSON", "[1, 2]", "3", '{"version": 99}'])
def test_a_file_that_is_no_checkpoint_is_refused(facts, tmp_path):
    """A file of weights, for instance."""
    path, made = tmp_path / "c.npz", trainer()
    if facts is None:
        made.net.save(path)
    else:
        np.savez(path, facts=facts, **made.net.params)
    refused(made, path, "is not a checkpoint of this training: expected version 1, got")


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


def test_any_network_with_the_same_methods_can_be_trained():
    """Such as the hand-written TwoLayerNet of chapter 4: no Network, its params a dictionary."""

    class ByHand:
        def __init__(self):
            self.layer = Affine(np.zeros((16, 3)), np.zeros(3))
            self.params = {"W1": self.layer.W, "b1": self.layer.b}

        def loss_and_gradient(self, x, t):
            y = self.layer.forward(x)
            dout = (y - np.eye(3)[t]) / len(x)
            self.layer.weight_gradients(dout)
            return float(np.sum(dout**2)), {"W1": self.layer.dW, "b1": self.layer.db}

        def accuracy(self, x, t):
            return float(np.mean(self.layer.forward(x).argmax(axis=1) == t))

    made = Trainer(ByHand(), SGD(0.1), rng=np.random.default_rng(0), batch_size=10)
    history = made.fit(data(), epochs=30)
    assert history.train_accuracy[-1] > 0.8
