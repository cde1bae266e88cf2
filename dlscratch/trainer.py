"""Training (sections 4.5 and 5.7.4): mini-batch, gradient, update, repeat.

An epoch is one pass through the training set in a new random order, including the last short batch.
After each epoch the accuracy on training and test data is measured and, on request, a checkpoint is
written (`dlscratch.checkpoint`). All random numbers of a run come from its rng: the same seed gives
the same result, to the bit.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from dlscratch import checkpoint as checkpoints
from dlscratch.arguments import expect_number, expect_rows, expect_whole
from dlscratch.data import Examples, batches
from dlscratch.history import History, diverges, running_mean
from dlscratch.initializers import Random, generator
from dlscratch.schedules import rate_at
from dlscratch.workers import Workers

__all__ = ["History", "Trainer", "batches"]

Augment: TypeAlias = Callable[[np.ndarray, np.random.Generator], np.ndarray]


class Trainer:
    """Trains a network with an optimizer.

    rng: for the order of the examples; a generator or a seed. batch_size: rows per step.
    workers: the number of threads that share each batch; None chooses it for the network and the
    machine (see `dlscratch.workers`). Or an object with loss_and_gradient, accuracy and generators
    like `Workers`, for a `with` statement, such as `dlscratch.mpi.MPIWorkers(net)`.
    augment: f(x, rng) -> x, applied to the inputs of each batch, such as
    `lambda x, rng: shift(x, 2, rng)`. clip_norm: longer gradients are scaled down to this norm.
    TypeError or ValueError for other arguments.

    >>> from dlscratch import SGD, MultiLayerNet
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((60, 2))
    >>> t = (x[:, 0] > 0).astype(int)
    >>> net = MultiLayerNet(2, [8], 2, rng=rng)
    >>> Trainer(net, SGD(0.5), rng=rng, batch_size=10).fit((x, t), epochs=5)
    History(5 epochs, 30 steps)
    """

    def __init__(
        self,
        net: Any,
        optimizer: Any,
        *,
        rng: Random = None,
        batch_size: int = 100,
        workers: Any = None,
        augment: Augment | None = None,
        clip_norm: float | None = None,
    ):
        if hasattr(net, "update") and hasattr(optimizer, "loss_and_gradient"):
            raise TypeError("Trainer(network, optimizer) expects the network first: swap the two")
        self.net = _expect_part("network", net, "loss_and_gradient")
        self.optimizer = _expect_part("optimizer", optimizer, "update")
        self.rng = generator(rng)
        self.batch_size = expect_whole("the batch size", batch_size, at_least=1)
        self.workers = _expect_workers(workers)
        self.augment = augment
        self.clip_norm = clip_norm
        if clip_norm is not None:
            expect_number("clip_norm", clip_norm, above=0)
        self.history = History()

    def fit(
        self,
        train: Examples,
        test: Examples | None = None,
        epochs: int = 20,
        *,
        evaluate: int | None = None,
        progress: bool = False,
        on_step: Callable[[Trainer, float], None] | None = None,
        on_epoch: Callable[[Trainer], None] | None = None,
        checkpoint: str | PathLike[str] | None = None,
        resume: bool = False,
    ) -> History:
        """Train for `epochs` epochs and return the history, one accuracy per epoch.

        train, test: (x, t). evaluate: measure the accuracy only on the first so many rows of each.
        progress: show a bar with the running loss, if the output is a terminal.
        on_step(trainer, loss): called after each update; on_epoch(trainer): after each epoch.
        checkpoint: a .npz file, written after each epoch and its on_epoch; with resume=True,
        training continues from it, if it exists, up to `epochs` epochs in total. Ctrl-C ends the
        training and keeps the history. If a loss is nan or a million times the first one, there is
        a RuntimeWarning, unless NumPy's are off: np.errstate(invalid="ignore"); after that no
        checkpoint is written, so that the file keeps the last good epoch.
        """
        train = _expect_examples("train", train)
        sets = [train] if test is None else [train, _expect_examples("test", test)]
        expect_whole("epochs", epochs, at_least=0)
        if evaluate is not None:
            expect_whole("evaluate", evaluate, at_least=1)
        if len(train[0]) == 0:
            raise ValueError("there is nothing to train on: the training set has no rows")
        if resume and checkpoint is None:
            raise ValueError("resume=True needs the file to go on from: checkpoint=path")
        self.history = History()
        self._has_diverged = False
        self.recipe = repr(self.optimizer)  # before on_epoch changes its lr
        own = hasattr(self.workers, "loss_and_gradient")
        with self.workers if own else Workers(self.net, self.workers) as self.workers_in_use:
            if checkpoint is not None and hasattr(self.workers_in_use, "agreed"):
                checkpoint = self.workers_in_use.agreed(checkpoint)  # one file for all MPI ranks
            saves = checkpoint is not None and getattr(self.workers_in_use, "rank", 0) == 0
            if resume and checkpoint is not None and Path(checkpoint).exists():
                checkpoints.resume(checkpoint, self)
            try:
                while self.history.epochs < epochs:
                    title = f"epoch {self.history.epochs + 1}/{epochs}" if progress else None
                    self._epoch(sets, evaluate, title, on_step)
                    if on_epoch is not None:
                        on_epoch(self)
                    if saves and checkpoint is not None and self._is_sound():
                        checkpoints.save(checkpoint, self)
            except KeyboardInterrupt:
                self.history.interrupted = True
        return self.history

    def _epoch(
        self,
        sets: list[Examples],
        evaluate: int | None,
        title: str | None,
        on_step: Callable[[Trainer, float], None] | None,
    ) -> None:
        start = time.perf_counter()
        losses: list[float] = []
        x, t = sets[0]
        steps = batches(x, t, self.batch_size, self.rng)
        for x_batch, t_batch in _bar(steps, math.ceil(len(x) / self.batch_size), title, losses):
            losses.append(self._step(x_batch, t_batch, losses))
            if on_step is not None:
                on_step(self, losses[-1])
        accuracies = [
            self.workers_in_use.accuracy(x[:evaluate], t[:evaluate])
            for x, t in (sets if self._has_accuracy() else [])
        ]
        history = self.history  # changed only here: after Ctrl-C it has whole epochs
        history.train_accuracy += accuracies[:1]
        history.test_accuracy += accuracies[1:]
        history.loss += losses
        history.seconds.append(time.perf_counter() - start)

    def _step(self, x: np.ndarray, t: np.ndarray, losses: list[float]) -> float:
        """Make one update and return its loss. losses: those of this epoch so far."""
        if self.augment is not None:
            x = self.augment(x, self.rng)
        loss, grads = self.workers_in_use.loss_and_gradient(x, t)
        clip = {} if self.clip_norm is None else {"clip_norm": self.clip_norm}
        first = [*self.history.loss[:1], *losses[:1], float(loss)][:1]
        if diverges(float(loss), first) and not self._has_diverged:
            self._has_diverged = True
            step = len(self.history.loss) + len(losses) + 1
            _warn_of_divergence(step, float(loss), self.optimizer, grads)
        self.optimizer.update(self.net.params, grads, **clip)
        return float(loss)

    def _is_sound(self) -> bool:
        """Whether training can continue from here: all losses and parameters are finite."""
        arrays = self.net.params.values()
        return self.history.diverged is None and all(np.all(np.isfinite(a)) for a in arrays)

    def _has_accuracy(self) -> bool:
        return getattr(getattr(self.net, "last_layer", None), "has_accuracy", True)

    def generators(self) -> list[np.random.Generator]:
        """All random generators of the run, while `fit` is running."""
        return [self.rng, *self.workers_in_use.generators()]


def _expect_part(what: str, part: Any, method: str) -> Any:
    """Return the network or the optimizer; TypeError, with a hint, if it cannot be one."""
    if isinstance(part, type):
        got, hint = f"the class {part.__name__}", f": write {part.__name__}(..)"
    elif not hasattr(part, method):
        got, hint = f"{part!r:.200}", f", which has no method {method}"
    else:
        return part
    raise TypeError(f"Trainer(network, optimizer) expects as {what} an object, got {got}{hint}")


def _expect_workers(workers: Any) -> Any:
    methods = "loss_and_gradient", "accuracy", "generators", "__enter__", "__exit__"
    missing = [name for name in methods if not hasattr(workers, name)]
    if workers is None or not missing:
        return workers
    if len(missing) < len(methods):
        raise TypeError(f"workers, as an object, lacks {', '.join(missing)}: see Trainer")
    return expect_whole("workers", workers, at_least=1)


def _expect_examples(name: str, pair: Examples) -> Examples:
    """(x, t) with lists as arrays; TypeError or ValueError unless each row of x has a label."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        kind = f"an array of shape {pair.shape}" if hasattr(pair, "shape") else repr(pair)[:200]
        hint = "write fit((x, t)), or fit((x, t), (x_test, t_test))"
        hint = f"write epochs={pair}" if isinstance(pair, int) else hint
        raise TypeError(f"fit expects {name} as one pair (x, t), got {kind}: {hint}")
    x, t = (np.array(part) if isinstance(part, list) else part for part in pair)
    if np.ndim(x) == 1 and np.ndim(t) > 1:
        raise ValueError(
            f"fit expects {name} as (x, t), inputs first, got arrays of shape {np.shape(x)} and "
            f"{np.shape(t)}: swap the two"
        )
    expect_rows(t, len(x))
    return x, t


def _warn_of_divergence(step: int, loss: float, optimizer: Any, grads: Any) -> None:
    if np.geterr()["invalid"] == "ignore":
        return
    rate = getattr(optimizer, "lr", None)
    rate = rate_at(rate, step) if callable(rate) else rate
    largest = max((float(np.max(np.abs(g))) for g in grads.values() if np.size(g)), default=0.0)
    warnings.warn(
        f"training has diverged: the loss of step {step} is {loss:.3g}, the learning rate {rate}, "
        f"the largest gradient {largest:.3g}; try a smaller learning rate, clip_norm=1, or smaller "
        "initial weights, and look for nan in the data; a checkpoint keeps the last good epoch",
        RuntimeWarning,
        stacklevel=5,  # at the call of fit
    )


def _bar(steps: Iterator[Any], total: int, title: str | None, losses: list[float]) -> Iterator[Any]:
    """The steps, with a progress bar; without one if title is None, or the output is a pipe."""
    if title is None:
        yield from steps
        return
    from tqdm import tqdm

    with tqdm(steps, title, total, leave=False, disable=None, unit="step") as bar:
        for step in bar:
            yield step
            bar.set_postfix_str(f"loss {running_mean(losses):.4f}", refresh=False)
