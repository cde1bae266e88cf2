"""Optimizers: six update rules, in order of complexity (section 6.1).

An optimizer takes the parameters and their gradients, and moves the parameters in place:
`optimizer.update(net.params, grads)`. What it keeps between steps is in `state`, arrays of the
shapes of the parameters. The learning rate lr is a number, or a schedule (`dlscratch.schedules`)
that gives one for each step. g is the gradient of w throughout.
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

EPS = 1e-7  # keeps a division by zero away, as in the book
BLOCK = 65536  # numbers taken at a time, so that w, g and their state stay in the cache


class Optimizer(ABC):
    """What the six share: walking through the parameters, their state, the learning rate.

    lr: a number above 0, or a schedule, step -> number; ValueError or TypeError for anything else.
    A number may be replaced at any time: `optimizer.lr *= 0.5`.
    """

    state_names: tuple[str, ...] = ()  # the arrays that `step` remembers for each parameter
    positive_names: tuple[str, ...] = ()  # those of them that are never negative: sums of g^2

    def __init__(self, lr: float | Schedule):
        self.lr = expect_rate(lr)
        self.steps = 0
        self.state: dict[str, list[np.ndarray]] = {}

    @property
    def rate(self) -> float:
        """The learning rate of the last step; before the first one, that of the first.

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
        """One step: arrays change in place, plain numbers are replaced. Equal names in both.

        clip_norm: gradients whose norm, over all of them, is larger are scaled down to it. The
        arrays of grads are never written to. ValueError if names, shapes or dtypes do not fit.
        """
        pairs = _pairs(params, grads)
        scale = _clip_scale([g for _, _, g in pairs], clip_norm)
        self.init_state(params)
        self.steps += 1
        for name, w, g in pairs:
            g = g if scale == 1 else scale * g
            arrays = [np.asarray(w, like=place_of(w)), g, *self.state[name]]
            if isinstance(w, np.ndarray) and w.ndim == 1:  # a GPU takes all at once
                for i in range(0, len(w), BLOCK):
                    self.step(*(array[i : i + BLOCK] for array in arrays))
            else:
                self.step(*arrays)
            if self.steps % 100 == 0:
                self._flush_denormals(name)
            if place_of(w) is None:
                params[name] = arrays[0][()]  # a plain number, as in section 6.1.7

    def init_state(self, params: Mapping[str, Any]) -> None:
        """Make the state of every parameter that has none yet: zeros."""
        for name, w in _arrays(params).items():
            if name not in self.state:
                self.state[name] = [np.zeros_like(w) for _ in self.state_names]
            if any(array.shape != np.shape(w) for array in self.state[name]):
                raise ValueError(
                    f"{self!r} was used with other shapes before: make a new one for each network"
                )

    def _flush_denormals(self, name: str) -> None:
        """Set numbers far too small to matter to 0.

        Where g stays 0, the state shrinks step by step towards 1e-38, and there processors become
        many times slower. Next to 1e-20 such a number leaves no trace.
        """
        for array in self.state[name]:
            array += 1e-20
            array -= 1e-20

    @abstractmethod
    def step(self, w: np.ndarray, g: np.ndarray, *state: Any) -> None:
        """The rule itself: change w in place, given its gradient g and its state."""

    def __repr__(self) -> str:
        hidden = ("steps", "state")
        shown = (f"{k}={v}" for k, v in vars(self).items() if k not in hidden)
        return f"{type(self).__name__}({', '.join(shown)})"


def _clip_scale(grads: Iterable[Any], clip_norm: float | None) -> float:
    """The factor that makes the norm over all gradients clip_norm, 1 if it is no larger.

    The direction of the step stays, only its length is bounded: one steep place in the landscape of
    a recurrent network cannot throw the weights far away (Pascanu and others, 2013).
    """
    if clip_norm is None:
        return 1.0
    expect_number("clip_norm", clip_norm, above=0)
    # squared and added up in float64: too much for float16 otherwise
    norm = math.sqrt(sum(float(np.sum(np.square(g, dtype=np.float64))) for g in grads))
    return float(clip_norm / norm) if norm > clip_norm else 1.0


def _arrays(arrays: Mapping[str, Any]) -> Mapping[str, Any]:
    """Name -> array; all parameters of a network are one long vector."""
    return {"flat": arrays.flat} if isinstance(arrays, Parameters) else arrays


def _pairs(params: Mapping[str, Any], grads: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """(name, parameter, gradient) for each, once it is sure that they match."""
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

    def __init__(self, lr: float | Schedule = 0.01):
        super().__init__(lr)

    def step(self, w: np.ndarray, g: np.ndarray) -> None:
        w -= self.rate * g


class Momentum(Optimizer):
    """v <- momentum v - lr g;  w <- w + v: a ball that rolls (equations 6.3 and 6.4)."""

    state_names = ("v",)

    def __init__(self, lr: float | Schedule = 0.01, momentum: float = 0.9):
        super().__init__(lr)
        self.momentum = expect_number("momentum", momentum, at_least=0, at_most=1)

    def step(self, w: np.ndarray, g: np.ndarray, v: np.ndarray) -> None:
        v *= self.momentum
        v -= self.rate * g
        w += v


class Nesterov(Momentum):
    """Momentum that measures the slope where the ball is about to be (Nesterov, 1983).

    The true position is p; the network holds w = p + momentum v, the place looked ahead to, so
    that g is measured there:  v <- momentum v - lr g;  p <- p + v;  w = p + momentum v.
    """

    def step(self, w: np.ndarray, g: np.ndarray, v: np.ndarray) -> None:
        w -= self.momentum * v  # back from the place looked ahead to: w = p
        v *= self.momentum
        v -= self.rate * g
        w += (1 + self.momentum) * v  # p + v, and ahead from there


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
    """Momentum and RMSprop in one, both corrected for starting at 0 (6.1.6; Kingma and Ba, 2015).

    m <- beta1 m + (1 - beta1) g;  v <- beta2 v + (1 - beta2) g^2
    w <- w - lr sqrt(1 - beta2^k) / (1 - beta1^k) m / sqrt(v)  in step k

    m and v are kept without their factors 1 - beta: these are made up for in the rate, where they
    cost one product instead of one for each weight.
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
