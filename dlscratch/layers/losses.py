"""The last step of a network in training: from scores to one number, the loss (section 5.6.3).

Each class pairs an output function with the loss that suits it, because the gradient of such a
pair is simple: outputs minus targets. A loss is not a layer, since forward also takes the targets
and returns a float. It also defines the accuracy, where outputs can be right or wrong.
The losses here are sums over the outputs of an example and means over the batch, the first axis;
`SoftmaxWithLoss` has its own file.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from dlscratch.arguments import expect_number
from dlscratch.devices import place_of
from dlscratch.functions import check_targets, mean_squared_error, sigmoid
from dlscratch.layers.base import Layer


class Loss(ABC):
    """The base class of all losses; `check_gradients(loss, x, t)` proves the backward of yours.

    >>> class AbsoluteError(Loss):
    ...     def forward(self, x, t):
    ...         self.cache = (np.sign(x - t),)
    ...         return float(np.abs(x - t).sum()) / len(x)
    ...     def backward(self, dout=1.0):
    ...         (sign,) = self.saved()
    ...         return sign * (dout / len(sign))  # L = |x - t|: dL/dx = sign(x - t)
    >>> AbsoluteError().forward(np.array([[1.0, 3.0]]), np.array([[2.0, 1.0]]))
    3.0
    """

    has_accuracy = False  # True if an output can be right or wrong
    whole_batch = False  # True if the loss of a batch is not the mean of its parts' losses
    cache: tuple[Any, ...] | None = None  # what forward stores for backward

    @abstractmethod
    def forward(self, x: np.ndarray, t: np.ndarray) -> float:
        """The loss of the scores x with the targets t."""

    @abstractmethod
    def backward(self, dout: float = 1.0) -> np.ndarray:
        """dL/dx of the last forward pass, times dout; the shape and dtype of x."""

    def accuracy(self, x: np.ndarray, t: np.ndarray) -> float:
        """The fraction of the scores x that are right, 0 .. 1; ValueError if it has none."""
        raise ValueError(
            f"{self!r} has no accuracy: its outputs are numbers, neither right nor wrong; "
            "look at the loss instead"
        )

    def saved(self) -> tuple[Any, ...]:
        """The cache of the last forward pass; RuntimeError before the first one."""
        if self.cache is None:
            raise RuntimeError(
                f"{self!r}.backward needs a forward pass before it: "
                "call forward(x, t) first, then backward()"
            )
        return self.cache

    def options(self) -> str:
        """The constructor's arguments as the repr shows them."""
        return ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.options()})"


class IdentityWithLoss(Loss):
    """The identity, then half the sum of squared errors: for regression (section 3.5).

    L = 1/N sum (x - t)^2 / 2. x and t: the same shape, (N, outputs) or any (N, ..).

    >>> loss = IdentityWithLoss()
    >>> loss.forward(np.array([[1.0, 3.0]]), np.array([[1.0, 1.0]]))
    2.0
    >>> loss.backward()
    array([[0., 2.]])
    """

    def forward(self, x: np.ndarray, t: np.ndarray) -> float:
        # summed in float64: the squares of a few rows overflow float16
        loss = float(mean_squared_error(x.astype(np.float64, copy=False), t)) / batch_size(x)
        self.cache = (x, np.asarray(t, x.dtype, like=place_of(x)))
        return loss

    def backward(self, dout: float = 1.0) -> np.ndarray:
        x, t = self.saved()
        dx = x - t  # L = (x - t)^2 / 2: dL/dx = x - t
        dx *= dout / batch_size(x)
        return dx


class HuberWithLoss(Loss):
    """The identity, then an error that is quadratic near 0 and linear beyond (Huber, 1964).

    L = 1/N sum of e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2); e = x - t.
    No target has a gradient larger than delta, however far off: for data with outliers, and for
    Q-learning, whose targets are estimates (Mnih et al., 2015).
    x and t: the same shape, (N, outputs) or any (N, ..). delta: above 0, where the line begins.

    >>> loss = HuberWithLoss(delta=1.0)
    >>> loss.forward(np.array([[0.5, 3.0]]), np.array([[0.0, 0.0]]))  # 1/8 + 1 (3 - 1/2)
    2.625
    >>> loss.backward()
    array([[0.5, 1. ]])
    """

    def __init__(self, delta: float = 1.0):
        self.delta = float(expect_number("delta", delta, above=0))

    def forward(self, x: np.ndarray, t: np.ndarray) -> float:
        e = x.astype(np.float64, copy=False) - check_targets(x, t)
        clipped = np.clip(e, -self.delta, self.delta)
        self.cache = (clipped.astype(x.dtype, copy=False),)
        # near: clipped = e, so e (e - e/2) = e^2 / 2. Far: +-delta (e -+ delta/2), the line.
        return float(np.sum(clipped * (e - clipped / 2))) / batch_size(x)

    def backward(self, dout: float = 1.0) -> np.ndarray:
        (clipped,) = self.saved()
        # d(e^2 / 2)/dx = e, and the line's slope is delta times the sign of e
        return clipped * float(dout / batch_size(clipped))

    def options(self) -> str:
        return f"delta={self.delta:g}"


