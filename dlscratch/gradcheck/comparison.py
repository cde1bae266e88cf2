"""Backward's gradients compared with measured ones: along a random direction, then by entry.

A `Comparison` has arrays by name, their gradients by backward, and a way to measure how L changes
when one of them changes. The worst entry of all is reported, with the likely cause of its error.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from dlscratch.gradcheck import diagnosis

STEPS = (1e-5, 1e-6)  # a kink (ReLU at 0) may spoil one step; a wrong gradient fails at both
ENTRIES = 20  # single entries of each array that are measured

Gradients: TypeAlias = dict[str, Any]  # arrays by name, or what a wrong backward set instead
Row: TypeAlias = tuple[str, tuple[int, ...] | None, float, float]  # key, index, said, measured


@dataclass(frozen=True)
class GradientCheck:
    """The result of `check_gradients`: true if the gradients are right; its repr says where not."""

    ok: bool
    subject: str
    array: str = ""  # the worst array: "x", "W", ..
    layer: str = ""  # the layer that this array belongs to, if there are several
    index: tuple[int, ...] | None = None  # its worst entry; None: the slope along a direction
    analytic: float = 0.0  # what backward says there
    numeric: float = 0.0  # what was measured there
    error: float = 0.0  # |analytic - numeric|, relative to the larger one
    hint: str = ""

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        if not self.array:
            return f"WRONG: {self.subject}. {self.hint}"
        place = " along a random direction" if self.index is None else f"{list(self.index)}"
        place += f" of {self.layer}" if self.layer else ""
        return (
            f"{'right' if self.ok else 'WRONG'}: {self.subject}, worst at d{self.array}{place}: "
            f"backward says {self.analytic:.9g}, measured {self.numeric:.9g} "
            f"(relative error {self.error:.1e}). {self.hint}"
        ).strip()


class CheckFailed(Exception):
    """There are no numbers to compare; the message says why, and what to do."""


class Comparison(ABC):
    """A subject, its arrays by name, and their gradients: analytic and measured."""

    x: np.ndarray  # the input batch
    arrays: dict[str, np.ndarray]  # L is differentiated with respect to these
    rng: np.random.Generator

    def verdict(self, name: str, rng: np.random.Generator, tolerance: float) -> GradientCheck:
        """Compare all gradients; CheckFailed if there are none, or their shapes are wrong."""
        self.rng = rng
        analytic = self.analytic(rng)
        for key, array in self.arrays.items():
            fault = diagnosis.of_shape(key, analytic[key], array, len(self.x))
            if fault:
                raise CheckFailed(fault)
        rows = [row for key in analytic for row in self._compare(key, analytic[key], rng)]
        if not rows:
            raise CheckFailed("There is nothing to check: it has no parameters.")
        # A slope of 0 is measured as noise, so errors are also relative to the largest slope.
        largest = max(abs(value) for *_, a, n in rows for value in (a, n))
        if largest == 0:
            raise CheckFailed(
                "Every gradient is 0 here, which proves nothing: choose another input."
            )
        errors = [abs(a - n) / max(abs(a), abs(n), 1e-3 * largest) for *_, a, n in rows]
        errors = [math.inf if math.isnan(error) else error for error in errors]
        ok = max(errors) <= tolerance

        def severity(i: int) -> tuple[bool, float]:
            # among the wrong ones, prefer single entries: their index helps to find the error
            return errors[i] > tolerance and rows[i][1] is not None, errors[i]

        worst = max(range(len(rows)), key=severity)
        hint = "" if ok else self._cause(rows[worst][0], analytic)
        key, index, a, n = rows[worst]
        return GradientCheck(ok, name, key, self.owner(key), index, a, n, errors[worst], hint)

    def owner(self, key: str) -> str:
        """The layer inside that an array belongs to; "" if it is the subject itself."""
        return ""

    @abstractmethod
    def analytic(self, rng: np.random.Generator) -> Gradients:
        """The gradients by backward, by name."""

    @abstractmethod
    def difference(self, key: str, change: np.ndarray) -> float:
        """L with the array `key` moved by +change, minus L with it moved by -change."""

    def _compare(self, key: str, analytic: np.ndarray, rng: np.random.Generator) -> list[Row]:
        """(key, index, analytic, numeric): along a direction, then for single entries."""
        direction = rng.standard_normal(analytic.shape)
        direction /= np.linalg.norm(direction)
        rows: list[Row] = [(key, None, *self._pair(key, direction, analytic))]
        entries = rng.permutation(analytic.size)[:ENTRIES]
        for entry in entries:
            index = tuple(int(i) for i in np.unravel_index(entry, analytic.shape))
            rows.append((key, index, *self._pair(key, unit(analytic.shape, index), analytic)))
        return rows

    def _pair(self, key: str, direction: np.ndarray, analytic: np.ndarray) -> tuple[float, float]:
        said = float(np.sum(analytic * direction))
        measured = [self.difference(key, h * direction) / (2 * h) for h in STEPS]
        return said, min(measured, key=lambda slope: abs(slope - said))

    def _cause(self, key: str, analytic: Gradients) -> str:
        return diagnosis.of_numbers(self.evidence(key, analytic[key]))

    def evidence(self, key: str, gradient: np.ndarray) -> diagnosis.Evidence:
        """The wrong gradient, with the slopes measured at up to 200 of its entries."""
        shape = self.arrays[key].shape
        places = np.unravel_index(self.rng.permutation(self.arrays[key].size)[:200], shape)
        h = STEPS[0]
        slopes = [
            self.difference(key, h * unit(shape, tuple(index))) / (2 * h)
            for index in zip(*places, strict=True)
        ]
        return diagnosis.Evidence(key, gradient, places, np.array(slopes), len(self.x))


def unit(shape: tuple[int, ...], index: tuple[int, ...]) -> np.ndarray:
    """The direction along one entry: 1 at the index, 0 elsewhere."""
    direction = np.zeros(shape)
    direction[index] = 1.0
    return direction
