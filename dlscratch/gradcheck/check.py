"""Is this backward pass right? Proof by measurement (section 5.7.3).

L = sum(dout * layer.forward(x)) is one number, and dout is random, so that errors do not cancel
out. The slope of L along a random direction of x, W, .. is measured, (L(+h) - L(-h)) / 2h in
float64, and compared with backward's, sum(gradient * direction). Then single entries are compared,
to find the worst one, and the error is matched with a list of common mistakes.
"""

import copy
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlscratch.gradcheck import diagnosis, experiments
from dlscratch.gradcheck.causes import likely
from dlscratch.gradcheck.comparison import CheckFailed, Comparison, GradientCheck, Gradients
from dlscratch.gradcheck.subject import (
    as_input,
    expect_checkable,
    kept_arrays,
    parameter_places,
    parts_of,
    read_only,
)
from dlscratch.initializers import Random, generator
from dlscratch.layers.base import named_arrays
from dlscratch.network import Network

Verdict = GradientCheck  # the older name


def check_gradients(
    subject: Any,
    x: ArrayLike,
    t: ArrayLike | None = None,
    *,
    rng: Random = None,
    training: bool = True,
    tolerance: float = 1e-6,
) -> GradientCheck:
    """Check the gradients of a layer, a loss or a whole `Network`.

    subject: any object with forward(x) and backward(dout), a `Layer` or not; it is copied, never
    changed. A parameter W is found by `param_names`, or because backward sets a gradient dW; the
    parameters of layers inside are numbered, W1 b1 W2 .., and checked too.
    x, t: an input batch of two or more rows, and targets for losses and networks; an x of integers
    has no gradient. training: the mode of a layer; a network is always checked in training mode.
    tolerance: the largest relative error that passes. rng: a generator or a seed for dout and the
    directions; by default a fixed seed, so that a check can be repeated.
    TypeError or ValueError, with a hint, if the subject cannot be called with x and t.

    >>> from dlscratch import Sigmoid
    >>> x = np.linspace(-2, 2, 6).reshape(3, 2)
    >>> bool(check_gradients(Sigmoid(), x))
    True
    >>> class Halved(Sigmoid):
    ...     def backward(self, dout):
    ...         return super().backward(dout) / 2
    >>> check_gradients(Halved(), x).hint
    'Likely cause: a factor, the gradient is 0.5 times what it should be.'
    """
    name = type(subject).__name__
    expect_checkable(subject, x, t)
    kind: Callable[..., Comparison] = NetworkCheck if isinstance(subject, Network) else LayerCheck
    # An independent stream: if dout were equal to an x drawn with the same seed, dW = x^T . x
    # would hide a missing transpose.
    (rng,) = generator(0 if rng is None else rng).spawn(1)
    try:
        return kind(subject, x, t, training).verdict(name, rng, tolerance)
    except CheckFailed as reason:
        return GradientCheck(False, name, hint=str(reason))


