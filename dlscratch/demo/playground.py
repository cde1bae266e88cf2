"""A network small enough to be seen whole: two inputs, a few units, its training step by step.

The data are points of two classes in a square. As there are only two inputs, the output and every
unit can be drawn as a picture: what it returns at each place of the square. Settings come as words
and numbers, from a page, and each is checked. After TensorFlow Playground (Smilkov and others,
2017), but what is trained is `MultiLayerNet`, by the library's own optimizers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlscratch.arguments import expect_number, expect_whole
from dlscratch.data import batches
from dlscratch.demo.packing import packed
from dlscratch.functions import softmax
from dlscratch.multi_layer_net import ACTIVATIONS, MultiLayerNet
from dlscratch.optimizers import SGD, AdaGrad, Adam, Momentum

POINTS = 200  # to train with, and as many to test with
PIXELS = 32  # along each side of a picture
OPTIMIZERS = {"SGD": SGD, "Momentum": Momentum, "AdaGrad": AdaGrad, "Adam": Adam}
INITS: dict[str, float | str] = {
    "he": "he",
    "xavier": "xavier",
    "0.01": 0.01,
    "1": 1.0,
}  # the standard deviation
MAX_LAYERS, MAX_UNITS = 4, 8
DEFAULTS: dict[str, Any] = {
    "data": "circles",
    "noise": 0.1,
    "hidden": [4, 2],
    "activation": "tanh",
    "init": "xavier",
    "batchnorm": False,
    "dropout": 0.0,
    "decay": 0.0,
    "optimizer": "Adam",
    "lr": 0.03,
    "batch": 20,
    "seed": 0,
}


def circles(t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Class 1 around class 0."""
    radius = np.where(t == 1, rng.uniform(0.65, 0.95, len(t)), rng.uniform(0, 0.45, len(t)))
    return polar(radius, rng.uniform(0, 2 * np.pi, len(t)))


