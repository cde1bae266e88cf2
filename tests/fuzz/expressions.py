"""The door of expressions: what `dlscratch graph` reads, compared with what Python makes of it."""

import contextlib
import io
import types

import numpy as np

from dlscratch.cli.graph import _of_expression
from dlscratch.cli.script_names import UsageError
from tests.fuzz.damage import damaged_text
from tests.fuzz.trial import Door, Wrong

FUNCTIONS = {"exp": np.exp, "log": np.log, "relu": lambda x: np.maximum(x, 0), "sum": np.sum}
VALUES = {"x": 3.0, "y": -0.5, "apple": 100.0, "W": [[1.0, 2.0], [3.0, 4.0]], "v": [1.0, -2.0]}


class Expressions(Door):
    name = "graph expressions"

    def make(self, rng):
        text = term(rng, depth=int(rng.integers(1, 5)))
        self.sound = rng.random() < 0.3
        if not self.sound:
            text = damaged_text(text, rng)
        given = [
            f"{name}={value}".replace(" ", "") for name, value in VALUES.items() if name in text
        ]
        if not self.sound and rng.random() < 0.3:
            given.append(damaged_text(given[0] if given else "x=1", rng))
        return [text, *given]

    def run(self, case):
        what, *values = case
        args = types.SimpleNamespace(what=what, values=values, forward=False)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                graph = _of_expression(args)
        except UsageError as error:
            if not str(error) or "Traceback" in str(error):
                raise Wrong(f"refused with {error!s:.200}") from None
            return "refused"
        if self.sound:
            with np.errstate(all="ignore"):
                known = {name: np.array(value) for name, value in VALUES.items()}
                expected = eval(what, {**FUNCTIONS, **known})
            if not np.allclose(graph.value, expected, rtol=1e-9, equal_nan=True):
                raise Wrong(f"{what} is {expected}, not {graph.value}")
        return "right"


def term(rng, depth):
    """A random expression."""
    if depth == 0 or rng.random() < 0.2:
        leaves = [
            *VALUES,
            f"{rng.integers(10)}.0",
            f"{rng.random():.3f}",
            f"{rng.integers(9)}e{rng.integers(20)}",
        ]
        return leaves[rng.integers(len(leaves))]
    left, right = term(rng, depth - 1), term(rng, depth - 1)
    kind = int(rng.integers(8))
    if kind < 4:
        return f"({left} {'+-*/'[kind]} {right})"
    if kind == 4:
        return f"({left}) ** {[2, 3, 0.5, -1, 100][rng.integers(5)]}"
    if kind == 5:
        return f"-{left}"
    if kind == 6:
        return f"{list(FUNCTIONS)[rng.integers(4)]}({left})"
    return f"({left} @ {right})"
