"""Checks of arguments: each returns the value, or raises an error that says what is allowed.

A wrong number is easiest to find where it is passed in: otherwise 2.5 epochs or a learning rate of
-1 would train silently.
"""

import math
from numbers import Integral, Real
from typing import Any

import numpy as np

from dlscratch.devices import place_of


def expect_whole(name: str, value: int, at_least: int) -> int:
    """Return value as an int; ValueError unless it is a whole number, at_least or more.

    >>> expect_whole("epochs", 3, at_least=0)
    3
    """
    if not isinstance(value, Integral) or value < at_least:
        raise ValueError(f"{name} must be a whole number, {at_least} or more, got {value!r}")
    return int(value)


def expect_sizes(**sizes: int) -> None:
    """ValueError unless each is a whole number of 1 or more.

    >>> expect_sizes(n_in=28 * 28 / 4)
    Traceback (most recent call last):
    ValueError: n_in must be a whole number, 1 or more, got 196.0
    """
    for name, value in sizes.items():
        expect_whole(name, value, at_least=1)


def expect_number(
    name: str,
    value: float,
    *,
    above: float = -math.inf,
    at_least: float = -math.inf,
    below: float = math.inf,
    at_most: float = math.inf,
) -> float:
    """Return value; ValueError unless it is a finite number within the bounds.

    >>> expect_number("clip_norm", 0, above=0)
    Traceback (most recent call last):
    ValueError: clip_norm must be a number above 0, got 0
    """
    fits = isinstance(value, Real) and math.isfinite(value)
    if not fits or not (above < value < below and at_least <= value <= at_most):
        bounds = {"above": above, "at least": at_least, "below": below, "at most": at_most}
        words = " and ".join(f"{k} {v:g}" for k, v in bounds.items() if math.isfinite(v))
        raise ValueError(f"{name} must be a number {words}, got {value!r}")
    return value


def expect_rows(t: Any, n: int) -> Any:
    """Return t; ValueError unless it has n rows."""
    if np.ndim(t) == 0:
        raise ValueError(f"expected labels for {n} examples, got the single value {t!r:.200}")
    if len(t) != n:
        raise ValueError(f"expected a label for each example, got {len(t)} for {n} examples")
    return t


def expect_unmasked(name: str, values: Any, place: Any = None) -> np.ndarray:
    """Lists or arrays as an array; ValueError for a masked array, which would lose its mask.

    place: an array on the device to copy them to (`dlscratch.devices`), by default their own.

    >>> expect_unmasked("t", [1, 0])
    array([1, 0])
    """
    if np.ma.is_masked(values):
        raise ValueError(
            f"{name} is a masked array, {np.ma.getmaskarray(values).sum()} numbers of it hidden: "
            f"use {name}.filled(0), or leave their rows out"
        )
    return np.asarray(values, like=place_of(values) if place is None else place)
