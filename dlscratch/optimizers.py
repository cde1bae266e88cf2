"""Optimizers: six update rules, in order of complexity (section 6.1).

An optimizer takes the parameters and their gradients, and changes the parameters in place:
`optimizer.update(net.params, grads)`. Its memory between steps is `state`, arrays with the shapes
of the parameters. The learning rate lr is a number, or a schedule (`dlscratch.schedules`), which
returns one for each step. Below, g is always the gradient of w.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

import numpy as np

from dlscratch.arguments import expect_number
from dlscratch.devices import place_of
from dlscratch.parameters import Parameters
from dlscratch.schedules import Schedule, expect_rate, rate_at

EPS = 1e-7  # prevents a division by zero, as in the book
BLOCK = 65536  # numbers updated at a time, so that w, g and their state stay in the cache


class Optimizer(ABC):
    """The base class: the loop over the parameters, their state, and the learning rate.

    lr: a number above 0, or a schedule, step -> number; ValueError or TypeError for anything else.
    A number may be changed at any time: `optimizer.lr *= 0.5`.
    """

    state_names: tuple[str, ...] = ()  # the state of each parameter: arrays that `step` receives
    positive_names: tuple[str, ...] = ()  # those of them that are never negative: sums of g^2

    def __init__(self, lr: float | Schedule):
        self.lr = expect_rate(lr)
        self.steps = 0
        self.state: dict[str, list[np.ndarray]] = {}

    @property
    def rate(self) -> float:
        """The learning rate of the last step, or of the first one if there was none.

        >>> from dlscratch import StepDecay
        >>> Adam(StepDecay(0.001, 0.5, every=100)).rate
        0.001
        """
        return rate_at(self.lr, max(1, self.steps))

    def update(
        self,
        params: MutableMapping[str, Any] | Parameters,
        grads: Mapping[str, Any],
        clip_norm: float | None = None,
    ) -> None:
        """One step: arrays are changed in place, plain numbers are replaced.

        params, grads: the same names and shapes, floats; ValueError otherwise. clip_norm: if the
        norm over all gradients is larger, they are scaled down to it. grads is not written to.
        """
        pairs = _pairs(params, grads)
        scale = _clip_scale([g for _, _, g in pairs], clip_norm)
        self.init_state(params)
        self.steps += 1
        for name, w, g in pairs:
            g = g if scale == 1 else scale * g
            arrays = [np.asarray(w, like=place_of(w)), g, *self.state[name]]
            if isinstance(w, np.ndarray) and w.ndim == 1:  # on a GPU, all numbers at once
                for i in range(0, len(w), BLOCK):
                    self.step(*(array[i : i + BLOCK] for array in arrays))
            else:
                self.step(*arrays)
            if self.steps % 100 == 0:
                self._flush_denormals(name)
            if place_of(w) is None:
                params[name] = arrays[0][()]  # a plain number, as in section 6.1.7

    def init_state(self, params: Mapping[str, Any]) -> None:
        """Create the state, zeros, of new parameters; ValueError if a shape has changed."""
        for name, w in _arrays(params).items():
            if name not in self.state:
                self.state[name] = [np.zeros_like(w) for _ in self.state_names]
            if any(array.shape != np.shape(w) for array in self.state[name]):
                raise ValueError(
                    f"{self!r} was used with other shapes before: make a new one for each network"
                )

    def _flush_denormals(self, name: str) -> None:
        """Set numbers that are far too small to matter to 0.

        Where g stays 0, the state shrinks step by step below 1e-38, where numbers are denormal and
        processors many times slower. Adding 1e-20 rounds such a number away.
        """
        for array in self.state[name]:
            array += 1e-20
            array -= 1e-20

    @abstractmethod
    def step(self, w: np.ndarray, g: np.ndarray, *state: Any) -> None:
        """The update rule: change w and its state in place, given its gradient g."""

    def __repr__(self) -> str:
        hidden = ("steps", "state")
        shown = (f"{k}={v}" for k, v in vars(self).items() if k not in hidden)
        return f"{type(self).__name__}({', '.join(shown)})"


def _clip_scale(grads: Iterable[Any], clip_norm: float | None) -> float:
    """The factor that scales the norm over all gradients down to clip_norm; 1 if it is smaller.

    The direction of the step stays the same, only its length is limited, so that a single steep
    place in the loss of a recurrent network cannot throw the weights far away (Pascanu and others,
    2013).
    """
    if clip_norm is None:
        return 1.0
    expect_number("clip_norm", clip_norm, above=0)
    # squared and summed in float64, since float16 would overflow
    norm = math.sqrt(sum(float(np.sum(np.square(g, dtype=np.float64))) for g in grads))
    return float(clip_norm / norm) if norm > clip_norm else 1.0


def _arrays(arrays: Mapping[str, Any]) -> Mapping[str, Any]:
    """Name -> array; all parameters of a network are a single vector."""
    return {"flat": arrays.flat} if isinstance(arrays, Parameters) else arrays


def _pairs(params: Mapping[str, Any], grads: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """(name, parameter, gradient) for each parameter; ValueError unless they match."""
    if isinstance(params, Parameters) and isinstance(grads, Parameters) and params.aligned(grads):
        return [("flat", params.flat, grads.flat)]
    for name, w in params.items():
        if name not in grads:
            raise ValueError(f"no gradient for {name!r}: expected one for each of {list(params)}")
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError(
                f"{name!r} has shape {np.shape(w)}, its gradient {np.shape(grads[name])}: "
                "expected equal shapes"
            )
        if np.asarray(w, like=place_of(w)).dtype.kind != "f":
            raise ValueError(f"{name!r} holds integers: expected floats, for small steps")
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

    def __init__(self, lr: float | Schedule = 0.01):
        super().__init__(lr)

    def step(self, w: np.ndarray, g: np.ndarray) -> None:
        w -= self.rate * g


class Momentum(Optimizer):
    """v <- momentum v - lr g;  w <- w + v: like a rolling ball (equations 6.3 and 6.4)."""

    state_names = ("v",)

    def __init__(self, lr: float | Schedule = 0.01, momentum: float = 0.9):
        super().__init__(lr)
        self.momentum = expect_number("momentum", momentum, at_least=0, at_most=1)

    def step(self, w: np.ndarray, g: np.ndarray, v: np.ndarray) -> None:
        v *= self.momentum
        v -= self.rate * g
        w += v


class Nesterov(Momentum):
    """Momentum with the gradient at the point where the ball is going (Nesterov, 1983).

    The actual position is p; the network holds w = p + momentum v, the look-ahead point, so that g
    is the gradient there:  v <- momentum v - lr g;  p <- p + v;  w = p + momentum v.
    """

    def step(self, w: np.ndarray, g: np.ndarray, v: np.ndarray) -> None:
        w -= self.momentum * v  # back from the look-ahead point: w = p
        v *= self.momentum
        v -= self.rate * g
        w += (1 + self.momentum) * v  # p + v, and the next look-ahead


class AdaGrad(Optimizer):
    """h <- h + g^2;  w <- w - lr g / sqrt(h): smaller steps where it was steep (6.5 and 6.6)."""

    state_names = positive_names = ("h",)

    def __init__(self, lr: float | Schedule = 0.01):
        super().__init__(lr)

    def step(self, w: np.ndarray, g: np.ndarray, h: np.ndarray) -> None:
        h += g * g
        w -= self.rate * g / (np.sqrt(h) + EPS)


class RMSprop(AdaGrad):
    """AdaGrad that forgets: h is a moving average of g^2, so the steps never die out (6.1.5)."""

    def __init__(self, lr: float | Schedule = 0.01, decay_rate: float = 0.99):
        super().__init__(lr)
        self.decay_rate = expect_number("decay_rate", decay_rate, at_least=0, below=1)

    def step(self, w: np.ndarray, g: np.ndarray, h: np.ndarray) -> None:
        h *= self.decay_rate
        h += (1 - self.decay_rate) * (g * g)
        w -= self.rate * g / (np.sqrt(h) + EPS)


class Adam(Optimizer):
    """Momentum and RMSprop combined, with bias correction (6.1.6; Kingma and Ba, 2015).

    m <- beta1 m + (1 - beta1) g;  v <- beta2 v + (1 - beta2) g^2
    w <- w - lr sqrt(1 - beta2^k) / (1 - beta1^k) m / sqrt(v)  in step k

    m and v are stored without their factors 1 - beta, which are part of the rate instead: one
    product per step, not one per weight.
    """

    state_names = ("m", "v")
    positive_names = ("v",)

    def __init__(self, lr: float | Schedule = 0.001, beta1: float = 0.9, beta2: float = 0.999):
        super().__init__(lr)
        self.beta1 = expect_number("beta1", beta1, at_least=0, below=1)
        self.beta2 = expect_number("beta2", beta2, at_least=0, below=1)

    def step(self, w: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray) -> None:
        k = self.steps
        unit_m, unit_v = 1 - self.beta1, math.sqrt(1 - self.beta2)
        rate = self.rate * unit_m / unit_v * math.sqrt(1 - self.beta2**k) / (1 - self.beta1**k)
        m *= self.beta1
        m += g
        v *= self.beta2
        v += g * g
        w -= rate * (m / (np.sqrt(v) + EPS / unit_v))
