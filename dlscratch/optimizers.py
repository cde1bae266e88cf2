"""How to use a gradient: six update rules in order of complexity (section 6.1).

An optimizer is handed the parameters and their gradients, and moves the parameters in place:
`optimizer.update(net.params, grads)`. Whatever it must remember between two steps it keeps for
itself, one array a name, in `state`. g is the gradient of w throughout.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, MutableMapping

import numpy as np

from dlscratch.parameters import Parameters

EPS = 1e-7  # keeps a division by zero away, as in the book
BLOCK = 65536  # numbers taken at a time: w, g and what is remembered of them stay in the cache


class Optimizer(ABC):
    """What the six share: walking through the parameters, and their memory."""

    state_names: tuple[str, ...] = ()  # the arrays that `step` remembers for each parameter

    def __init__(self, lr: float):
        self.lr = lr
        self.steps = 0
        self.state: dict[str, list[np.ndarray]] = {}

    def update(self, params: MutableMapping | Parameters, grads: Mapping) -> None:
        """One step: arrays change in place, plain numbers are replaced. Equal names in both."""
        pairs = _pairs(params, grads)
        self.init_state(params)
        self.steps += 1
        for name, w, g in pairs:
            arrays = [np.asarray(w), g, *self.state[name]]
            if arrays[0].ndim == 1:
                for i in range(0, len(w), BLOCK):
                    self.step(*(array[i : i + BLOCK] for array in arrays))
            else:
                self.step(*arrays)
            if self.steps % 100 == 0:
                self._flush_denormals(name)
            if not isinstance(w, np.ndarray):
                params[name] = arrays[0][()]  # a plain number, as in section 6.1.7

    def init_state(self, params: Mapping) -> None:
        """Make room in the memory for every parameter, zeros at first."""
        for name, w in _arrays(params).items():
            if name not in self.state:
                self.state[name] = [np.zeros_like(w) for _ in self.state_names]
            if any(memory.shape != np.shape(w) for memory in self.state[name]):
                raise ValueError(
                    f"{self!r} has worked on other shapes before: make a new one for each network"
                )

    def _flush_denormals(self, name):
        """Make 0 of numbers far too small to matter.

        Where g stays 0, a memory shrinks step by step towards 1e-38, and there processors become
        many times slower. Next to 1e-20 such a number leaves no trace.
        """
        for memory in self.state[name]:
            memory += 1e-20
            memory -= 1e-20

    @abstractmethod
    def step(self, w, g, *memory) -> None:
        """The rule itself: change w in place, given its gradient g."""

    def __repr__(self) -> str:
        hidden = ("steps", "state")
        shown = (f"{k}={v}" for k, v in vars(self).items() if k not in hidden)
        return f"{type(self).__name__}({', '.join(shown)})"


def _arrays(arrays):
    """Name -> array; all parameters of a network are one long vector."""
    return {"flat": arrays.flat} if isinstance(arrays, Parameters) else arrays


def _pairs(params, grads):
    """(name, parameter, gradient) for each, once it is sure that they match."""
    alike = isinstance(params, Parameters) and isinstance(grads, Parameters)
    if alike and params.aligned(grads):
        return [("flat", params.flat, grads.flat)]
    for name, w in params.items():
        if name not in grads:
            raise ValueError(f"no gradient for {name!r}: expected one for each of {list(params)}")
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError(
                f"{name!r} has shape {np.shape(w)}, its gradient {np.shape(grads[name])}: "
                "expected equal shapes"
            )
        if np.asarray(w).dtype.kind != "f":
            raise ValueError(f"{name!r} is of whole numbers: expected floats, for small steps")
    if isinstance(params, Parameters):
        grads = Parameters.copy_of({name: grads[name] for name in params})
    params, grads = _arrays(params), _arrays(grads)
    return [(name, w, grads[name]) for name, w in params.items()]


class SGD(Optimizer):
    """w <- w - lr g: a step downhill (equation 6.1).

    >>> params = {"W1": np.array([1.0, 2.0])}
    >>> SGD(lr=0.1).update(params, {"W1": np.array([10.0, -10.0])})
    >>> params["W1"]
    array([0., 3.])
    """

    def __init__(self, lr: float = 0.01):
        super().__init__(lr)

    def step(self, w, g):
        w -= self.lr * g


class Momentum(Optimizer):
    """v <- momentum v - lr g;  w <- w + v: a ball that rolls (equations 6.3 and 6.4)."""

    state_names = ("v",)

    def __init__(self, lr: float = 0.01, momentum: float = 0.9):
        super().__init__(lr)
        self.momentum = momentum

    def step(self, w, g, v):
        v *= self.momentum
        v -= self.lr * g
        w += v


class Nesterov(Momentum):
    """Momentum that measures the slope where the ball is about to be (Nesterov, 1983).

    The true position is p; the network holds w = p + momentum v, the place looked ahead to, so
    that g is measured there:  v <- momentum v - lr g;  p <- p + v;  w = p + momentum v.
    """

    def step(self, w, g, v):
        w -= self.momentum * v  # back from the place looked ahead to: w = p
        v *= self.momentum
        v -= self.lr * g
        w += (1 + self.momentum) * v  # p + v, and ahead from there


class AdaGrad(Optimizer):
    """h <- h + g^2;  w <- w - lr g / sqrt(h): smaller steps where it was steep (6.5 and 6.6)."""

    state_names = ("h",)

    def __init__(self, lr: float = 0.01):
        super().__init__(lr)

    def step(self, w, g, h):
        h += g * g
        w -= self.lr * g / (np.sqrt(h) + EPS)


class RMSprop(AdaGrad):
    """AdaGrad that forgets: h is a moving average of g^2, so the steps never die out (6.1.5)."""

    def __init__(self, lr: float = 0.01, decay_rate: float = 0.99):
        super().__init__(lr)
        self.decay_rate = decay_rate

    def step(self, w, g, h):
        h *= self.decay_rate
        h += (1 - self.decay_rate) * (g * g)
        w -= self.lr * g / (np.sqrt(h) + EPS)


class Adam(Optimizer):
    """Momentum and RMSprop in one, both corrected for starting at 0 (6.1.6; Kingma and Ba, 2015).

    m <- beta1 m + (1 - beta1) g;  v <- beta2 v + (1 - beta2) g^2
    w <- w - lr sqrt(1 - beta2^k) / (1 - beta1^k) m / sqrt(v)  in step k

    m and v are kept without their factors 1 - beta: these are made up for in the rate, where they
    cost one product instead of one for each weight.
    """

    state_names = ("m", "v")

    def __init__(self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999):
        super().__init__(lr)
        self.beta1 = beta1
        self.beta2 = beta2

    def step(self, w, g, m, v):
        k = self.steps
        unit_m, unit_v = 1 - self.beta1, math.sqrt(1 - self.beta2)
        rate = self.lr * unit_m / unit_v * math.sqrt(1 - self.beta2**k) / (1 - self.beta1**k)
        m *= self.beta1
        m += g
        v *= self.beta2
        v += g * g
        w -= rate * (m / (np.sqrt(v) + EPS / unit_v))
