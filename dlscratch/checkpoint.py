"""Stop a training and continue later, with the same result to the bit.

A checkpoint contains everything that the rest of a run depends on: the parameters and buffers of
the network, the state of the optimizer, the history, and the state of every random generator. It
also contains the settings of the run (optimizer, batch size, ..): with other settings, training
would silently give another result, so they are refused. The whole file is checked before anything
is changed. `Trainer.fit(checkpoint=path, resume=True)` calls `save` and `resume`.
"""

from __future__ import annotations

import copy
import json
import reprlib
from os import PathLike
from typing import Any

import numpy as np

from dlscratch.arguments import expect_number, expect_whole
from dlscratch.history import History
from dlscratch.optimizers import Optimizer
from dlscratch.storage.files import DataError, atomic_write
from dlscratch.storage.npz import open_arrays, write_arrays

VERSION = 2  # 1 had no batch size, weight decay, clip_norm and augment, and was written too early

MAX_STEPS = 2**53  # beyond that, Adam's powers of steps overflow

Path = str | PathLike[str]
QUOTE = reprlib.Repr()  # values of a malicious file may be nested too deeply for repr
QUOTE.maxstring = QUOTE.maxother = 300


def save(path: Path, trainer: Any) -> None:
    """Write the checkpoint of a trainer between two epochs; on failure, an old file remains."""
    optimizer = trainer.optimizer
    facts = {
        **_settings(trainer),
        "optimizer": trainer.recipe,
        "optimizer now": repr(optimizer),  # on_epoch may have replaced the learning rate
        "lr": None if callable(optimizer.lr) else optimizer.lr,
        "steps": optimizer.steps,
        "history": vars(trainer.history),
        "ranks": _ranks(trainer),
        "states": [rng.bit_generator.state for rng in trainer.generators()],
    }
    text = json.dumps(facts, default=lambda value: value.tolist())  # NumPy's arrays and numbers
    with atomic_write(path) as file:
        write_arrays(file, {**_arrays(trainer, optimizer), "facts": text})


def resume(path: Path, trainer: Any) -> None:
    """Restore a trainer from a file of `save`; if it does not fit, DataError, and no change."""
    with open_arrays(path) as file:
        facts = _facts(file.text("facts"))
        _expect_settings(path, facts, trainer)
        try:
            recipe = facts["optimizer"]
            optimizer = _optimizer_at(facts, trainer)
            history = _history(facts["history"])
            generators = trainer.generators()
            pairs = zip(generators, facts["states"], strict=True)
            states = [generator_state(rng, state) for rng, state in pairs]
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise DataError(f"{path} is damaged ({error!r:.200}): start anew") from error
        arrays = _arrays(trainer, optimizer)
        found = file.numbers(arrays, _positive(trainer, optimizer))
    for name, array in arrays.items():  # from here on, nothing can be refused
        array[...] = np.asarray(found[name], like=array)
    if facts.get("ranks", 1) != _ranks(trainer):
        print(
            f"{path} was written by {facts.get('ranks', 1)!r:.20} ranks, now there are "
            f"{_ranks(trainer)}: sums are rounded differently, so the run ends near the same "
            "numbers, not at them"
        )
    vars(trainer.optimizer).update(vars(optimizer))
    trainer.recipe = recipe
    trainer.history = history
    for rng, state in zip(generators, states):
        rng.bit_generator.state = state


def _settings(trainer: Any) -> dict[str, Any]:
    """The settings that must be the same to continue; the optimizer is compared separately."""
    return {
        "version": VERSION,
        "generators": [rng.bit_generator.state["bit_generator"] for rng in trainer.generators()],
        "batch_size": trainer.batch_size,
        "weight_decay": getattr(trainer.net, "weight_decay", 0.0),
        "clip_norm": trainer.clip_norm,
        "augment": trainer.augment is not None,
    }


def _ranks(trainer: Any) -> int:
    """The number of processes that share each batch (`dlscratch.mpi`)."""
    return getattr(trainer.workers_in_use, "size", 1)


def _arrays(trainer: Any, optimizer: Optimizer) -> dict[str, np.ndarray]:
    """Every array that training changes, by its name in a checkpoint."""
    net = {**trainer.net.params, **getattr(trainer.net, "buffers", {})}
    return {
        **{f"net/{name}": array for name, array in net.items()},
        **{
            f"optimizer/{name}/{i}": array
            for name, arrays in optimizer.state.items()
            for i, array in enumerate(arrays)
        },
    }


def _positive(trainer: Any, optimizer: Optimizer) -> list[str]:
    """The names of the arrays that must not be negative."""
    buffers = trainer.net.positive_buffers() if hasattr(trainer.net, "positive_buffers") else []
    state = [
        f"optimizer/{name}/{i}"
        for name in optimizer.state
        for i, what in enumerate(optimizer.state_names)
        if what in optimizer.positive_names
    ]
    return [f"net/{name}" for name in buffers] + state


def _facts(text: str | None) -> dict[str, Any]:
    try:
        return dict(json.loads(text or ""))
    except (TypeError, ValueError, RecursionError, MemoryError):
        return {}  # not a checkpoint: it has no version


def _expect_settings(path: Path, facts: dict[str, Any], trainer: Any) -> None:
    """DataError that names the first setting that differs, if any."""
    expected = {**_settings(trainer), "optimizer": repr(trainer.optimizer)}
    if facts.get("optimizer now") == expected["optimizer"]:
        expected["optimizer"] = facts.get("optimizer")  # on_epoch has already changed it
    for name, value in expected.items():
        if facts.get(name) != value:
            hint = "go on with the settings that it was begun with, or start anew"
            if facts.get("version") == 1:
                hint = "version 1, of an earlier dlscratch, lacks settings that matter: start anew"
            raise DataError(
                f"{path} is not a checkpoint of this training: "
                f"expected {name} {value!r}, got {QUOTE.repr(facts.get(name))}; {hint}"
            )


def _optimizer_at(facts: dict[str, Any], trainer: Any) -> Optimizer:
    """A copy of the trainer's optimizer with the step and lr of a checkpoint, its state zeros."""
    optimizer: Optimizer = copy.copy(trainer.optimizer)
    if repr(optimizer) != facts["optimizer now"] and facts["lr"] is not None:
        optimizer.lr = expect_number("lr", facts["lr"], at_least=0)
    if repr(optimizer) != facts["optimizer now"]:
        raise ValueError(f"only a number lr may change in a run, not to {facts['optimizer now']!r}")
    optimizer.steps = expect_whole("steps", facts["steps"], at_least=0)
    expect_number("steps", optimizer.steps, at_most=MAX_STEPS)
    optimizer.state = {}
    optimizer.init_state(trainer.net.params)  # to be filled from the file
    return optimizer


def _history(found: dict[str, Any]) -> History:
    names = "loss", "train_accuracy", "test_accuracy", "seconds"
    loss, train, test, seconds = ([float(number) for number in found[name]] for name in names)
    return History(loss, train, test, seconds)


def generator_state(rng: np.random.Generator, state: dict[str, Any]) -> dict[str, Any]:
    """Return the state; an error unless it is a valid state of such a generator."""
    copy.deepcopy(rng.bit_generator).state = state
    # NumPy does not check these, and would read beyond the end of its arrays
    expect_number("pos", dict(state["state"]).get("pos", 0), at_least=0, at_most=624)
    expect_number("buffer_pos", state.get("buffer_pos", 0), at_least=0, at_most=4)
    return state
