"""Numerical differentiation (sections 4.3 and 4.4): the slope, measured instead of derived.

Slow, but hard to get wrong: (f(x + h) - f(x - h)) / 2h for one number after the other.
`dlscratch.gradcheck.check` compares the much faster backward passes with it.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike


def numerical_diff(f: Callable[[float], float], x: float, h: float = 1e-4) -> float:
    """df/dx at the number x by central difference (section 4.3.1).

    TypeError for a float32 or float16: their precision is too low for h.

    >>> numerical_diff(lambda x: 0.01 * x**2 + 0.1 * x, 5)
    0.1999999999990898
    """
    _expect_fine(np.result_type(x), "numerical_diff")
    return (f(x + h) - f(x - h)) / (2 * h)


def numerical_gradient(
    f: Callable[[np.ndarray], float], x: ArrayLike, h: float = 1e-4
) -> np.ndarray:
    """df/dx for each number of the array x: float64, in the shape of x (section 4.4).

    x: a float64 array. One number of it at a time is changed in place and restored, even if f
    raises, so that f need not use its argument: the loss of a network reads its weights (section
    4.4.2). Integers are converted to a float64 copy. TypeError for float32 and float16: their
    precision is too low for h. ValueError if f does not return a single number.

    >>> numerical_gradient(lambda x: np.sum(x**2), np.array([3.0, 4.0])).round(6)
    array([6., 8.])
    """
    x = np.asarray(x)
    if np.issubdtype(x.dtype, np.integer):
        x = x.astype(np.float64)
    _expect_fine(x.dtype, "numerical_gradient")
    if not x.flags.writeable:
        x = x.copy()
    grad = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        kept = x[place].copy()
        try:
            x[place] = kept + h
            above = f(x)
            x[place] = kept - h
            below = f(x)
        finally:
            x[place] = kept
        if np.ndim(above) != 0:
            raise ValueError(
                f"f must return one number for all of x, got an array of shape "
                f"{np.shape(above)}: sum it up, or use numerical_diff for f of one number"
            )
        grad[place] = (above - below) / (2 * h)
    return grad


def _expect_fine(dtype: np.dtype, name: str) -> None:
    """TypeError unless a change of 1e-4 survives rounding in this dtype."""
    if dtype != np.float64 and dtype.kind not in "iu":
        raise TypeError(
            f"{name} needs float64, got {dtype}: use x.astype(np.float64), or "
            "net.astype(np.float64) for the weights of a network"
        )
