"""How long each layer of a network takes while the network is at work.

A stopwatch is put around what training calls of every layer: `forward`, then `backward`, or
`weight_gradients` where nothing before the layer learns. Each layer object hides its class's
method behind a timed one of its own. That one is a bound method: in the copies of the network
that workers make it is bound to the copy, and adds to the same list.
"""

from __future__ import annotations

import time
from types import MethodType
from typing import Any


def clock_layers(net: Any) -> list[dict[str, list[float]]]:
    """Time a network's layers from now on: the seconds of each call, the loss in the last place.

    net: a `Network`; a layer made of layers is timed as one. The lists grow as the network works.

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
    """The index of the first layer with parameters, whose dx training never needs; 0 without."""
    learns = [any(inner.param_names for inner in layer.walk()) for layer in net.layers]
    return learns.index(True) if True in learns else 0


def _clock(layer, method):
    """Time one method of one object; returns the list that its seconds go into."""
    original, seconds = getattr(type(layer), method), []

    def timed(self, *args, **options):
        start = time.perf_counter()
        result = original(self, *args, **options)
        seconds.append(time.perf_counter() - start)
        return result

    setattr(layer, method, MethodType(timed, layer))
    return seconds
