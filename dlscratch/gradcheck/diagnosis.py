"""Common mistakes in a backward pass, recognised by the numbers that they leave behind.

`dlscratch.gradcheck.check` finds out that a gradient is wrong; here it is compared with the true
one, to say why. A sum that was forgotten leaves a shape, a transpose that was forgotten
leaves the numbers in each other's places, a mean taken twice leaves a factor of 1/N.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

Places: TypeAlias = tuple[np.ndarray, ...]  # an array of indices for each axis


def of_shape(key: str, gradient: Any, array: np.ndarray) -> str:
    """What is wrong with the shape of d{key}, the gradient of `array`; "" if nothing is."""
    shape = np.shape(gradient)
    if gradient is None:
        what = "backward returned no dx" if key == "x" else f"backward set no d{key}"
        return f"{what}: it must return an array of shape {array.shape}."
    if shape == array.shape:
        return "" if np.isfinite(gradient).all() else f"d{key} holds inf or nan."
    text = f"d{key} has shape {shape}, expected the shape of {key}, {array.shape}."
    if shape == array.shape[::-1]:
        text += " Likely cause: a missing transpose."
    if shape[1:] == array.shape:
        text += " Likely cause: a missing sum over the batch: .sum(axis=0)."
    return text


def of_numbers(key: str, gradient: np.ndarray, places: Places, true: np.ndarray, n: int) -> str:
    """The likely cause of a wrong d{key}; `true` holds the slopes at `places`, n is the batch."""
    if not gradient.any():
        return f"Likely cause: the gradient of {key} is never computed, it is all 0."
    square = gradient.ndim == 2 and gradient.shape == gradient.T.shape
    if square and _close(gradient.T[places], true):
        return f"Likely cause: a missing transpose, d{key} is the transpose of the gradient."
    # gradient = factor * true, if there is such a factor, by least squares
    factor = np.vdot(gradient[places], true) / max(np.vdot(true, true), 1e-300)
    if not _close(gradient[places], factor * true):
        return f"Derive d{key} again; the largest errors are where this one is."
    if _close(factor, -1):
        return "Likely cause: the wrong sign."
    for value, text in ((n, "N"), (1 / n, "1/N")):
        if _close(factor, value):
            return f"Likely cause: a factor of {text} (N = {n} rows): divide by N just once."
    return f"Likely cause: a factor, the gradient is {factor:.4g} times what it should be."


def _close(these: ArrayLike, those: ArrayLike) -> bool:
    return np.allclose(these, those, rtol=1e-4, atol=1e-6 * np.max(np.abs(those)))