class LayerCheck(Comparison):
    """A layer or a loss: L = sum(dout * forward(x))."""

    def __init__(self, layer: Any, x: ArrayLike, t: ArrayLike | None, training: bool):
        self.layer = copy.deepcopy(layer)
        for part in parts_of(self.layer):
            for attribute, value in vars(part).items():
                if isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating):
                    setattr(part, attribute, value.astype(np.float64))
        self.x = as_input(layer, x)
        self.t = () if t is None else (read_only(t, np.asarray(t).dtype),)
        takes = inspect.signature(layer.forward).parameters
        self.mode = {"training": training} if "training" in takes else {}
        self.arrays = {} if self.x.dtype.kind in "iu" else {"x": self.x}
        self.places: dict[str, tuple[int, str]] = {}  # name -> index of the part, attribute
        # One pass over other numbers first: what it saves must have no effect on later ones.
        self.fresh = copy.deepcopy(self.layer)
        y = self._forward(self.layer, read_only(self.x[::-1] + 0.5, self.x.dtype))
        self._backward(self.layer, read_only(np.ones(np.shape(y))))

    def analytic(self, rng: np.random.Generator) -> Gradients:
        probe = copy.deepcopy(self.layer)
        y = self._forward(probe, self.x)
        if not np.array_equal(y, self.output(), equal_nan=True):
            raise CheckFailed(likely("unseeded"))
        self.dout = read_only(rng.standard_normal(np.shape(y)))
        gradients = {"x": self._backward(probe)}
        if "x" not in self.arrays:
            del gradients["x"]
        parts = parts_of(probe)
        self.places = parameter_places(probe)
        for key, (i, attribute) in self.places.items():
            self.arrays[key] = getattr(parts[i], attribute)
            if np.ndim(self.arrays[key]) == 0:
                raise CheckFailed(f"{key} is a single number: make it an array of shape (1,).")
            gradients[key] = getattr(parts[i], "d" + attribute, None)
        return gradients

    def difference(self, key: str, change: np.ndarray) -> float:
        return float(np.sum(self.dout * self.change_of_output(key, change)))

    def change_of_output(self, key: str, change: np.ndarray) -> np.ndarray:
        """forward with the array `key` moved by +change, minus forward with it at -change."""
        outputs = []
        for moved in (self.arrays[key] + change, self.arrays[key] - change):
            probe = copy.deepcopy(self.layer)
            self._set(probe, {} if key == "x" else {key: moved})
            outputs.append(self._forward(probe, moved if key == "x" else self.x))
        return np.asarray(outputs[0] - outputs[1])

    def owner(self, key: str) -> str:
        i, _ = self.places.get(key, (0, ""))
        return repr(parts_of(self.layer)[i]) if i else ""

    def _set(self, probe: Any, arrays: dict[str, np.ndarray]) -> None:
        parts = parts_of(probe)
        for key, array in arrays.items():
            i, attribute = self.places[key]
            setattr(parts[i], attribute, array)

    def _forward(self, probe: Any, x: np.ndarray) -> Any:
        return self._guarded("forward", probe.forward, x, *self.t, **self.mode)

    def _backward(self, probe: Any, dout: np.ndarray | None = None) -> Any:
        return self._guarded("backward", probe.backward, self.dout if dout is None else dout)

    def _guarded(
        self,
        which: str,
        method: Callable[..., Any],
        argument: np.ndarray,
        *rest: Any,
        **options: Any,
    ) -> Any:
        try:
            return method(argument, *rest, **options)
        except ValueError as error:
            if "read-only" not in str(error):
                raise
            name = "x" if which == "forward" else "dout"
            raise CheckFailed(likely("writes", which=which, name=name)) from error

    def _cause(self, key: str, analytic: Gradients) -> str:
        cause = experiments.before_numbers(self, key, analytic[key])
        if not cause:
            found = self.evidence(key, analytic[key])
            cause = diagnosis.of_numbers(found)
            if cause.startswith("Derive"):
                cause = experiments.after_numbers(self, found) or cause
        return cause

    def evidence(self, key: str, gradient: np.ndarray) -> diagnosis.Evidence:
        probe = self.after_forward()
        others = {"y": np.asarray(self.output()), "x": self.x}
        others |= {name: array for name, array in self.arrays.items() if name != "x"}
        for part in parts_of(probe):
            others |= kept_arrays(part)
        found = super().evidence(key, gradient)
        return replace(found, dout=self.dout, x=self.x, others=others)

    # ---- what the experiments use

    def output(self, x: np.ndarray | None = None) -> Any:
        """What forward returns for x, in a copy of the layer."""
        return self._forward(copy.deepcopy(self.layer), self.x if x is None else x)

    def after_forward(self, layer: Any = None, t: np.ndarray | None = None) -> Any:
        """A copy of the layer, or of another one, after forward on x and the targets, or on t."""
        probe = copy.deepcopy(self.layer if layer is None else layer)
        targets = self.t if t is None else (t,)
        self._guarded("forward", probe.forward, self.x, *targets, **self.mode)
        return probe

    def with_array(self, key: str, array: np.ndarray) -> Any:
        """As `after_forward`, with a parameter replaced after the pass."""
        probe = self.after_forward()
        self._set(probe, {key: array})
        return probe

    def gradient(self, key: str, probe: Any = None, dout: np.ndarray | None = None) -> np.ndarray:
        """d{key} by backward, in a given copy of the layer and with a given dout, if any."""
        probe = self.after_forward() if probe is None else probe
        dx = self._backward(probe, dout)
        if key != "x":
            i, attribute = self.places[key]
            dx = getattr(parts_of(probe)[i], "d" + attribute)
        return np.array(dx)

    def is_right(self, key: str, gradient: np.ndarray, layer: Any = None) -> bool:
        """Whether this is the gradient according to measurement, in the layer or in another one."""
        if gradient.shape != self.arrays[key].shape:
            return False
        used, self.layer = self.layer, self.layer if layer is None else layer
        rows = self._compare(key, gradient, self.rng)
        self.layer = used
        return all(np.isclose(a, n, rtol=1e-5, atol=1e-8) for *_, a, n in rows)


class NetworkCheck(Comparison):
    """A network: L is its loss in training mode, weight decay included."""

    def __init__(self, net: Network, x: ArrayLike, t: Any, training: bool):
        if not training:
            raise ValueError(
                "a network is always checked in training mode, got training=False: leave it out"
            )
        self.net = net.astype(np.float64)
        self.x, self.t = as_input(net, x), t
        self.arrays = dict(self.net.params)
        if self.arrays and self.x.dtype.kind == "f":
            self.arrays = {"x": self.x, **self.arrays}

    def analytic(self, rng: np.random.Generator) -> Gradients:
        gradients = dict(copy.deepcopy(self.net).gradient(self.x, self.t))
        if "x" in self.arrays:
            probe = copy.deepcopy(self.net)
            probe.last_layer.forward(probe.forward(self.x, training=True), self.t)
            gradients["x"] = probe.backward(probe.last_layer.backward())
        return gradients

    def difference(self, key: str, change: np.ndarray) -> float:
        losses = []
        for moved in (self.arrays[key] + change, self.arrays[key] - change):
            probe = copy.deepcopy(self.net)
            if key != "x":
                probe.params[key] = moved
            losses.append(probe.loss(moved if key == "x" else self.x, self.t, training=True))
        return losses[0] - losses[1]

    def owner(self, key: str) -> str:
        owners = named_arrays(self.net.layers, "param_names")
        return repr(owners[key][0]) if key in owners else ""
