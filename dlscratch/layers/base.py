"""The interface of every layer: forward, backward, and the arrays that it learns (section 5.4).

forward(x) stores in `cache` what backward will need; backward(dout) takes the gradient of the loss
with respect to the layer's output, returns the gradient with respect to its input, and stores the
gradient of each parameter `W` in the attribute `dW`. Neither ever writes to an argument.
A layer also declares its properties, so that no code has to check its type. A layer may contain
layers: `children` returns them, and `walk` visits all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np


class Layer(ABC):
    """The base class of all layers; `check_gradients` proves the backward of yours.

    >>> class Double(Layer):
    ...     def forward(self, x, training=False):
    ...         self.cache = (x.shape,)
    ...         return 2 * x
    ...     def backward(self, dout):
    ...         return 2 * dout  # y = 2x: dL/dx = 2 dL/dy
    >>> Double().forward(np.array([1.0, 2.0]))
    array([2., 4.])
    """

    param_names: tuple[str, ...] = ()  # learned: "W", "b"; the gradient of self.W is self.dW
    buffer_names: tuple[str, ...] = ()  # saved with the network, but not learned
    positive_names: tuple[str, ...] = ()  # the buffers that are never negative, such as a variance
    decayed_names: tuple[str, ...] = ("W",)  # the parameters to which weight decay applies
    whole_batch = False  # True if a batch must not be split, as for BatchNorm
    pays_to_split = False  # True if an example takes long enough for threads, as in Convolution
    takes_integers = False  # True if its input is integers, as for Embedding
    rng: np.random.Generator | None = None  # the source of its random numbers, if it draws any
    flow = ""  # how the layers inside are connected: "row", "branches", or "" for anything else
    elementwise = False  # True for an activation: each output depends on one input
    makes_maps = False  # True if its output is feature maps, as for Convolution
    cache: tuple[Any, ...] | None = None  # what forward stores for backward

    @abstractmethod
    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The output for the batch x. Only Dropout and BatchNorm use `training`."""

    @abstractmethod
    def backward(self, dout: np.ndarray) -> np.ndarray:
        """dL/dx from dout = dL/dy of the last forward pass; sets the gradients dW, ..."""

    def weight_gradients(self, dout: np.ndarray) -> None:
        """Set only dW, ..: in training, the dx of a network's first layer is never needed."""
        self.backward(dout)

    def children(self) -> tuple[Layer, ...]:
        """The layers inside, in the order of forward; by default none."""
        return ()

    def partners(self) -> tuple[Layer, ...]:
        """Layers elsewhere in the network whose last forward it uses, as MaxUnpooling does."""
        return ()

    def walk(self) -> Iterator[Layer]:
        """This layer, then all layers inside, depth first."""
        yield self
        for child in self.children():
            yield from child.walk()

    def multiply_adds(self, x: np.ndarray, y: np.ndarray) -> int:
        """The number of multiply-adds to compute y from x, without those of the layers inside."""
        return 0

    def remark(self, x: np.ndarray, y: np.ndarray) -> str:
        """A note for the summary about this pass, such as pixels that no window sees."""
        return ""

    def input_shape(self, side: int) -> tuple[int, ...] | None:
        """The shape of one example, for images of side x side pixels; None if any will do."""
        return None

    def saved(self) -> tuple[Any, ...]:
        """The cache of the last forward pass; RuntimeError before the first one."""
        if self.cache is None:
            name = type(self).__name__
            raise RuntimeError(
                f"{name}.backward needs a forward pass before it: "
                "call forward(x) first, then backward(dout)"
            )
        return self.cache

    def options(self) -> str:
        """The constructor's arguments as the repr shows them."""
        return ", ".join(f"{name}={getattr(self, name).shape}" for name in self.param_names)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.options()})"


def named_arrays(layers: Iterable[Layer], kind: str) -> dict[str, tuple[Layer, str]]:
    """Name -> (layer, attribute), the names numbered in the order of walk: W1 b1 gamma1 W2 ..

    kind: "param_names" or "buffer_names".
    """
    count: Counter[str] = Counter()
    found = {}
    for layer in (inner for outer in layers for inner in outer.walk()):
        for attribute in getattr(layer, kind):
            count[attribute] += 1
            found[f"{attribute}{count[attribute]}"] = (layer, attribute)
    return found


def expect_children(layer: Layer) -> None:
    """ValueError if an attribute is a layer that `children` does not return.

    Such a layer would be neither trained nor saved, and nothing would say so.
    """
    known = [id(inner) for inner in (*layer.children(), *layer.partners())]
    for name, value in vars(layer).items():
        if name == "cache":
            continue  # temporary, not a part of the layer
        for part in value if isinstance(value, list | tuple) else [value]:
            if isinstance(part, Layer) and id(part) not in known:
                raise ValueError(
                    f"{type(layer).__name__} holds {part!r} as .{name}, but its children() does "
                    "not return it: def children(self): return (self.first, self.second, ..)"
                )


def expect_arrays(layer: Layer, **arrays: Any) -> None:
    """TypeError for a parameter that is not an array; the message says how to get one."""
    for name, value in arrays.items():
        if not hasattr(value, "dtype"):  # NumPy's and CuPy's arrays have one
            kind = type(layer).__name__
            raise TypeError(
                f"{kind} expects an array as {name}, got {value!r:.80}: use np.array(..), or "
                f"{kind}.init(..), which creates its arrays"
            )


def expect_shape(layer: Layer, x: np.ndarray, fits: bool, expected: str, hint: str) -> None:
    """Unless x fits, ValueError with what was expected, what it got, and a hint."""
    if not fits:
        raise ValueError(f"{layer!r} expects {expected}, got an array of shape {x.shape}: {hint}")
