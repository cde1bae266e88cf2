"""The subject of a check: whether it can be checked, its layers, and its parameters by name."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from dlscratch.layers import Layer
from dlscratch.layers.base import expect_children, named_arrays
from dlscratch.network import Network


def expect_checkable(subject: Any, x: ArrayLike, t: ArrayLike | None) -> None:
    """TypeError or ValueError, with a hint, unless forward and backward can be called."""
    if isinstance(subject, type):
        name = subject.__name__
        raise TypeError(f"check_gradients expects an object, got the class {name}: write {name}()")
    name = type(subject).__name__
    if not callable(getattr(subject, "forward", 0)) or not callable(
        getattr(subject, "backward", 0)
    ):
        raise TypeError(f"check_gradients expects forward(x) and backward(dout), {name} lacks one")
    if np.ndim(x) == 0:
        raise ValueError(f"check_gradients expects a batch x of two or more rows, got {x!r:.80}")
    if isinstance(subject, Network):
        needs_t, takes_t = True, True
    else:
        needs_t, takes_t = len(inputs_of(subject.forward)) > 1, takes_targets(subject.forward)
    if needs_t and t is None:
        raise ValueError(f"{name} takes targets as well: write check_gradients(.., x, t)")
    if t is not None and not takes_t:
        raise ValueError(f"{name}.forward takes no targets: write check_gradients(.., x)")


def inputs_of(forward: Callable[..., Any], required: bool = True) -> list[str]:
    """The names of its positional arguments except `training`: the required ones, or all."""
    named = inspect.signature(forward).parameters.values()
    kinds = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    found = [p for p in named if p.kind in kinds and p.name != "training"]
    return [p.name for p in found if p.default is p.empty or not required]


def takes_targets(forward: Callable[..., Any]) -> bool:
    """Whether it can be called as forward(x, t)."""
    return len(inputs_of(forward, required=False)) > 1


def parts_of(subject: Any) -> list[Any]:
    """The subject and all layers inside, always in the same order."""
    parts = list(subject.walk()) if isinstance(subject, Layer) else [subject]
    for part in parts:
        if isinstance(part, Layer):
            expect_children(part)
    return parts


def parameter_places(subject: Any) -> dict[str, tuple[int, str]]:
    """Name -> (index of the part, attribute) of every parameter, after a backward pass."""
    parts = parts_of(subject)
    if len(parts) == 1:
        found = getattr(subject, "param_names", ()) or [
            name[1:] for name in vars(subject) if name[:1] == "d" and name[1:] in vars(subject)
        ]
        return {name: (0, name) for name in found}
    numbers = {id(part): i for i, part in enumerate(parts)}
    named = named_arrays([subject], "param_names")
    return {key: (numbers[id(layer)], attribute) for key, (layer, attribute) in named.items()}


def as_input(subject: Any, x: ArrayLike) -> np.ndarray:
    """x in float64, or as integers if the subject takes those; read-only."""
    x = np.asarray(x)
    keep = getattr(subject, "takes_integers", False) and x.dtype.kind in "iu"
    return read_only(x, x.dtype if keep else np.float64)


def read_only(x: ArrayLike, dtype: DTypeLike = np.float64) -> np.ndarray:
    """A copy of x that raises when it is written to."""
    x = np.array(x, dtype)
    x.flags.writeable = False
    return x


def kept_arrays(part: Any) -> dict[str, np.ndarray]:
    """The floating-point arrays among its attributes, also those in a tuple such as its cache."""
    found: dict[str, Any] = {}
    for name, value in vars(part).items():
        inner = {f"{name}[{i}]": a for i, a in enumerate(value)} if isinstance(value, tuple) else {}
        found |= inner or {name: value}
    return {n: a for n, a in found.items() if isinstance(a, np.ndarray) and a.dtype.kind == "f"}
