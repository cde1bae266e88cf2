"""The settings of a training in the Train tab: words and numbers from a page, each checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlscratch.arguments import expect_number, expect_whole
from dlscratch.demo.points import DATA, POINTS
from dlscratch.multi_layer_net import ACTIVATIONS
from dlscratch.optimizers import SGD, AdaGrad, Adam, Momentum

OPTIMIZERS = {"SGD": SGD, "Momentum": Momentum, "AdaGrad": AdaGrad, "Adam": Adam}
# the standard deviation
INITS: dict[str, float | str] = {"he": "he", "xavier": "xavier", "0.01": 0.01, "1": 1.0}
MNIST = "mnist"
MAX_LAYERS = 4
MAX_UNITS, MAX_UNITS_MNIST = 8, 100  # of a hidden layer
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


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with the defaults for what is left out; ValueError or TypeError for others."""
    unknown = sorted(set(given) - set(DEFAULTS))
    if unknown:
        raise ValueError(f"there is no setting {unknown[0]!r:.40}: expected {', '.join(DEFAULTS)}")
    settings = {**DEFAULTS, **given}
    choices: dict[str, Mapping[str, Any]] = {
        "data": {**DATA, MNIST: None},
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
    most_units = MAX_UNITS_MNIST if settings["data"] == MNIST else MAX_UNITS
    if not isinstance(hidden, list) or len(hidden) > MAX_LAYERS:
        raise ValueError(f"hidden must be a list of {MAX_LAYERS} sizes at most, got {hidden!r:.40}")
    for size in hidden:
        expect_number("a hidden size", expect_whole("a hidden size", size, 1), at_most=most_units)
    if not isinstance(settings["batchnorm"], bool):
        raise TypeError(f"batchnorm must be true or false, got {settings['batchnorm']!r:.40}")
    return settings
