"""Training: what a step does, what an epoch leaves in the history, and a seed is a result."""

import math
import signal
import subprocess
import sys

import numpy as np
import pytest

from dlscratch import (
    SGD,
    Adam,
    Affine,
    Convolution,
    Dropout,
    Flatten,
    IdentityWithLoss,
    Layer,
    Momentum,
    MultiLayerNet,
    Network,
    Pooling,
    ReLU,
    Trainer,
)
from dlscratch.workers import Workers


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
    assert repr(history) == f"History(1 epoch, 3 steps, test accuracy {accuracy})"


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
    made, passes = trainer(batch_size=25), []

    class Counting(ReLU):
        def forward(self, x, training=False):
            passes.append(training)
            return super().forward(x, training)

    made.net = Network([Counting(), *made.net.layers])
    before = made.net.loss(*data())
    passes.clear()
    history = made.fit(data(), epochs=3)
    assert passes == [True, False] * 3  # a step, an evaluation
    assert history.loss[0] == pytest.approx(before)


def test_training_learns():
    history = trainer().fit(data(), epochs=40)
    assert history.train_accuracy[-1] == 1.0
    assert history.loss[-1] < 0.1 * history.loss[0]


def test_on_epoch_is_called_after_each_epoch_with_the_trainer():
    seen, made = [], trainer()
    made.fit(data(), epochs=3, on_epoch=lambda t: seen.append((t, len(t.history.train_accuracy))))
    assert seen == [(made, 1), (made, 2), (made, 3)]


def test_on_step_is_called_after_each_update_with_the_trainer_and_the_loss():
    seen, made = [], trainer()
    history = made.fit(
        data(), epochs=2, on_step=lambda t, loss: seen.append((t, t.optimizer.steps, loss))
    )
    assert seen == [(made, step, loss) for step, loss in enumerate(history.loss, 1)]
    assert len(seen) == 6


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


def test_lists_are_taken_as_the_arrays_they_stand_for():
    x, t = data()
    ours, theirs = trainer(), trainer()
    ours.fit([x.tolist(), t.tolist()], epochs=2)
    theirs.fit((x, t), epochs=2)
    np.testing.assert_array_equal(ours.net.params.flat, theirs.net.params.flat)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda net: Trainer(net, Adam), r"as optimizer an object, got the class Adam: .*Adam\("),
        (lambda net: Trainer(Network, Adam()), "as network an object, got the class Network"),
        (lambda net: Trainer(Adam(), net), "expects the network first: swap the two"),
        (lambda net: Trainer(3, Adam()), "as network an object, got 3, which has no method loss"),
        (lambda net: Trainer(net, "Adam"), "as optimizer an object, got 'Adam', .* method update"),
        (lambda net: Trainer(net, None), "as optimizer an object, got None"),
        (lambda net: Trainer(net, SGD(), workers=net), "workers, as an object, lacks generators"),
    ],
)
def test_what_stands_in_the_wrong_place_is_told(make, message):
    with pytest.raises(TypeError, match=message):
        make(plain(np.random.default_rng(0)))


@pytest.mark.parametrize(
    "options, message",
    [
        ({"batch_size": 0}, "batch size must be a whole number, 1 or more, got 0"),
        ({"batch_size": 2.5}, "batch size must be a whole number, 1 or more, got 2.5"),
        ({"workers": 0}, "workers must be a whole number, 1 or more, got 0"),
        ({"workers": "two"}, "workers must be a whole number, 1 or more, got 'two'"),
        ({"clip_norm": 0}, "clip_norm must be a number above 0, got 0"),
    ],
)
def test_numbers_that_make_no_sense_are_refused_when_the_trainer_is_made(options, message):
    with pytest.raises(ValueError, match=message):
        Trainer(plain(np.random.default_rng(0)), SGD(), **options)


@pytest.mark.parametrize("epochs", [2.5, -1, "3"])
def test_a_number_of_epochs_that_is_no_whole_number_is_refused(epochs):
    message = f"epochs must be a whole number, 0 or more, got {epochs!r}"
    with pytest.raises(ValueError, match=message):
        trainer().fit(data(), epochs=epochs)


def test_x_and_t_not_in_one_pair_are_refused_with_what_to_type():
    x, t = data()
    with pytest.raises(
        TypeError, match=r"train as one pair \(x, t\), got an array of shape \(25, 16"
    ):
        trainer().fit(x, t)
    with pytest.raises(TypeError, match=r"test as one pair .*: write fit\(\(x, t\)\), or fit"):
        trainer().fit((x, t), x)
    with pytest.raises(TypeError, match="train as one pair"):
        trainer().fit((x, t, x, t))


