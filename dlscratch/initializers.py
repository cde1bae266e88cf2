"""Initial weights: random numbers of the right size (section 6.2).

Equal weights would stay equal forever; with weights that are too large or too small, activations
and gradients explode or vanish. The book's rules for the standard deviation, for units of n inputs:
    "xavier": 1 / sqrt(n), for sigmoid and tanh;  "he": sqrt(2 / n), for ReLU, which halves it.
Biases start at 0, and so does the shift of batch normalization; its scale starts at 1.
A layer with such weights: `Affine.init(784, 50, std="he", rng=rng)`, `Convolution.init(..)`.
"""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import DTypeLike

Random: TypeAlias = np.random.Generator | int | None  # a generator, or the seed of a new one


def weight_std(std: float | str, n: int) -> float:
    """The standard deviation for the weights of a unit with n inputs; ValueError for other rules.

    >>> weight_std("he", 50), weight_std("xavier", 100), weight_std(0.01, 100)
    (0.2, 0.1, 0.01)
    """
    if std == "xavier":
        return 1 / math.sqrt(n)
    if std == "he":
        return math.sqrt(2 / n)
    if isinstance(std, str) or not std >= 0:
        raise ValueError(f'std must be a number >= 0, "xavier" or "he", got {std!r}')
    return float(std)


def normal(
    shape: tuple[int, ...],
    std: float,
    rng: Random,
    dtype: DTypeLike = np.float32,
) -> np.ndarray:
    """Gaussian weights with mean 0; drawn in float64, so that they are the same in every dtype."""
    return (std * generator(rng).standard_normal(shape)).astype(dtype)


def generator(rng: Random) -> np.random.Generator:
    """The generator itself, or a new one from a seed; None: a seed from the operating system.

    >>> bool(generator(3).integers(100) == generator(3).integers(100))
    True
    """
    try:
        return np.random.default_rng(rng)  # a generator passes through unchanged
    except (TypeError, ValueError):
        raise TypeError(
            "rng must be a generator, such as np.random.default_rng(0), or its seed, a whole "
            f"number of 0 or more, got {rng!r:.80}"
        ) from None