class SigmoidWithLoss(Loss):
    """Sigmoid, then binary cross entropy: for yes-or-no questions.

    L = -1/N sum t log y + (1 - t) log(1 - y), y = sigmoid(x). Each output is a separate question:
    a GAN has one per example, real or fake (Goodfellow et al., 2014), a VAE one per pixel (Kingma
    and Welling, 2013).
    x: scores (N, outputs), or any shape (N, ..). t: the same shape, integers 0 and 1 or
    probabilities; ValueError for others. No score makes the logarithm infinite.

    The sum over the outputs is minus the logarithm of the example's probability, the first term of
    a VAE's loss; divide by the number of outputs to compare networks of different sizes.

    >>> loss = SigmoidWithLoss()
    >>> round(loss.forward(np.array([[0.0, 2.0]]), np.array([[1, 0]])), 4)
    2.8201
    >>> loss.backward()
    array([[-0.5 , 0.88079708]])
    >>> loss.accuracy(np.array([[0.5, 2.0]]), np.array([[1, 0]]))
    0.5
    """

    has_accuracy = True

    def forward(self, x: np.ndarray, t: np.ndarray) -> float:
        t = expect_probabilities(x, t)
        self.cache = (x, t)
        # log y = -log(1 + e^-x). Written so that exp is only taken of numbers <= 0:
        # -t log y - (1 - t) log(1 - y) = max(x, 0) - t x + log(1 + e^-|x|)
        losses = np.maximum(x, 0) - t * x + np.log1p(np.exp(-np.abs(x)))
        return float(losses.sum(dtype=np.float64)) / batch_size(x)

    def backward(self, dout: float = 1.0) -> np.ndarray:
        x, t = self.saved()
        dx = sigmoid(x) - t  # dL/dy dy/dx = (y - t) / (y (1 - y)) * y (1 - y) = y - t
        dx *= dout / batch_size(x)
        return dx

    def accuracy(self, x: np.ndarray, t: np.ndarray) -> float:
        """The fraction of scores on the right side of 0, where the probability is 1/2."""
        return float(np.mean((x > 0) == (expect_probabilities(x, t) > 0.5)))


def expect_loss(last_layer: Any) -> Any:
    """Return the loss; TypeError, with a hint, if it cannot be one."""
    if isinstance(last_layer, type):
        name = last_layer.__name__
        raise TypeError(f"last_layer must be a loss, got the class {name}: write {name}()")
    if isinstance(last_layer, Layer):
        raise TypeError(
            f"last_layer must be a loss, got the layer {last_layer!r}: put it into the list"
        )
    if not hasattr(last_layer, "forward"):
        hint = ": write weight_decay=.." if isinstance(last_layer, int | float) else ""
        got = f"{last_layer!r:.200}"
        raise TypeError(f"last_layer must be a loss such as SoftmaxWithLoss(), got {got}{hint}")
    return last_layer


def expect_probabilities(x: np.ndarray, t: np.ndarray) -> np.ndarray:
    """t in the dtype of x; ValueError unless it has the shape of x and values in 0 .. 1."""
    t = check_targets(x, t)
    if t.size and not (t.min() >= 0 and t.max() <= 1):
        raise ValueError(
            f"targets must be 0 .. 1, got {t.min()} .. {t.max()}: "
            "scale them first; labels -1 and 1, for instance, by (t + 1) / 2"
        )
    return t.astype(x.dtype, copy=False)


def batch_size(x: np.ndarray) -> int:
    """The number of examples: N for (N, ..), 1 for a single one (outputs,)."""
    return len(x) if x.ndim > 1 else 1
