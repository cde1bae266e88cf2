"""Is this backward pass right? Proof by measurement (section 5.7.3).

L = sum(dout * layer.forward(x)) is one number, and dout is random, so that no error can cancel
out. Along a random direction of x, W, .. the slope of L is measured, (L(+h) - L(-h)) / 2h in
float64, and compared with what backward says, sum(gradient * direction). Then single entries are
compared, to name the worst one, and a list of common mistakes is searched for its cause.
"""

import copy
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from dlscratch.gradcheck.comparison import CheckFailed, Comparison, GradientCheck, Gradients
from dlscratch.initializers import Random, generator
from dlscratch.layers import Layer
from dlscratch.layers.base import expect_children, named_arrays
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
    """Prove or refute the gradients of a layer, a loss or a whole `Network`.

    subject: anything with forward(x) and backward(dout), a `Layer` or not; it is copied, never
    changed. A parameter W is found by `param_names`, or by having a gradient dW after backward;
    those of layers inside are named by counting, W1 b1 W2 .., and checked as well.
    x, t: an input batch of two or more rows, t for losses and networks; integers have no gradient.
    training: the mode of a layer; a network is always checked in training. tolerance: the largest
    relative error that passes. rng: draws dout and the directions; without one a fixed seed does,
    so that a check can be repeated.

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
    kind: Callable[..., Comparison] = _NetworkCheck if isinstance(subject, Network) else _LayerCheck
    # A stream of its own: were dout equal to an x of the same seed, dW = x^T . x would hide a
    # missing transpose.
    (rng,) = generator(0 if rng is None else rng).spawn(1)
    try:
        return kind(subject, x, t, training).verdict(name, rng, tolerance)
    except CheckFailed as reason:
        return GradientCheck(False, name, hint=str(reason))


def expect_checkable(subject: Any, x: ArrayLike, t: ArrayLike | None) -> None:
    """An error with its cure, unless forward(x) or forward(x, t) and backward can be called."""
    if isinstance(subject, type):
        name = subject.__name__
        raise TypeError(f"check_gradients expects an object, got the class {name}: write {name}()")
    name = type(subject).__name__
    if not callable(getattr(subject, "forward", 0)) or not callable(
        getattr(subject, "backward", 0)
    ):
        raise TypeError(f"check_gradients expects forward(x) and backward(dout), {name} lacks one")
    if np.ndim(x) == 0:
        raise ValueError(f"check_gradients expects as x a batch of two or more rows, got {x!r:.80}")
    if isinstance(subject, Network):
        needs_t, takes_t = True, True
    else:
        needs_t, takes_t = len(inputs_of(subject.forward)) > 1, takes_targets(subject.forward)
    if needs_t and t is None:
        raise ValueError(f"{name} takes targets as well: write check_gradients(.., x, t)")
    if t is not None and not takes_t:
        raise ValueError(f"{name}.forward takes no targets: write check_gradients(.., x)")


def inputs_of(forward: Callable[..., Any], required: bool = True) -> list[str]:
    """The names of the arguments besides `training` that it takes, or only those it requires."""
    named = inspect.signature(forward).parameters.values()
    kinds = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    found = [p for p in named if p.kind in kinds and p.name != "training"]
    return [p.name for p in found if p.default is p.empty or not required]


def takes_targets(forward: Callable[..., Any]) -> bool:
    """Whether it is a forward(x, t)."""
    return len(inputs_of(forward, required=False)) > 1


class _LayerCheck(Comparison):
    """A layer or a loss: L = sum(dout * forward(x))."""

    def __init__(self, layer: Any, x: ArrayLike, t: ArrayLike | None, training: bool):
        self.layer = copy.deepcopy(layer)
        for part in _parts(self.layer):
            for attribute, value in vars(part).items():
                if isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating):
                    setattr(part, attribute, value.astype(np.float64))
        self.x = _input(layer, x)
        self.t = () if t is None else (_read_only(t, np.asarray(t).dtype),)
        takes = inspect.signature(layer.forward).parameters
        self.mode = {"training": training} if "training" in takes else {}
        self.arrays = {} if self.x.dtype.kind in "iu" else {"x": self.x}
        self.places: dict[str, tuple[int, str]] = {}  # name -> number of the part, attribute
        # One pass over other numbers first: what it leaves behind must not matter.
        self.fresh = copy.deepcopy(self.layer)
        self._forward(self.layer, _read_only(self.x[::-1] + 0.5, self.x.dtype))

    def analytic(self, rng: np.random.Generator) -> Gradients:
        probe = copy.deepcopy(self.layer)
        y = self._forward(probe, self.x)
        self.dout = _read_only(rng.standard_normal(np.shape(y)))
        gradients = {"x": self._backward(probe)}
        if "x" not in self.arrays:
            del gradients["x"]
        parts = _parts(probe)
        self.places = _places(probe)
        for key, (i, attribute) in self.places.items():
            self.arrays[key] = getattr(parts[i], attribute)
            if np.ndim(self.arrays[key]) == 0:
                raise CheckFailed(f"{key} is a single number: make it an array of shape (1,).")
            gradients[key] = getattr(parts[i], "d" + attribute, None)
        return gradients

    def difference(self, key: str, change: np.ndarray) -> float:
        outputs = []
        for moved in (self.arrays[key] + change, self.arrays[key] - change):
            probe = copy.deepcopy(self.layer)
            self._set(probe, {} if key == "x" else {key: moved})
            outputs.append(self._forward(probe, moved if key == "x" else self.x))
        return float(np.sum(self.dout * (outputs[0] - outputs[1])))

    def owner(self, key: str) -> str:
        i, _ = self.places.get(key, (0, ""))
        return repr(_parts(self.layer)[i]) if i else ""

    def _set(self, probe: Any, arrays: dict[str, np.ndarray]) -> None:
        parts = _parts(probe)
        for key, array in arrays.items():
            i, attribute = self.places[key]
            setattr(parts[i], attribute, array)

    def _forward(self, probe: Any, x: np.ndarray) -> Any:
        return self._guarded("forward", probe.forward, x, *self.t, **self.mode)

    def _backward(self, probe: Any) -> Any:
        return self._guarded("backward", probe.backward, self.dout)

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
            raise CheckFailed(
                f"Likely cause: {which} writes into its input: "
                f"make a new one, such as {name} * mask."
            ) from error

    def _cause(self, key: str, analytic: Gradients, rng: np.random.Generator) -> str:
        if self._right_if(key, rng, self.fresh):
            return (
                "Likely cause: a mask of the wrong pass, backward uses what an earlier forward "
                "left behind: save it again in each forward."
            )
        for name, W in self.arrays.items():
            turnable = name != "x" and W.ndim == 2 and W.shape == W.T.shape
            if turnable and self._right_if(key, rng, self.layer, {name: W.T}):
                return f"Likely cause: a missing transpose, backward needs {name}.T."
        return super()._cause(key, analytic, rng)

    def _right_if(
        self,
        key: str,
        rng: np.random.Generator,
        layer: Any,
        changes: dict[str, np.ndarray] | None = None,
    ) -> bool:
        """Whether backward would be right in this layer, with these changes after forward."""
        probe = copy.deepcopy(layer)
        self._forward(probe, self.x)
        self._set(probe, changes or {})
        gradient = self._backward(probe)
        if key != "x":
            i, attribute = self.places[key]
            gradient = getattr(_parts(probe)[i], "d" + attribute)
        used, self.layer = self.layer, layer
        rows = self._compare(key, gradient, rng)
        self.layer = used
        return all(np.isclose(a, n, rtol=1e-5, atol=1e-8) for *_, a, n in rows)


class _NetworkCheck(Comparison):
    """A network: L is its loss in training mode, weight decay included."""

    def __init__(self, net: Network, x: ArrayLike, t: Any, training: bool):
        if not training:
            raise ValueError("the gradient of a network is that of training, got training=False")
        self.net = net.astype(np.float64)
        self.x, self.t = _input(net, x), t
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


def _parts(subject: Any) -> list[Any]:
    """The subject, then all layers inside, always in the same order."""
    parts = list(subject.walk()) if isinstance(subject, Layer) else [subject]
    for part in parts:
        if isinstance(part, Layer):
            expect_children(part)
    return parts


def _places(subject: Any) -> dict[str, tuple[int, str]]:
    """Name -> (number among the parts, attribute) of every parameter, after a backward pass."""
    parts = _parts(subject)
    if len(parts) == 1:
        found = getattr(subject, "param_names", ()) or [
            name[1:] for name in vars(subject) if name[:1] == "d" and name[1:] in vars(subject)
        ]
        return {name: (0, name) for name in found}
    numbers = {id(part): i for i, part in enumerate(parts)}
    named = named_arrays([subject], "param_names")
    return {key: (numbers[id(layer)], attribute) for key, (layer, attribute) in named.items()}


def _input(subject: Any, x: ArrayLike) -> np.ndarray:
    """x in float64, or as integers, where they are what the subject takes."""
    x = np.asarray(x)
    keep = getattr(subject, "takes_integers", False) and x.dtype.kind in "iu"
    return _read_only(x, x.dtype if keep else np.float64)


def _read_only(x: ArrayLike, dtype: DTypeLike = np.float64) -> np.ndarray:
    x = np.array(x, dtype)
    x.flags.writeable = False
    return x