# ---- augmentation


def test_only_the_inputs_of_a_step_are_augmented_and_by_the_trainers_generator():
    x, t = np.zeros((25, 16), np.float32), data()[1]
    made, seen = trainer(), []

    def augment(batch, rng):
        assert rng is made.rng and np.all(batch == 0)
        seen.append(len(batch))
        return batch + 1

    class Recording(ReLU):
        def forward(self, x, training=False):
            assert np.all(x == training)  # the accuracy is measured on the rows themselves
            return super().forward(x, training)

    made.augment, made.net = augment, Network([Recording(), *made.net.layers])
    made.fit((x, t), (x, t), epochs=2)
    assert seen == [10, 10, 5] * 2


def test_an_augmentation_draws_after_the_batch_that_it_is_for():
    """The order of the draws is part of every result: the epoch's order, then batch by batch."""
    x, t = np.arange(20.0).reshape(20, 1), np.zeros(20, int)
    net, seen = MultiLayerNet(1, [2], 2, rng=0), []

    def augment(batch, rng):
        seen.append((batch[:, 0].tolist(), rng.integers(1000)))
        return batch

    Trainer(net, SGD(), rng=3, batch_size=10, augment=augment).fit((x, t), epochs=2)
    rng = np.random.default_rng(3)
    for epoch in (0, 1):
        order = rng.permutation(20)
        for i in (0, 1):
            assert seen[2 * epoch + i] == (order[10 * i : 10 * i + 10].tolist(), rng.integers(1000))


# ---- clipping


def test_clipping_bounds_every_step():
    """With SGD and a rate of 1 a step is as long as its gradient."""
    made = trainer(optimizer=SGD(1.0))
    made.clip_norm = 0.01
    steps, last = [], [made.net.params.flat.copy()]

    def measure(trainer, loss):
        steps.append(np.linalg.norm(trainer.net.params.flat - last[0]))
        last[0] = trainer.net.params.flat.copy()

    made.fit(data(), epochs=2, on_step=measure)
    np.testing.assert_allclose(steps, 0.01, rtol=1e-4)


def test_an_optimizer_typed_from_the_book_needs_not_know_of_clipping():
    class BookSGD:
        def update(self, params, grads):
            for key in params.keys():
                params[key] -= 0.1 * grads[key]

    ours, theirs = trainer(optimizer=SGD(0.1)), trainer(optimizer=BookSGD())
    for made in (ours, theirs):
        made.fit(data(), epochs=2)
    np.testing.assert_allclose(ours.net.params.flat, theirs.net.params.flat, rtol=1e-6)


# ---- a loss without accuracy


def regression(rng):
    return Network([Affine.init(16, 2, rng=rng)], last_layer=IdentityWithLoss())


def test_a_loss_that_has_no_accuracy_is_trained_without():
    x, _ = data()
    made = trainer(regression, SGD(0.05))
    history = made.fit((x, x[:, :2]), (x, x[:, :2]), epochs=60)
    assert history.train_accuracy == history.test_accuracy == []
    assert history.epochs == 60 and len(history.loss) == 180
    assert history.running_loss < 0.01 * history.loss[0]


# ---- workers as an object


class Recorder:
    """Does what `Workers` does, and writes down what it was asked for."""

    def __init__(self, net):
        self.net, self.calls = net, []

    def __enter__(self):
        self.calls.append("enter")
        return self

    def __exit__(self, *exception):
        self.calls.append("exit")

    def loss_and_gradient(self, x, t):
        self.calls.append("step")
        return self.net.loss_and_gradient(x, t)

    def accuracy(self, x, t):
        self.calls.append("accuracy")
        return self.net.accuracy(x, t)

    def generators(self):
        return [layer.rng for layer in self.net.walk() if layer.rng is not None]


def test_an_object_in_the_place_of_threads_does_all_the_passes(tmp_path):
    made, threads = trainer(convolutional), trainer(convolutional)
    made.workers = Recorder(made.net)
    made.fit(data(), data(), epochs=1, checkpoint=tmp_path / "c.npz")
    assert made.workers.calls == ["enter", *["step"] * 3, *["accuracy"] * 2, "exit"]
    threads.fit(data(), data(), epochs=1)
    assert result(made) == result(threads)


def test_workers_that_were_made_before_can_be_handed_over():
    ours, theirs = trainer(convolutional, workers=2), trainer(convolutional)
    theirs.workers = Workers(theirs.net, 2)
    for made in (ours, theirs):
        made.fit(data(), epochs=2)
    assert result(ours) == result(theirs)


