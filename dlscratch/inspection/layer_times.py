"""How long each layer of a network takes while the network runs.

The methods of a layer that training calls are timed: `forward`, and `backward`, or
`weight_gradients` if no layer before it has parameters. Each layer object gets a timed method that
hides that of its class. It is a bound method: in the copies of the network that workers make, it
is bound to the copied layer, and appends to the same list.
"""

from __future__ import annotations

import time
from types import MethodType
from typing import Any


def clock_layers(net: Any) -> list[dict[str, list[float]]]:
    """Time a network's layers from now on: the seconds of each call, by layer, the loss last.

    net: a `Network`; a layer made of layers is timed as one. The lists grow with each call.

    >>> import numpy as np
    >>> from dlscratch import MultiLayerNet
    >>> net = MultiLayerNet(4, [3], 2)  # Affine, ReLU, Affine, and the loss
    >>> seconds = clock_layers(net)
    >>> _ = net.gradient(np.ones((5, 4)), np.zeros(5, dtype=int))
    >>> [(len(layer["forward"]), len(layer["backward"])) for layer in seconds]
    [(1, 1), (1, 1), (1, 1), (1, 1)]
    """
    first = first_trainable(net)
    clocks = []
    for i, layer in enumerate([*net.layers, net.last_layer]):
        backward = "weight_gradients" if i == first else "backward"
        clocks.append({"forward": _clock(layer, "forward"), "backward": _clock(layer, backward)})
    return clocks


def first_trainable(net: Any) -> int:
    """The index of the first layer with parameters, whose dx is never needed; 0 if none."""
    learns = [any(inner.param_names for inner in layer.walk()) for layer in net.layers]
    return learns.index(True) if True in learns else 0


def _clock(layer, method):
    """Time one method of one object; returns the list to which each call's seconds are added."""
    original, seconds = getattr(type(layer), method), []

    def timed(self, *args, **options):
        start = time.perf_counter()
        result = original(self, *args, **options)
        seconds.append(time.perf_counter() - start)
        return result

    setattr(layer, method, MethodType(timed, layer))
    return seconds
