"""Common mistakes in a backward pass, recognised by running it again with one thing changed.

Another dout, other targets, transposed weights, y in place of x: if the gradient changes where it
should not, does not change where it should, or becomes right, that gives away the mistake. Each
experiment returns the likely cause, or "".
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from dlscratch.gradcheck.causes import likely
from dlscratch.gradcheck.diagnosis import Evidence, close
from dlscratch.gradcheck.subject import parts_of

if TYPE_CHECKING:
    from dlscratch.gradcheck.check import LayerCheck


def before_numbers(check: LayerCheck, key: str, gradient: np.ndarray) -> str:
    """The experiments that are tried first: they need no measured slopes."""
    return _first(
        lambda: _passes(check, key),
        lambda: _dout(check, key, gradient),
        lambda: _targets(check, key, gradient),
        lambda: _weights(check, key),
        lambda: _input_and_output(check, key),
    )


def after_numbers(check: LayerCheck, found: Evidence) -> str:
    """The experiments that are tried last, if the numbers show no known pattern."""
    return _first(lambda: _lost(check, found), lambda: _statistics(check, found))


def _first(*experiments: Callable[[], str]) -> str:
    for experiment in experiments:
        with contextlib.suppress(ValueError, TypeError, IndexError), np.errstate(all="ignore"):
            cause = experiment()  # a layer may raise with such arguments
            if cause:
                return cause
    return ""


def _passes(check: LayerCheck, key: str) -> str:
    """Backward twice after one forward, and in a layer that has seen no other batch."""
    probe = check.after_forward()
    once = check.gradient(key, probe)
    again = check.gradient(key, probe)
    if key != "x" and not close(again, once) and check.is_right(key, again - once):
        return likely("adds up", key=key)
    if check.is_right(key, check.gradient(key, check.after_forward(check.fresh)), check.fresh):
        return likely("stale")
    return "" if close(again, once) else likely("random backward", key=key)


def _dout(check: LayerCheck, key: str, gradient: np.ndarray) -> str:
    """A gradient is linear in dout: 0 for dout = 0, and a sum for a sum of two."""
    if np.any(check.gradient(key, dout=0 * check.dout)):
        same = close(check.gradient(key, dout=3 * check.dout), gradient)
        return likely("no dout" if same else "added", key=key)
    other = check.rng.standard_normal(np.shape(check.dout))
    apart = gradient + check.gradient(key, dout=other)
    if not close(check.gradient(key, dout=check.dout + other), apart):
        return likely("not linear", key=key)
    return ""


def _targets(check: LayerCheck, key: str, gradient: np.ndarray) -> str:
    """The gradient of a loss must depend on the targets."""
    if not check.t or not gradient.any():
        return ""
    (t,) = check.t
    others = np.roll(t, 1, axis=0)
    if np.array_equal(others, t):
        return ""
    same = close(check.gradient(key, check.after_forward(t=others)), gradient)
    return likely("no targets", key=key) if same else ""


def _weights(check: LayerCheck, key: str) -> str:
    """Whether backward would be right with its weights transposed or rotated."""
    for name, W in check.arrays.items():
        if name == "x":
            continue
        if W.ndim == 2 and W.shape == W.T.shape:
            if check.is_right(key, check.gradient(key, check.with_array(name, W.T))):
                return likely("needs transpose", name=name)
        if W.ndim == 4:
            rotated = W[:, :, ::-1, ::-1]
            if check.is_right(key, check.gradient(key, check.with_array(name, rotated))):
                return likely("needs rotation", name=name)
    return ""


def _input_and_output(check: LayerCheck, key: str) -> str:
    """Whether backward would be right with y where forward saved x, or vice versa."""
    x, y = check.x, check.output()
    if key != "x" or np.shape(y) != x.shape:
        return ""
    for cause, old, new in (("x for y", x, y), ("y for x", y, x)):
        probe = check.after_forward()
        for part in parts_of(probe):
            for name, value in vars(part).items():
                setattr(part, name, _exchanged(value, old, new))
        if check.is_right(key, check.gradient(key, probe)):
            return likely(cause)
    return ""


def _exchanged(value: Any, old: np.ndarray, new: np.ndarray) -> Any:
    if isinstance(value, tuple):
        return tuple(_exchanged(inner, old, new) for inner in value)
    return new if isinstance(value, np.ndarray) and np.array_equal(value, old) else value


def _lost(check: LayerCheck, found: Evidence) -> str:
    """Whether backward is right if dout is not 0 only at the last position, or at the first."""
    wrong = ~np.isclose(found.said, found.true, rtol=1e-4)
    entries = list(zip(*found.places, strict=True))
    several = [_several_places(check, found.key, entries[i]) for i in np.flatnonzero(wrong)[:5]]
    if np.ndim(check.dout) < 2 or not several or not all(several):
        return ""
    for place in (-1, 0):
        alone = np.zeros_like(check.dout)
        at = (place, slice(None), place, place) if alone.ndim == 4 else (place,) * (alone.ndim - 1)
        alone[at] = check.dout[at]
        with _with_dout(check, alone):
            gradient = check.gradient(found.key)
            if gradient.any() and check.is_right(found.key, gradient):
                return likely("lost", key=found.key)
    return ""


def _several_places(check: LayerCheck, key: str, entry: tuple[int, ...]) -> bool:
    """Whether the output depends on this entry at several positions: rows, words or pixels."""
    change = np.zeros(check.arrays[key].shape)
    change[entry] = 1e-5
    moved = check.change_of_output(key, change) != 0
    return int(np.sum(moved.any(axis=1 if moved.ndim == 4 else -1))) > 1


@contextlib.contextmanager
def _with_dout(check: LayerCheck, dout: np.ndarray) -> Iterator[None]:
    used, check.dout = check.dout, dout
    try:
        yield
    finally:
        check.dout = used


def _statistics(check: LayerCheck, found: Evidence) -> str:
    """Normalization: shifting or scaling the input does not change the output."""
    x = check.x
    if found.key != "x" or x.ndim < 2:
        return ""
    for axes in ((0, *range(2, x.ndim)), tuple(range(1, x.ndim))):  # of the batch, of an example
        mean = x.mean(axis=axes, keepdims=True)
        shift, stretch = np.ones_like(x), x - mean
        scale = check.rng.standard_normal(mean.shape)
        size = np.max(np.abs(found.gradient))
        if all(_flat(check, scale * change, 1e-3 * size) for change in (shift, stretch)):
            # so the slope along a shift is 0, if backward takes the mean into account; along a
            # stretch it is 0, if backward takes the variance into account
            said = [np.max(np.abs(np.sum(found.gradient * d, axes))) for d in (shift, stretch)]
            seen = tuple(value > 0.01 * size for value in said)
            causes = {(True, True): "constants", (True, False): "mean", (False, True): "variance"}
            return likely(causes[seen]) if seen in causes else ""
    return ""


def _flat(check: LayerCheck, change: np.ndarray, least: float) -> bool:
    """Whether the output stays the same along this change of x."""
    change = change / np.linalg.norm(change)
    return abs(check.difference("x", 1e-4 * change) / 2e-4) < least