# ---- divergence


class Losses:
    """A network whose losses are these, whatever is done to it."""

    def __init__(self, losses):
        self.losses, self.params = iter(losses), {"W": np.zeros(1)}

    def loss_and_gradient(self, x, t):
        return next(self.losses), {"W": np.zeros(1)}

    def accuracy(self, x, t):
        return 0.0


def fit_losses(losses):
    rows = np.zeros((len(losses) // 2, 1))
    made = Trainer(Losses(losses), SGD(), rng=0, batch_size=1, workers=1)
    return made.fit((rows, rows), epochs=2)


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e32])
def test_a_training_that_diverges_says_at_which_step_and_what_to_try(bad):
    message = (
        r"the loss of step 3 is (nan|inf|1e\+32), the learning rate 0.01, the largest gradient 0; "
        "try a smaller learning rate, clip_norm=1"
    )
    with pytest.warns(RuntimeWarning, match=message) as caught:
        history = fit_losses([2.0, 1.0, bad, bad, 1.0, bad])
    assert len(caught) == 1 and caught[0].filename == __file__
    assert history.diverged == 3 and history.epochs == 2 and len(history.loss) == 6


def test_divergence_is_told_at_its_step_not_after_the_epoch():
    told = []
    x, t = np.zeros((4, 1)), np.zeros(4)
    made = Trainer(Losses([2.0, math.nan, 1.0, 1.0]), SGD(), rng=0, batch_size=1, workers=1)
    with pytest.warns(RuntimeWarning, match="step 2") as caught:
        made.fit((x, t), epochs=1, on_step=lambda trainer, loss: told.append(len(caught)))
    assert told == [0, 1, 1, 1]


def test_the_rate_of_a_schedule_and_the_largest_gradient_are_told():
    rng = np.random.default_rng(0)
    x, t = rng.standard_normal((20, 3)), rng.integers(0, 2, 20)
    x[0, 0] = np.nan
    made = Trainer(
        MultiLayerNet(3, [4], 2, rng=rng), SGD(lambda step: 0.5 / step), rng=0, batch_size=20
    )
    with pytest.warns(
        RuntimeWarning, match="rate 0.5, the largest gradient nan; .*nan in the data"
    ):
        made.fit((x, t), epochs=1)


@pytest.mark.parametrize("step", [7, 9], ids=["loss of nan", "last update to nan"])
def test_the_checkpoint_of_the_last_good_epoch_stays(step, tmp_path):
    def break_it(trainer):
        if trainer.history.epochs == 2 and trainer.optimizer.steps == step:
            trainer.net.params["W1"][0, 0] = np.nan

    good = trainer()
    good.fit(data(), epochs=2)
    with np.errstate(invalid="ignore"):
        trainer().fit(
            data(),
            epochs=3,
            checkpoint=tmp_path / "c.npz",
            on_step=lambda trainer, loss: break_it(trainer),
        )
    resumed = trainer()
    resumed.fit(data(), epochs=2, checkpoint=tmp_path / "c.npz", resume=True)
    assert result(resumed) == result(good)


def test_a_loss_that_is_large_from_the_start_is_no_divergence():
    assert fit_losses([1e9, 1e8, 1e9, 1e10]).diverged is None


def test_whoever_expects_a_divergence_turns_the_warning_off_with_those_of_numpy():
    with np.errstate(invalid="ignore"):
        assert fit_losses([1.0, math.nan]).diverged == 2


# ---- the progress bar


def test_the_progress_bar_shows_the_running_loss(monkeypatch):
    import tqdm

    shown = []

    class Bar(tqdm.tqdm):
        def set_postfix_str(self, text="", refresh=True):
            shown.append(text)

    monkeypatch.setattr(tqdm, "tqdm", Bar)
    history = trainer().fit(data(), epochs=2, progress=True)
    means = [np.mean(history.loss[:1]), np.mean(history.loss[:2]), np.mean(history.loss[:3])]
    assert shown[:3] == [f"loss {mean:.4f}" for mean in means]
    assert len(shown) == 6


# ---- one seed, one result


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("make, rule", [(plain, SGD), (convolutional, Adam)])
def test_two_trainings_with_one_seed_are_equal_to_the_bit(make, rule, workers):
    results = []
    for seed in (0, 0, 1):
        made = trainer(make, rule(), seed, workers)
        made.fit(data(), data(9), epochs=2)
        results.append(result(made))
    assert results[0] == results[1]
    assert results[0]["numbers"] != results[2]["numbers"]


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
