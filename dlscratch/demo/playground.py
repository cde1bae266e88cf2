"""A network small enough to be seen whole: two inputs and a few units.

As there are only two inputs, the output and every unit can be drawn as a picture: what it returns
at each place of the square that holds the points. After TensorFlow Playground (Smilkov and others,
2017).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlscratch.demo.packing import packed
from dlscratch.demo.points import points
from dlscratch.demo.settings import checked
from dlscratch.demo.training import Training
from dlscratch.functions import softmax

PIXELS = 32  # along each side of a picture


class Playground(Training):
    """One training with points. settings: as `checked` takes them.

    >>> playground = Playground({"data": "clusters", "hidden": [3]})
    >>> playground.train(steps=50)
    >>> playground.steps, playground.frame()["test"]["accuracy"] > 0.9
    (50, True)
    """

    def __init__(self, settings: Mapping[str, Any]):
        s = checked(settings)
        rng = np.random.default_rng(s["seed"])
        sets = {name: points(s["data"], s["noise"], rng) for name in ("train", "test")}
        super().__init__(s, sets, classes=2, rng=rng)
        side = (np.arange(PIXELS, dtype=np.float32) + 0.5) * (2 / PIXELS) - 1
        x, y = np.meshgrid(side, -side)  # the first row of a picture is the top
        self.grid = np.stack([x.ravel(), y.ravel()], axis=1)  # (PIXELS^2, 2)

    def examples(self) -> dict[str, Any]:
        """points: x, y and class of every point, for `train` and `test`."""
        listed = {
            name: [[*map(float, place), int(kind)] for place, kind in zip(x.round(4), t)]
            for name, (x, t) in self.sets.items()
        }
        return {"points": listed}

    def pictures(self) -> dict[str, Any]:
        """The output, the units and the weights.

        field: the probability of class 1 at each place, 255 = 1. units: of each hidden layer the
        pictures of its units, 127 = the largest size in it, either sign. weights: of each Affine,
        (in, out).
        """
        layers, scores = self.activations(self.grid)
        return {
            "field": packed(np.nan_to_num(softmax(scores)[:, 1]) * 255, np.uint8),
            "units": [[packed(unit, np.int8) for unit in scaled(layer).T] for layer in layers],
            "weights": [
                np.nan_to_num(W).round(3).tolist()
                for name, W in self.net.params.items()
                if name.startswith("W")
            ],
        }


def scaled(y: np.ndarray) -> np.ndarray:
    """Each column by its own largest size: -127 .. 127."""
    size = np.abs(y).max(axis=0)
    return np.nan_to_num(y * (127 / np.where(size > 0, size, 1)))
