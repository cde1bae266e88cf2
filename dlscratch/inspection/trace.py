"""The input and the output of every layer of a network, including layers inside other layers."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlscratch.layers import Layer, Sequential


@dataclass(frozen=True)
class Step:
    """One layer's input x and output y; depth: 0 for the network's layers, 1 for those inside."""

    layer: Layer
    depth: int
    x: np.ndarray
    y: np.ndarray


def trace(net: Any, x: np.ndarray) -> list[Step]:
    """Run a copy of the network on a batch, not in training mode: a `Step` for each layer.

    >>> from dlscratch import MultiLayerNet
    >>> [step.y.shape for step in trace(MultiLayerNet(4, [3], 2), np.ones((5, 4)))]
    [(5, 3), (5, 3), (5, 2)]
    """
    net = copy.deepcopy(net)
    seen: dict[int, tuple[np.ndarray, np.ndarray]] = {}  # by the layer's id
    for layer in net.walk():
        layer.forward = _recorded(layer, layer.forward, seen)  # hides the method in this copy
    Sequential.forward(net, net.as_batch(x))  # in the order as written, not `fast_order`
    steps = [step for layer in net.layers for step in _steps(layer, 0, seen)]
    return [step for step in steps if step is not None]


def _recorded(layer, forward, seen):
    def recorded(x, training=False):
        y = forward(x, training)
        seen[id(layer)] = x, y
        return y

    return recorded


def _steps(layer, depth, seen):
    yield Step(layer, depth, *seen[id(layer)]) if id(layer) in seen else None
    for child in layer.children():
        yield from _steps(child, depth + 1, seen)
