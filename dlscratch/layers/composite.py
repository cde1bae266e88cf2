"""Layers made of layers: in a row, or side by side (section 8.2).

A composite is a layer like any other: forward runs the layers inside, backward sends the gradient
back through them. The input of two branches receives the sum of their gradients.
A residual block (He et al., 2015) is Add(body, Sequential()); an inception block (Szegedy et al.,
2014) and a skip connection of a U-Net (Ronneberger et al., 2015) are a Concat.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from functools import reduce
from operator import add

import numpy as np

from dlscratch.layers.base import Layer


class Sequential(Layer):
    """Layers in a row, y = h(g(f(x))); without any, it is the identity, y = x.

    >>> from dlscratch import Affine, ReLU
    >>> layer = Sequential(Affine(-np.eye(2), np.zeros(2)), ReLU())
    >>> layer.forward(np.array([[3.0, -2.0]]))
    array([[0., 2.]])
    """

    flow = "row"

    def __init__(self, *layers: Layer):
        self.layers = expect_layers(self, layers)
        learns = [any(inner.param_names for inner in layer.walk()) for layer in layers]
        self.takes_integers = bool(layers) and layers[0].takes_integers
        self.first = learns.index(True) if any(learns) else len(layers)  # the first with parameters

    def children(self) -> tuple[Layer, ...]:
        return self.layers

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def backward(self, dout: np.ndarray) -> np.ndarray:
        for layer in reversed(self.layers):
            dout = layer.backward(dout)  # the chain rule: a layer's dx is dy of the one before it
        return dout

    def weight_gradients(self, dout: np.ndarray) -> None:
        for layer in reversed(self.layers[self.first + 1 :]):
            dout = layer.backward(dout)
        for layer in self.layers[self.first : self.first + 1]:  # no layer before it has parameters
            layer.weight_gradients(dout)

    def __repr__(self) -> str:
        return show(self, *self.layers)


class Parallel(Layer):
    """Parallel branches: each receives x, and their outputs are joined."""

    flow = "branches"
    symbol = ""  # of the join, in a graph

    def __init__(self, *branches: Layer):
        self.branches = expect_layers(self, branches)
        if not branches:
            raise ValueError(f"{type(self).__name__} expects one branch or more, got none")

    def children(self) -> tuple[Layer, ...]:
        return self.branches

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        return self.join_outputs([branch.forward(x, training) for branch in self.branches])

    def backward(self, dout: np.ndarray) -> np.ndarray:
        pairs = zip(self.branches, self.split(dout))
        # x affects the loss through every branch: dL/dx is the sum of their gradients
        return reduce(add, [branch.backward(dy) for branch, dy in pairs])

    def join_outputs(self, ys: list[np.ndarray]) -> np.ndarray:
        """The second half of forward: check the branches' outputs and join them."""
        self.expect_fitting(ys)
        self.cache = ([y.shape for y in ys],)
        return self.join(ys)

    @abstractmethod
    def join(self, ys: list[np.ndarray]) -> np.ndarray:
        """The branches' outputs, joined into one."""

    @abstractmethod
    def split(self, dout: np.ndarray) -> list[np.ndarray]:
        """The gradient of each branch's output."""

    @abstractmethod
    def expect_fitting(self, ys: list[np.ndarray]) -> None:
        """ValueError unless outputs of these shapes can be joined."""

    def __repr__(self) -> str:
        return show(self, *self.branches)


class Add(Parallel):
    """y = f(x) + g(x) + ..; ValueError unless all branches' outputs have the same shape.

    >>> Add(Sequential(), Sequential()).forward(np.array([[1.0, 2.0]]))
    array([[2., 4.]])
    """

    symbol = "+"

    def join(self, ys: list[np.ndarray]) -> np.ndarray:
        return reduce(add, ys)

    def split(self, dout: np.ndarray) -> list[np.ndarray]:
        return [dout] * len(self.branches)  # y = y1 + y2: dL/dy1 = dL/dy2 = dL/dy

    def expect_fitting(self, ys: list[np.ndarray]) -> None:
        if len({y.shape for y in ys}) > 1:
            shapes = ", ".join(str(y.shape) for y in ys)
            raise ValueError(
                f"Add expects branches with outputs of the same shape, got {shapes}: give the "
                "shorter branch a 1 x 1 convolution with the other's stride and number of filters"
            )


class Concat(Parallel):
    """y = f(x), g(x), .. concatenated along axis 1, the channels of images.

    ValueError unless the branches' outputs have the same shape except for axis 1.

    >>> Concat(Sequential(), Sequential()).forward(np.array([[1.0, 2.0]]))
    array([[1., 2., 1., 2.]])
    """

    symbol = "concat"

    def join(self, ys: list[np.ndarray]) -> np.ndarray:
        return np.concatenate(ys, axis=1)  # (N, C1, H, W), (N, C2, H, W) -> (N, C1 + C2, H, W)

    def split(self, dout: np.ndarray) -> list[np.ndarray]:
        (shapes,) = self.saved()
        ends = np.cumsum([shape[1] for shape in shapes])
        return np.split(dout, ends[:-1], axis=1)  # (N, C1 + C2, H, W) -> (N, C1, H, W), ..

    def expect_fitting(self, ys: list[np.ndarray]) -> None:
        if len({y.shape[:1] + y.shape[2:] for y in ys}) > 1 or min(y.ndim for y in ys) < 2:
            shapes = ", ".join(str(y.shape) for y in ys)
            raise ValueError(
                "Concat expects branches with outputs of the same shape except for axis 1, got "
                f"{shapes}: pad or pool so that height and width are equal"
            )


def expect_list(layers: Layer | Iterable[Layer]) -> tuple[Layer, ...]:
    """The layers as a tuple; TypeError for a single layer that is not in a list."""
    if isinstance(layers, Layer):
        raise TypeError(f"Network expects a list of layers, got {layers!r}: write Network([..])")
    return tuple(layers)


def expect_layers(owner: Layer, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Return the layers; TypeError that names the first one that is not a layer."""
    for number, layer in enumerate(layers, 1):
        if not isinstance(layer, Layer):
            kind = layer.__name__ if isinstance(layer, type) else type(layer).__name__
            name = type(owner).__name__
            hint = f"write {kind}()" if isinstance(layer, type) else "layers derive from Layer"
            hint = f"write {name}(*layers)" if isinstance(layer, list | tuple) else hint
            raise TypeError(f"{name} expects layers, got {layer!r} as number {number}: {hint}")
    return tuple(layers)


def show(owner: Layer, *parts: object) -> str:
    """The repr of a layer with others inside: one line for each, indented."""
    lines = "".join(f"    {line}\n" for part in parts for line in repr(part).splitlines())
    return f"{type(owner).__name__}(\n{lines})" if parts else f"{type(owner).__name__}()"
