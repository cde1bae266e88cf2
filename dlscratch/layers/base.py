"""What every layer is: a forward pass, a backward pass, and the arrays it learns (section 5.4).

forward(x) keeps in `cache` what its derivative will need; backward(dout) receives the gradient
of the loss with respect to the layer's output, answers the gradient with respect to its input,
and leaves the gradient of each parameter `W` beside it as `dW`.
Neither ever writes to an argument.
"""

from abc import ABC, abstractmethod
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
    cache: tuple[Any, ...] | None = None  # what forward keeps for backward
    rooms: dict[str, np.ndarray] | None = None  # where a network wants dW, .. during its backward

    @abstractmethod
    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The output for the batch x. `training` matters to Dropout and BatchNorm alone."""

    @abstractmethod
    def backward(self, dout: np.ndarray) -> np.ndarray:
        """dL/dx from dout = dL/dy of the last forward pass; sets the gradients dW, ..."""

    def weight_gradients(self, dout: np.ndarray) -> None:
        """Set dW, ... alone: nobody asks the first layer of a network for its dx."""
        self.backward(dout)

    def saved(self) -> tuple[Any, ...]:
        """What the last forward pass kept; RuntimeError before the first one."""
        if self.cache is None:
            name = type(self).__name__
            raise RuntimeError(
                f"{name}.backward needs a forward pass before it: "
                "call forward(x) first, then backward(dout)"
            )
        return self.cache

    def room(self, name: str) -> np.ndarray | None:
        """For `out=`: where the gradient of a parameter goes; None, the rule, is a new array."""
        return None if self.rooms is None else self.rooms[name]

    def options(self) -> str:
        """The constructor's arguments as the repr shows them."""
        return ", ".join(f"{name}={getattr(self, name).shape}" for name in self.param_names)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.options()})"


def expect_shape(layer: Layer, x: np.ndarray, fits: bool, expected: str, cure: str) -> None:
    """ValueError that says what was expected, what came and how to cure it, unless x fits."""
    if not fits:
        raise ValueError(f"{layer!r} expects {expected}, got an array of shape {x.shape}: {cure}")
