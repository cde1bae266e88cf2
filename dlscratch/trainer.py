"""Training (sections 4.5 and 5.7.4): mini-batch, gradient, update, and again.

An epoch is one walk through the training set in a fresh random order, the last short batch
included. After each one the accuracy on training and test data is measured, and, if asked for,
everything that the rest of the run depends on is written to a checkpoint: a run that is stopped
and resumed ends at the same numbers, to the bit, as one that never stopped.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dlscratch.network import expect_rows
from dlscratch.storage.files import DataError, atomic_write
from dlscratch.storage.npz import copy_into, read_arrays, write_arrays
from dlscratch.workers import Workers

CHECKPOINT_VERSION = 1


def batches(x, t, size: int, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """All rows once, in random order, `size` at a time; the last batch may be shorter.

    >>> rng = np.random.default_rng(0)
    >>> [len(part) for part, _ in batches(np.zeros((7, 2)), np.zeros(7), 3, rng)]
    [3, 3, 1]
    """
    _expect_size(size)
    order = rng.permutation(len(x))
    for i in range(0, len(x), size):
        rows = order[i : i + size]
        yield x[rows], t[rows]


@dataclass
class History:
    """What a training leaves behind: the loss of each step; accuracies, seconds of each epoch."""

    loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    interrupted: bool = False  # by Ctrl-C; the epochs that were finished are all here

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return len(self.seconds)

    def plot(self):
        """The loss of each step and the accuracies of each epoch, as a Matplotlib `Figure`."""
        from dlscratch import figures

        return figures.history(self)

    def __repr__(self) -> str:
        last = f", test accuracy {self.test_accuracy[-1]:.4f}" if self.test_accuracy else ""
        return f"History({self.epochs} epochs, {len(self.loss)} steps{last})"


class Trainer:
    """Trains a network with an optimizer.

    rng: draws the order of the examples. batch_size: rows a step. workers: threads that share each
    batch; None chooses from the network and the machine (see `dlscratch.workers`).

    >>> from dlscratch import SGD, MultiLayerNet
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((60, 2))
    >>> t = (x[:, 0] > 0).astype(int)
    >>> net = MultiLayerNet(2, [8], 2, rng=rng)
    >>> Trainer(net, SGD(0.5), rng=rng, batch_size=10).fit((x, t), epochs=5)
    History(5 epochs, 30 steps)
    """

    def __init__(
        self, net, optimizer, *, rng=None, batch_size: int = 100, workers: int | None = None
    ):
        _expect_size(batch_size)
        self.net = net
        self.optimizer = optimizer
        self.rng = np.random.default_rng() if rng is None else rng
        self.batch_size = batch_size
        self.workers = workers
        self.history = History()

    def fit(
        self,
        train: tuple[np.ndarray, np.ndarray],
        test: tuple[np.ndarray, np.ndarray] | None = None,
        epochs: int = 20,
        *,
        evaluate: int | None = None,
        progress: bool = False,
        on_epoch: Callable[["Trainer"], None] | None = None,
        checkpoint: str | Path | None = None,
        resume: bool = False,
    ) -> History:
        """Train for `epochs` epochs and return the history, one accuracy per epoch.

        train, test: (x, t). evaluate: measure on the first so many rows of each only.
        progress: a bar, where the output is a terminal. on_epoch(trainer): called after each epoch.
        checkpoint: a .npz file, written after each epoch; with resume=True training goes on from
        it, if it is there, until `epochs` in all. Ctrl-C ends the training and keeps the history.
        """
        for x, t in (train, test or train):
            expect_rows(t, len(x))
        if len(train[0]) == 0:
            raise ValueError("there is nothing to train on: the training set has no rows")
        if resume and checkpoint is None:
            raise ValueError("resume=True needs the file to go on from: checkpoint=path")
        self.history = History()
        with Workers(self.net, self.workers) as workers:
            self.workers_in_use = workers
            if resume and checkpoint is not None and Path(checkpoint).exists():
                self._resume(checkpoint)
            try:
                while self.history.epochs < epochs:
                    title = f"epoch {self.history.epochs + 1}/{epochs}" if progress else None
                    self._epoch(train, test, evaluate, title)
                    if checkpoint is not None:
                        self._save(checkpoint)
                    if on_epoch is not None:
                        on_epoch(self)
            except KeyboardInterrupt:
                self.history.interrupted = True
        return self.history

    def _epoch(self, train, test, evaluate, title):
        start = time.perf_counter()
        losses = []
        x, t = train
        steps = batches(x, t, self.batch_size, self.rng)
        for x_batch, t_batch in _bar(steps, -(-len(x) // self.batch_size), title):
            loss, grads = self.workers_in_use.loss_and_gradient(x_batch, t_batch)
            self.optimizer.update(self.net.params, grads)
            losses.append(loss)
        accuracies = [
            self.workers_in_use.accuracy(x[:evaluate], t[:evaluate])
            for x, t in ([train] if test is None else [train, test])
        ]
        history = self.history  # written to only now: Ctrl-C leaves whole epochs
        history.train_accuracy += accuracies[:1]
        history.test_accuracy += accuracies[1:]
        history.loss += losses
        history.seconds.append(time.perf_counter() - start)

    # ---- checkpoints

    def _arrays(self):
        """Every array that training changes, by the name it has in a checkpoint."""
        net = {f"net/{k}": v for k, v in {**self.net.params, **self.net.buffers}.items()}
        memory = {
            f"optimizer/{name}/{i}": array
            for name, arrays in self.optimizer.state.items()
            for i, array in enumerate(arrays)
        }
        return {**net, **memory}

    def _generators(self):
        return [self.rng, *self.workers_in_use.generators()]

    def _save(self, path):
        facts = {
            "version": CHECKPOINT_VERSION,
            "optimizer": repr(self.optimizer),
            "steps": self.optimizer.steps,
            "history": vars(self.history),
            "generators": _states(self._generators()),
        }
        text = json.dumps(facts, default=np.ndarray.tolist)
        with atomic_write(path) as file:
            write_arrays(file, {**self._arrays(), "facts": text})

    def _resume(self, path):
        arrays = read_arrays(path)
        try:
            facts = dict(json.loads(str(arrays.pop("facts"))))
        except (KeyError, TypeError, ValueError):
            facts = {}  # not a checkpoint: refused below
        generators = self._generators()
        for what, found, expected in [
            ("version", facts.get("version"), CHECKPOINT_VERSION),
            ("optimizer", facts.get("optimizer"), repr(self.optimizer)),
            ("generators", _kinds(facts.get("generators", [])), _kinds(_states(generators))),
        ]:
            if found != expected:
                raise DataError(
                    f"{path} is not a checkpoint of this training: expected {what} {expected}, "
                    f"got {found}; use the same network, optimizer and workers, or start anew"
                )
        # the optimizer's memory is made at its first step: make it now, so that it can be filled
        self.optimizer.init_state(self.net.params)
        copy_into(self._arrays(), arrays, path)
        self.optimizer.steps = facts["steps"]
        self.history = History(**facts["history"])
        self.history.interrupted = False
        for rng, state in zip(generators, facts["generators"], strict=True):
            rng.bit_generator.state = state


def _expect_size(size):
    if size < 1:
        raise ValueError(f"the batch size must be 1 or more, got {size}")


def _states(generators):
    return [rng.bit_generator.state for rng in generators]


def _kinds(states):
    return [state["bit_generator"] for state in states]


def _bar(steps, total, title):
    """The steps behind a progress bar; None for a title means none, and so does a pipe."""
    if title is None:
        return steps
    from tqdm import tqdm

    return tqdm(steps, title, total, leave=False, disable=None, unit="step")
