"""The race of four optimizers through a valley (section 6.1.7).

f(x, y) = x^2 / 20 + y^2 is steep across (y) and almost flat along (x). The optimizers are the
library's own, and all start at one point. A race is short: the page gets all of it at once, and
shows it step by step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlscratch.arguments import expect_number
from dlscratch.demo.settings import OPTIMIZERS

START = [-7.0, 2.0]
RATES = {"SGD": 0.95, "Momentum": 0.1, "AdaGrad": 1.5, "Adam": 0.3}  # the book's
STEPS = 100
FAR = 1000.0  # from the minimum: who gets there has diverged, and ends


def race(asked: Any) -> dict[str, list[list[float]]]:
    """The points [x, y] that each optimizer visits, the start included.

    asked: {"start": [x, y], "rates": {name: learning rate}}; the book's for what is left out.
    ValueError, TypeError for anything else.

    >>> race({"rates": {"SGD": 0.5}})["SGD"][:2]         # y: one step to the bottom of the valley
    [[-7.0, 2.0], [-6.65, 0.0]]
    """
    if not isinstance(asked, Mapping) or not set(asked) <= {"start", "rates"}:
        raise TypeError("expected one JSON object: start, rates")
    start, rates = asked.get("start", START), asked.get("rates", {})
    if not isinstance(start, list) or len(start) != 2:
        raise TypeError("expected the start as [x, y]")
    if not isinstance(rates, Mapping) or not set(rates) <= set(RATES):
        raise TypeError(f"expected rates for {', '.join(RATES)}")
    for name, place in zip("xy", start):
        expect_number(name, place, at_least=-10, at_most=10)
    for name, rate in rates.items():
        expect_number(f"the learning rate of {name}", rate, at_least=1e-4, at_most=10)
    return {name: walk(name, start, rate) for name, rate in {**RATES, **rates}.items()}


def walk(name: str, start: list[float], rate: float) -> list[list[float]]:
    """The points that this optimizer visits, STEPS + 1 of them, or until it is too far away."""
    optimizer = OPTIMIZERS[name](rate)
    params = {"x": float(start[0]), "y": float(start[1])}
    visited = [[*params.values()]]
    while len(visited) <= STEPS and max(map(abs, visited[-1])) < FAR:
        optimizer.update(params, {"x": params["x"] / 10, "y": 2 * params["y"]})
        visited.append([*map(float, params.values())])
    return visited
