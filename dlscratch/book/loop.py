"""A training loop whose body the script writes, with progress, checkpoints and --resume.

`Trainer` feeds (x, t) to one network. Two networks that train each other, or an agent that
generates its own examples, need another loop: `for step in loop:`. It shows the losses while it
runs, saves checkpoints, and continues with --resume: the result is identical to the bit, provided
that the loop was given everything that a step depends on.
"""

from __future__ import annotations

import json
import math
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dlscratch.arguments import expect_number, expect_whole
from dlscratch.checkpoint import generator_state
from dlscratch.history import running_mean
from dlscratch.initializers import Random, generator
from dlscratch.network import Network
from dlscratch.optimizers import Optimizer
from dlscratch.storage.files import DataError, atomic_write
from dlscratch.storage.npz import open_arrays, write_arrays

LINES = 10  # the number of progress lines, and of checkpoints, in a run


def resume_option(parser: Any) -> None:
    """Add --resume to the options of a script that trains in a `Loop`."""
    parser.add_argument(
        "--resume", action="store_true", help="continue where Ctrl-C stopped the same command"
    )


class Loop:
    """The steps 1 .. steps of a training; iterate over it once.

    args: the script's arguments, of which out, seed and resume are used. name: of this training
    within the script. parts: name -> (network, optimizer), or (network, None) for a network without
    gradient steps. rng: the generator that the loop's body uses, or a seed for one: `loop.rng`.
    arrays: all other arrays that change during training, by name. settings: what must be the same
    to continue, such as the batch size.
    `history` holds all recorded numbers, name -> list. DataError if a checkpoint is damaged, or
    belongs to another training.

    >>> import tempfile, types
    >>> from dlscratch import SGD, Affine
    >>> net, rng = Network([Affine.init(3, 2, rng=0)]), np.random.default_rng(0)
    >>> args = types.SimpleNamespace(out=Path(tempfile.mkdtemp()), seed=0, resume=False)
    >>> loop = Loop(args, "example", steps=2, parts={"net": (net, SGD(0.1))}, rng=rng)
    >>> for step in loop:
    ...     loss, grads = net.loss_and_gradient(rng.random((4, 3)), np.array([0, 1, 1, 0]))
    ...     loop.update("net")
    ...     loop.record(loss=loss)
    example, step 1/2: loss 0... (0 s)
    example, step 2/2: loss 0... (0 s)
    >>> [len(numbers) for numbers in loop.history.values()]
    [2]
    """

    def __init__(
        self,
        args: Any,
        name: str,
        *,
        steps: int,
        parts: Mapping[str, tuple[Network, Optimizer | None]],
        rng: Random,
        arrays: Mapping[str, np.ndarray] | None = None,
        settings: Mapping[str, Any] | None = None,
    ):
        self.name, self.steps, self.parts, self.rng = name, steps, dict(parts), generator(rng)
        self.arrays = dict(arrays or {})
        self.settings = dict(settings or {})
        self.path = Path(args.out) / f"{name.replace(' ', '-')}-seed{args.seed}.resume.npz"
        self.resume = args.resume
        self.history: dict[str, list[float]] = {}
        self.done = 0  # finished steps
        self.saved = 0  # steps at the last checkpoint
        self.diverged = False  # whether nan or infinity was recorded
        self.seconds = 0.0  # of this run and those that it continues

    def __iter__(self) -> Iterator[int]:
        from tqdm import tqdm

        if self.resume and self.path.exists():
            self._restore()
        elif self.resume:
            print(f"--resume: there is no {self.path} to go on from, so this is a new run")
        every = math.ceil(self.steps / LINES)
        start = time.perf_counter() - self.seconds
        with tqdm(total=self.steps, initial=self.done, leave=False, disable=None) as bar:
            bar.set_description(self.name)
            while self.done < self.steps:
                try:
                    yield self.done + 1
                except GeneratorExit:  # the loop's body was left, for instance by Ctrl-C
                    self._farewell()
                    raise
                self.done += 1
                self.seconds = time.perf_counter() - start
                bar.update()
                if self.done % 10 == 0:
                    bar.set_postfix_str(self._losses(), refresh=False)
                if self.done % every == 0 or self.done == self.steps:
                    self._save()
                    progress = f"{self.name}, step {self.done}/{self.steps}"
                    tqdm.write(f"{progress}: {self._losses()} ({self.seconds:.0f} s)")

    def update(self, name: str, clip_norm: float | None = None) -> None:
        """Let its optimizer update the weights of a part, by the gradients of its last backward."""
        net, optimizer = self.parts[name]
        assert optimizer is not None, f"{name} has no optimizer"
        optimizer.update(net.params, net.grads, clip_norm=clip_norm)

    def record(self, **numbers: float) -> None:
        """Append numbers to the history; the progress line shows the mean of the last hundred.

        The first one that is nan or infinite causes a RuntimeWarning; after that no checkpoint is
        written, so that the last good one remains.
        """
        for name, number in numbers.items():
            self.history.setdefault(name, []).append(float(number))
            if not math.isfinite(number) and not self.diverged:
                self.diverged = True
                warnings.warn(
                    f"training has diverged: {name} of step {self.done + 1} of {self.name} is "
                    f"{number}; try a smaller learning rate or clip_norm; the checkpoint stays at "
                    f"step {self.saved}",
                    RuntimeWarning,
                    stacklevel=2,
                )

    def _losses(self) -> str:
        return ", ".join(
            f"{name.replace('_', ' ')} {running_mean(numbers):.4f}"
            for name, numbers in self.history.items()
        )

    def _farewell(self) -> None:
        if self.saved:
            hint = f"--resume goes on from step {self.saved}, in {self.path}"
        else:
            hint = "too early for a checkpoint"
        print(f"\n{self.name}: stopped after step {self.done}; {hint}", flush=True)

    # ---- checkpoint

    def _generators(self) -> list[np.random.Generator]:
        layers = [layer for net, _ in self.parts.values() for layer in net.walk()]
        return [self.rng, *(layer.rng for layer in layers if layer.rng is not None)]

    def _changing(self) -> dict[str, np.ndarray]:
        """Every array that training changes, by its name in a checkpoint."""
        found = {f"arrays/{name}": array for name, array in self.arrays.items()}
        for part, (net, optimizer) in self.parts.items():
            for name, array in {**net.params, **net.buffers}.items():
                found[f"{part}/{name}"] = array
            if optimizer is not None:
                optimizer.init_state(net.params)
                for name, state in optimizer.state.items():
                    for what, array in zip(optimizer.state_names, state):
                        found[f"{part}/optimizer/{name}/{what}"] = array
        return found

    def _facts(self) -> dict[str, Any]:
        """What must be the same to continue, as it would be read from JSON."""
        optimizers = {part: repr(optimizer) for part, (_, optimizer) in self.parts.items()}
        facts = {**self.settings, "steps": self.steps, "optimizers": optimizers}
        return dict(json.loads(json.dumps(facts, default=str)))

    def _save(self) -> None:
        if self.diverged or not all(np.all(np.isfinite(a)) for a in self._changing().values()):
            return  # training could not continue from that
        self.saved = self.done
        state = {
            "settings": self._facts(),
            "done": self.done,
            "seconds": self.seconds,
            "history": self.history,
            "optimizer steps": [opt.steps for _, opt in self.parts.values() if opt is not None],
            "generators": [rng.bit_generator.state for rng in self._generators()],
        }
        text = json.dumps(state, default=lambda value: value.tolist())
        with atomic_write(self.path) as file:
            write_arrays(file, {**self._changing(), "state": text})

    def _restore(self) -> None:
        """Restore what `_save` wrote; DataError, and nothing is changed, if it does not fit."""
        generators, arrays = self._generators(), self._changing()
        with open_arrays(self.path) as file:
            try:
                state = json.loads(file.text("state") or "")
                settings = dict(state["settings"])
                done = expect_whole("done", state["done"], at_least=0)
                expect_number("done", done, at_most=self.steps)
                history = {
                    str(name): [float(number) for number in numbers]
                    for name, numbers in state["history"].items()
                }
                steps = [expect_whole("a step", k, at_least=0) for k in state["optimizer steps"]]
                pairs = zip(generators, state["generators"], strict=True)
                states = [generator_state(rng, found) for rng, found in pairs]
                seconds = expect_number("seconds", state["seconds"], at_least=0, below=1e9)
            except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
                raise DataError(f"{self.path} is damaged ({error!r:.200}): start anew") from error
            for name, expected in self._facts().items():
                if settings.get(name) != expected:
                    raise DataError(
                        f"{self.path} is not a checkpoint of this training: expected {name} "
                        f"{expected!r}, got {settings.get(name)!r:.200}; go on with the settings "
                        "that it was begun with, or start anew"
                    )
            found = file.numbers(arrays)
        for name, array in arrays.items():  # from here on, nothing can be refused
            array[...] = found[name]
        optimizers = [opt for _, opt in self.parts.values() if opt is not None]
        for optimizer, count in zip(optimizers, steps):
            optimizer.steps = count
        for rng, rng_state in zip(generators, states):
            rng.bit_generator.state = rng_state
        self.history, self.done, self.saved, self.seconds = history, done, done, seconds
