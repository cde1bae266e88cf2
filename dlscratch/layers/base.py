"""What every layer is: a forward pass, a backward pass, and the arrays it learns (section 5.4).

forward(x) keeps in `cache` what its derivative will need; backward(dout) takes the gradient of the
loss with respect to the layer's output, returns the gradient with respect to its input, and leaves
the gradient of each parameter `W` beside it as `dW`. Neither ever writes to an argument.
A layer also states facts about itself, so that nobody has to ask for its type. A layer may be made
of layers: `children` names them, and `walk` finds all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np


class Layer(ABC):
    """The interface of a layer; derive from it, then `check_gradients` proves your backward.

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
    positive_names: tuple[str, ...] = ()  # the buffers that are never negative, as a variance
    decayed_names: tuple[str, ...] = ("W",)  # the parameters that weight decay pulls on, if there
    whole_batch = False  # whether a batch must not be split, as for BatchNorm
    pays_to_split = False  # whether one example is so much work that threads pay, as in Convolution
    takes_integers = False  # whether its input is integers, as an Embedding's
    rng: np.random.Generator | None = None  # where its random numbers come from, if it draws any
    flow = ""  # how the layers inside are run: "row", "branches"; "", there are none or otherwise
    elementwise = False  # an activation: each number by itself
    makes_maps = False  # whether its output is feature maps, as Convolution's
    cache: tuple[Any, ...] | None = None  # what forward keeps for backward

    @abstractmethod
    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The output for the batch x. `training` matters to Dropout and BatchNorm alone."""

    @abstractmethod
    def backward(self, dout: np.ndarray) -> np.ndarray:
        """dL/dx from dout = dL/dy of the last forward pass; sets the gradients dW, ..."""

    def weight_gradients(self, dout: np.ndarray) -> None:
        """Set dW, .. alone: in training, the dx of a network's first layer is never needed."""
        self.backward(dout)

    def children(self) -> tuple[Layer, ...]:
        """The layers inside, in the order of forward; none, unless it is made of layers."""
        return ()

    def partners(self) -> tuple[Layer, ...]:
        """Layers elsewhere in the network whose last forward pass it uses, as MaxUnpooling does."""
        return ()

    def walk(self) -> Iterator[Layer]:
        """This layer, then all layers inside, depth first."""
        yield self
        for child in self.children():
            yield from child.walk()

    def multiply_adds(self, x: np.ndarray, y: np.ndarray) -> int:
        """How many products it adds up to make y out of x, its layers inside not counted."""
        return 0

    def remark(self, x: np.ndarray, y: np.ndarray) -> str:
        """What a summary should say about this pass, such as pixels that no window sees."""
        return ""

    def input_shape(self, side: int) -> tuple[int, ...] | None:
        """The shape of one example that it takes, images of `side` pixels; None if it is open."""
        return None

    def saved(self) -> tuple[Any, ...]:
        """What the last forward pass kept; RuntimeError before the first one."""
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
    """Name -> (layer, attribute), the names counted in the order of walk: W1 b1 gamma1 W2 ..

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
    """ValueError for a layer among the attributes that `children` leaves out.

    Nothing could find it: it would be neither trained nor saved, without a word.
    """
    known = [id(inner) for inner in (*layer.children(), *layer.partners())]
    for name, value in vars(layer).items():
        if name == "cache":
            continue  # what forward kept, which is no part of it
        for part in value if isinstance(value, list | tuple) else [value]:
            if isinstance(part, Layer) and id(part) not in known:
                raise ValueError(
                    f"{type(layer).__name__} holds {part!r} as .{name}, but its children() does "
                    "not return it: def children(self): return (self.first, self.second, ..)"
                )


def expect_arrays(layer: Layer, **arrays: Any) -> None:
    """TypeError for a parameter that is no array, with the ways to get one."""
    for name, value in arrays.items():
        if not hasattr(value, "dtype"):  # as NumPy's and CuPy's arrays have
            kind = type(layer).__name__
            raise TypeError(
                f"{kind} expects an array as {name}, got {value!r:.80}: use np.array(..), or "
                f"{kind}.init(..), which makes its arrays"
            )


def expect_shape(layer: Layer, x: np.ndarray, fits: bool, expected: str, hint: str) -> None:
    """ValueError that says what was expected and what came, with a hint, unless x fits."""
    if not fits:
        raise ValueError(f"{layer!r} expects {expected}, got an array of shape {x.shape}: {hint}")
