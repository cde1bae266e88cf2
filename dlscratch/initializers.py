"""Where learning starts: layers with random weights of the right size (section 6.2).

Equal weights would stay equal for ever; weights too large or too small drown the signal on its
way through the layers. For n inputs to each unit, the book's rules for the standard deviation:
    "xavier": 1 / sqrt(n), for sigmoid and tanh;  "he": sqrt(2 / n), for ReLU, which halves it.
Biases start at 0, and so does the shift of batch normalization; its scale starts at 1.
"""

import math

import numpy as np

from dlscratch.layers import Affine, BatchNorm, Convolution


def weight_std(std: float | str, n: int) -> float:
    """The standard deviation for weights that feed n inputs to a unit.

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


def normal(shape, std: float, rng: np.random.Generator | None, dtype=np.float32) -> np.ndarray:
    """Gaussian weights around 0; drawn in float64, so that every dtype gets the same ones."""
    rng = np.random.default_rng() if rng is None else rng
    return (std * rng.standard_normal(shape)).astype(dtype)


def affine(
    n_in: int,
    n_out: int,
    std: float | str = "he",
    *,
    rng: np.random.Generator | None = None,
    dtype=np.float32,
) -> Affine:
    """An `Affine` layer from n_in to n_out numbers.

    >>> affine(784, 50, std=0.01)
    Affine(W=(784, 50), b=(50,))
    """
    W = normal((n_in, n_out), weight_std(std, n_in), rng, dtype)
    return Affine(W, np.zeros(n_out, dtype))


def convolution(
    channels: int,
    filters: int,
    size: int,
    stride: int = 1,
    pad: int = 0,
    std: float | str = "he",
    *,
    rng: np.random.Generator | None = None,
    dtype=np.float32,
) -> Convolution:
    """A `Convolution` of square filters, from `channels` maps to `filters` maps.

    >>> convolution(1, 30, 5)
    Convolution(W=(30, 1, 5, 5), b=(30,), stride=1, pad=0)
    """
    W = normal((filters, channels, size, size), weight_std(std, channels * size * size), rng, dtype)
    return Convolution(W, np.zeros(filters, dtype), stride, pad)


def batch_norm(features: int, momentum: float = 0.9, *, dtype=np.float32) -> BatchNorm:
    """A `BatchNorm` layer that starts out by leaving normalised features as they are.

    >>> batch_norm(100)
    BatchNorm(gamma=(100,), beta=(100,))
    """
    return BatchNorm(np.ones(features, dtype), np.zeros(features, dtype), momentum)
