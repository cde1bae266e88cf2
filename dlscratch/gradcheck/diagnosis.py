"""Common mistakes in a backward pass, recognised by the wrong gradient itself.

`dlscratch.gradcheck.check` finds that a gradient is wrong; here it is compared with the true one,
to find out why. A missing sum gives a wrong shape, a missing transpose the right numbers at the
wrong entries, dividing by the batch twice a factor of 1/N, a missing mask numbers where there
should be zeros.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from dlscratch.gradcheck.causes import likely

Places: TypeAlias = tuple[np.ndarray, ...]  # an array of indices for each axis


@dataclass(frozen=True)
class Evidence:
    """A wrong gradient, the slopes measured at some of its entries, and the arrays involved."""

    key: str
    gradient: np.ndarray
    places: Places
    true: np.ndarray  # the measured slopes at the places
    n: int  # the rows of the batch
    dout: np.ndarray | None = None
    x: np.ndarray | None = None
    others: Mapping[str, np.ndarray] = field(default_factory=dict)  # y, parameters, the cache

    @property
    def said(self) -> np.ndarray:
        """The gradient by backward at the places."""
        return self.gradient[self.places]


def of_shape(key: str, gradient: Any, array: np.ndarray, n: int = 0) -> str:
    """What is wrong with the shape of d{key}, the gradient of `array`; "" if it is right.

    n: the rows of the batch.
    """
    shape = np.shape(gradient)
    if gradient is None:
        what = "backward returned no dx" if key == "x" else f"backward set no d{key}"
        return f"{what}: it must return an array of shape {array.shape}."
    if shape == array.shape:
        return "" if np.isfinite(gradient).all() else f"d{key} contains inf or nan."
    text = f"d{key} has shape {shape}, expected the shape of {key}, {array.shape}."
    wider = np.subtract(shape[2:], array.shape[2:]) if len(shape) == array.ndim == 4 else np.ones(1)
    if shape == array.shape[::-1]:
        cause = "transposed shape"
    elif np.size(gradient) == 1:
        cause = "single sum"
    elif np.squeeze(gradient).shape == array.shape:
        cause = "left-over axis"
    elif shape[1:] == array.shape:
        cause = "missing sum"
    elif array.ndim == 1 and len(shape) > 1 and array.shape[0] in shape:
        cause = "missing sums"
    elif key != "x" and shape == (n,):
        cause = "wrong axis"
    elif shape[:2] == array.shape[:2] and wider.min() > 0 and not np.any(wider % 2):
        cause = "padding"
    elif np.size(gradient) == array.size:
        cause = "reshape"
    else:
        return text
    return f"{text} {likely(cause, key=key)}"


def of_numbers(found: Evidence) -> str:
    """The likely cause of a wrong gradient, or a message that none is known."""
    for rule in (_whole, _axes, _factor, _equal, _mask, _sum_of_x, _product):
        cause = rule(found)
        if cause:
            return cause
    return f"Derive d{found.key} again; no common mistake fits, the largest error is at this entry."


def _whole(found: Evidence) -> str:
    """A gradient that is all 0, or should be."""
    if not found.gradient.any():
        return likely("never computed", key=found.key)
    if np.max(np.abs(found.true)) < 1e-8 * np.max(np.abs(found.gradient)):
        return likely("flat", key=found.key)
    return ""


def _axes(found: Evidence) -> str:
    """The right numbers at the wrong entries."""
    shape, ndim = found.gradient.shape, found.gradient.ndim
    for i, j in combinations(range(ndim), 2):
        swapped = found.gradient.swapaxes(i, j)
        if shape[i] == shape[j] and close(swapped[found.places], found.true):
            cause = "transposed" if ndim == 2 else "swapped axes"
            return likely(cause, key=found.key, i=i, j=j)
    if ndim > 2 and close(found.gradient[..., ::-1, ::-1][found.places], found.true):
        return likely("rotated", key=found.key)
    return ""


def _factor(found: Evidence) -> str:
    """gradient = factor * true, for a factor found by least squares."""
    factor = np.vdot(found.said, found.true) / max(np.vdot(found.true, found.true), 1e-300)
    if not close(found.said, factor * found.true):
        return ""
    if close(factor, -1):
        return likely("sign")
    for value, text in ((found.n, "N"), (1 / found.n, "1/N")):
        if close(factor, value):
            return likely("N", text=text, n=found.n)
    if found.gradient.size == 1:  # a single number is always a multiple of another
        return ""
    return likely("factor", factor=factor)


def _equal(found: Evidence) -> str:
    """A sum over all axes, broadcast to the shape."""
    first = found.gradient.flat[0]
    if found.gradient.size > 1 and close(found.gradient, np.full(found.gradient.shape, first)):
        return likely("equal", key=found.key)
    return ""


def _mask(found: Evidence) -> str:
    """Where the output does not depend on x, the slope is 0: a mask must set the gradient to 0."""
    if found.dout is not None and found.gradient.shape == found.dout.shape:
        if close(found.gradient, found.dout):
            return likely("passed on")
    out = np.abs(found.true) < 1e-6 * np.max(np.abs(found.true))
    wrong = np.abs(found.said) > 1e-6 * np.max(np.abs(found.said))  # where out: should be 0
    if np.mean(out) < 0.05 or np.mean(wrong[out]) < 0.05:
        return ""
    inverted = not np.any(wrong[~out]) and np.mean(wrong[out]) > 0.9
    return likely("inverted" if inverted else "no mask", key=found.key)


def _sum_of_x(found: Evidence) -> str:
    """dgamma = sum of dout * x, where forward multiplies gamma by the normalised x."""
    x, dout = found.x, found.dout
    if x is None or dout is None or x.ndim < 2 or found.gradient.shape != x.shape[1:2]:
        return ""
    if x.shape != dout.shape:
        return ""
    others = (0, *range(2, x.ndim))
    if close(found.gradient, (dout * x).sum(axis=others)):
        return likely("x for x-hat", key=found.key)
    return ""


def _product(found: Evidence) -> str:
    """A factor that differs between entries: y, 1 - y, a parameter, or what forward saved."""
    for name, other in found.others.items():
        alongside = _alongside(other, found.gradient)
        if alongside is None or np.ptp(alongside) < 1e-6:
            continue
        array = np.broadcast_to(alongside, found.gradient.shape)[found.places]
        for what, factor in ((name, array), (f"(1 - {name})", 1 - array)):
            if close(found.said * factor, found.true):
                return likely("missing factor", name=what)
            if close(found.said, found.true * factor):
                return likely("extra factor", name=what)
    return ""


def _alongside(array: np.ndarray, gradient: np.ndarray) -> np.ndarray | None:
    """The array, if it can be broadcast to the gradient, also one number per channel."""
    if array.ndim == 1 and gradient.ndim > 2 and len(array) == gradient.shape[1]:
        array = array.reshape(-1, *[1] * (gradient.ndim - 2))  # (C,) -> (C, 1, 1)
    try:
        fits = np.broadcast_shapes(array.shape, gradient.shape) == gradient.shape
    except ValueError:
        return None
    return array if fits and array.size > 1 else None


def close(these: ArrayLike, those: ArrayLike) -> bool:
    """Whether two arrays are equal up to the noise of a measured slope."""
    return np.allclose(these, those, rtol=1e-4, atol=1e-6 * np.max(np.abs(those)))