def xor(t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Class 1 where the signs of both coordinates differ."""
    x = rng.uniform(0.08, 0.95, (len(t), 2))
    sign = rng.choice([-1, 1], len(t))
    return x * np.stack([sign, np.where(t == 1, -sign, sign)], axis=1)  # (N,), (N,) -> (N, 2)


def spirals(t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two arms that wind around each other."""
    along = rng.uniform(0.08, 1, len(t))
    return polar(0.95 * along, 1.6 * 2 * np.pi * along + np.pi * t)


def clusters(t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A cloud for each class: a straight line separates them."""
    return 0.16 * rng.standard_normal((len(t), 2)) + np.where(t == 1, 0.45, -0.45)[:, None]


def polar(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Points (N, 2) by their distance from the middle and their direction."""
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


DATA: dict[str, Callable[..., np.ndarray]] = {
    "circles": circles,
    "xor": xor,
    "spirals": spirals,
    "clusters": clusters,
}


def points(data: str, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """POINTS of both classes in turn: x (N, 2) float32 in -1 .. 1, t (N,)."""
    t = np.arange(POINTS) % 2
    x = DATA[data](t, rng) + noise * 0.3 * rng.standard_normal((POINTS, 2))
    return np.clip(x, -1, 1).astype(np.float32), t


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with the defaults for what is left out; ValueError or TypeError for others."""
    unknown = sorted(set(given) - set(DEFAULTS))
    if unknown:
        raise ValueError(f"there is no setting {unknown[0]!r:.40}: expected {', '.join(DEFAULTS)}")
    settings = {**DEFAULTS, **given}
    choices: dict[str, Mapping[str, Any]] = {
        "data": DATA,
        "activation": ACTIVATIONS,
        "init": INITS,
        "optimizer": OPTIMIZERS,
    }
    for name, allowed in choices.items():
        if not isinstance(settings[name], str) or settings[name] not in allowed:
            raise ValueError(
                f"{name} must be one of {', '.join(allowed)}, got {settings[name]!r:.40}"
            )
    limits = {"noise": (0, 1), "dropout": (0, 0.9), "decay": (0, 1), "lr": (1e-5, 10)}
    for name, (low, high) in limits.items():
        expect_number(name, settings[name], at_least=low, at_most=high)
    for name, most in (("batch", POINTS), ("seed", 2**31)):
        expect_whole(name, settings[name], at_least=0 if name == "seed" else 1)
        expect_number(name, settings[name], at_most=most)
    hidden = settings["hidden"]
    if not isinstance(hidden, list) or len(hidden) > MAX_LAYERS:
        raise ValueError(f"hidden must be a list of {MAX_LAYERS} sizes at most, got {hidden!r:.40}")
    for size in hidden:
        expect_number("a hidden size", expect_whole("a hidden size", size, 1), at_most=MAX_UNITS)
    if not isinstance(settings["batchnorm"], bool):
        raise TypeError(f"batchnorm must be true or false, got {settings['batchnorm']!r:.40}")
    return settings


class Playground:
    """One training. settings: as `checked` takes them, the rest by DEFAULTS.

    >>> playground = Playground({"data": "clusters", "hidden": [3]})
    >>> playground.train(steps=50)
    >>> playground.steps, playground.frame()["test"]["accuracy"] > 0.9
    (50, True)
    """

    def __init__(self, settings: Mapping[str, Any]):
        self.settings = s = checked(settings)
        rng = np.random.default_rng(s["seed"])
        self.sets = {name: points(s["data"], s["noise"], rng) for name in ("train", "test")}
        self.net = MultiLayerNet(
            2,
            s["hidden"],
            2,
            s["activation"],
            weight_init_std=INITS[s["init"]],
            weight_decay_lambda=s["decay"],
            use_dropout=s["dropout"] > 0,
            dropout_ratio=s["dropout"],
            use_batchnorm=s["batchnorm"],
            rng=rng,
        )
        self.optimizer = OPTIMIZERS[s["optimizer"]](s["lr"])
        self.rng = rng
        self.waiting: list[
            tuple[np.ndarray, np.ndarray]
        ] = []  # batches of the epoch, the last first
        self.steps = 0
        side = (np.arange(PIXELS, dtype=np.float32) + 0.5) * (2 / PIXELS) - 1
        x, y = np.meshgrid(side, -side)  # the first row of a picture is the top
        self.grid = np.stack([x.ravel(), y.ravel()], axis=1)  # (PIXELS^2, 2)

    def train(self, steps: int) -> None:
        """So many mini-batches more."""
        with np.errstate(all="ignore"):  # a training that diverges is to be seen, too
            for _ in range(steps):
                if not self.waiting:
                    self.waiting = list(
                        batches(*self.sets["train"], self.settings["batch"], self.rng)
                    )
                _, grads = self.net.loss_and_gradient(*self.waiting.pop())
                self.optimizer.update(self.net.params, grads)
                self.steps += 1

    def frame(self) -> dict[str, Any]:
        """What the page shows of this moment, as JSON can hold it.

        train, test: {loss, accuracy}; a loss that is no number is None. field: the probability of
        class 1 at each place, 255 = 1. units: of each hidden layer the pictures of its units, 127 =
        the largest size in it, either sign. weights: of each Affine, (in, out).
        """
        with np.errstate(all="ignore"):
            scores, units = self._pictures()
            shares = np.nan_to_num(softmax(scores)[:, 1])
            return {
                "steps": self.steps,
                "epochs": self.steps / -(-POINTS // self.settings["batch"]),
                **{name: self._measured(*data) for name, data in self.sets.items()},
                "field": packed(shares * 255, np.uint8),
                "units": [[packed(unit, np.int8) for unit in layer.T] for layer in units],
                "weights": [
                    np.nan_to_num(W).round(3).tolist()
                    for name, W in self.net.params.items()
                    if name.startswith("W")
                ],
            }

    def points(self) -> dict[str, list[list[float]]]:
        """x, y and class of every point, for `train` and `test`."""
        return {
            name: [[*map(float, place), int(kind)] for place, kind in zip(x.round(4), t)]
            for name, (x, t) in self.sets.items()
        }

    def _measured(self, x: np.ndarray, t: np.ndarray) -> dict[str, float | None]:
        loss = self.net.loss(x, t)
        known = loss if np.isfinite(loss) else None
        return {"loss": known, "accuracy": self.net.accuracy(x, t)}

    def _pictures(self) -> tuple[np.ndarray, list[np.ndarray]]:
        """The scores (PIXELS^2, 2); the activations of each hidden layer, scaled to -127 .. 127."""
        x, units = self.grid, []
        for layer in self.net.layers:
            x = layer.forward(x)
            if layer.elementwise:
                size = np.abs(x).max(axis=0)
                units.append(np.nan_to_num(x * (127 / np.where(size > 0, size, 1))))
        return x, units
