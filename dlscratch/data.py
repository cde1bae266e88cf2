"""Preparing examples: shuffle, split, shift, warp (8.1.2).

Mini-batches are drawn without replacement, so that an epoch has each example once. A digit that is
shifted or rotated a little is the same digit, although all its pixels change: with a new random
change in every batch, there are unlimited examples. No function writes to its arguments; rng is a
`np.random.Generator` or a seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dlscratch.arguments import expect_number, expect_whole
from dlscratch.initializers import Random, generator

Examples: TypeAlias = tuple[np.ndarray, np.ndarray]  # x (N, ..), t (N, ..)

BLOCK = 32  # images warped at a time: their coordinates stay in the cache


def batches(x: Any, t: Any, size: int, rng: Random) -> Iterator[tuple[Any, Any]]:
    """All rows once, in random order, `size` at a time; the last batch may be shorter.

    x: (N, ..), t: (N, ..). ValueError unless size is a whole number of 1 or more.

    >>> [len(part) for part, _ in batches(np.zeros((7, 2)), np.zeros(7), 3, rng=0)]
    [3, 3, 1]
    """
    expect_whole("the batch size", size, at_least=1)
    order = generator(rng).permutation(len(x))
    for i in range(0, len(x), size):
        rows = order[i : i + size]
        yield x[rows], t[rows]


def train_validation_split(
    x: np.ndarray, t: np.ndarray, validation: float, rng: Random
) -> tuple[Examples, Examples]:
    """(x, t) to train with and (x, t) to choose hyper-parameters with (section 6.5.1).

    x: (N, ..), t: (N, ..); the rows are shuffled first, since many data sets are sorted by class.
    validation: the number of rows to hold back, an int, or their fraction, a float between 0 and 1.
    ValueError if one of the two parts would be empty.

    >>> train, validation = train_validation_split(np.eye(10), np.arange(10), 0.2, rng=0)
    >>> train[0].shape, validation[0].shape, sorted(np.append(train[1], validation[1]).tolist())
    ((8, 10), (2, 10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """
    if len(x) != len(t):
        raise ValueError(f"expected a label for each example, got {len(t)} for {len(x)} examples")
    held = round(validation * len(x)) if isinstance(validation, float) else validation
    expect_whole("the number of rows for validation", held, at_least=1)
    if held >= len(x):
        raise ValueError(
            f"validation={validation} would hold back {held} of {len(x)} rows: "
            "leave some to train with"
        )
    order = generator(rng).permutation(len(x))
    rows, held_back = order[held:], order[:held]
    return (x[rows], t[rows]), (x[held_back], t[held_back])


def one_hot(t: Any, classes: int, dtype: Any = np.float32) -> np.ndarray:
    """Labels as rows with a single 1: integers (..) -> (.., classes) (section 3.6.1).

    ValueError for labels that are not integers 0 .. classes - 1.

    >>> one_hot([2, 0], classes=3)
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    t = np.asarray(t)
    if t.dtype.kind not in "iu":
        raise ValueError(f"class labels must be integers, got {t.dtype}: use t.astype(int)")
    if t.size and not 0 <= t.min() <= t.max() < classes:
        raise ValueError(f"labels must be classes 0 .. {classes - 1}, got {t.min()} .. {t.max()}")
    rows: np.ndarray = np.eye(classes, dtype=dtype)[t]
    return rows


def shift(x: np.ndarray, pixels: int, rng: Random) -> np.ndarray:
    """Shift each image at random by up to `pixels`, vertically and horizontally; fill with 0.

    x: (N, C, H, W), any dtype; all channels of an image move together. ValueError for other shapes.

    >>> shift(np.ones((1, 1, 3, 3)), pixels=1, rng=4)
    array([[[[1., 1., 0.],
             [1., 1., 0.],
             [0., 0., 0.]]]])
    """
    N, _, H, W = _expect_images(x).shape
    p = expect_whole("pixels", pixels, at_least=0)
    padded = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)])
    places = sliding_window_view(padded, (H, W), axis=(2, 3))  # (N, C, 2p+1, 2p+1, H, W), a view
    up, left = generator(rng).integers(2 * p + 1, size=(2, N))
    return places[np.arange(N), :, up, left]  # -> (N, C, H, W)


def affine_warp(
    x: np.ndarray,
    rng: Random,
    *,
    degrees: float = 0.0,
    scale: float = 0.0,
    shear: float = 0.0,
    shift: float = 0.0,
) -> np.ndarray:
    """Rotate, scale, shear and shift each image at random (Simard, 2003).

    x: (N, C, H, W), float16, float32 or float64, which is kept; ValueError for others. The numbers
    are uniform and different for each image: a rotation by up to `degrees` either way, a scale from
    1 - scale to 1 + scale, a shear of up to `shear` columns per row, a shift of up to `shift`
    pixels, vertically and horizontally. The centre of the image is fixed, except by the shift.
    Values between pixels are interpolated (bilinear); outside the image they are 0.

    >>> x = np.zeros((1, 1, 3, 3))
    >>> x[0, 0, 1, 1] = 1
    >>> affine_warp(x, rng=0, shift=0.5).round(2)
    array([[[[0.  , 0.33, 0.15],
             [0.  , 0.35, 0.16],
             [0.  , 0.  , 0.  ]]]])
    """
    N = len(_expect_images(x))
    if x.dtype.kind != "f":
        raise ValueError(f"expected images of floats, got {x.dtype}: use x.astype(np.float32)")
    turn = np.radians(expect_number("degrees", degrees, at_least=0))
    expect_number("scale", scale, at_least=0, below=1)
    expect_number("shear", shear, at_least=0)
    expect_number("shift", shift, at_least=0)
    limits = np.array([turn, scale, shear, shift, shift])
    draws = generator(rng).uniform(-1, 1, size=(5, N)) * limits[:, None]
    y = np.empty(x.shape, x.dtype)
    for i in range(0, N, BLOCK):
        part = slice(i, i + BLOCK)
        y[part] = _bilinear(x[part], *_sources(x[part], draws[:, part]))
    return y


def _sources(x: np.ndarray, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The position in x of each pixel of the warped images: row and column, (N, H, W) each.

    An image is sheared, scaled, rotated and shifted, so the inverse is applied in reverse order.
    """
    H, W = x.shape[2:]
    dtype = np.result_type(x, np.float32)  # float16 is too coarse for positions
    turn, growth, slant, down, right = draws.astype(dtype)[:, :, None, None]  # (N, 1, 1) each
    v = np.arange(H, dtype=dtype)[:, None] - (H - 1) / 2 - down  # from the middle, (N, H, 1)
    h = np.arange(W, dtype=dtype) - (W - 1) / 2 - right  # (N, 1, W)
    cos, sin = np.cos(turn) / (1 + growth), np.sin(turn) / (1 + growth)
    row = cos * v + sin * h  # inverse rotation and scale: (N, H, 1), (N, 1, W) -> (N, H, W)
    col = cos * h - sin * v - slant * row
    return row + (H - 1) / 2, col + (W - 1) / 2


def _bilinear(x: np.ndarray, row: np.ndarray, col: np.ndarray) -> np.ndarray:
    """Bilinear interpolation of x (N, C, H, W) at row, col (N, H, W); 0 outside."""
    N, C, H, W = x.shape
    padded = np.pad(x, [(0, 0), (0, 0), (1, 2), (1, 2)])  # zeros for positions outside
    row, col = np.clip(row, -1, H) + 1, np.clip(col, -1, W) + 1
    i, j = np.floor(row), np.floor(col)  # the pixel above and to the left
    a, b = (row - i)[:, None], (col - j)[:, None]  # how far below and right of it, (N, 1, H, W)
    width = W + 3
    place = i.astype(np.intp) * width + j.astype(np.intp)
    channels = np.arange(N * C).reshape(N, C, 1, 1) * ((H + 3) * width)  # where each channel begins
    corner = channels + place[:, None]  # (N, C, H, W)
    pixels = padded.ravel()
    above = pixels.take(corner)
    above += b * (pixels.take(corner + 1) - above)
    corner += width
    below = pixels.take(corner)
    below += b * (pixels.take(corner + 1) - below)
    y: np.ndarray = above + a * (below - above)
    return y


def _expect_images(x: np.ndarray) -> np.ndarray:
    if np.ndim(x) != 4:
        raise ValueError(
            f"expected images (N, C, H, W), got an array of shape {np.shape(x)}: "
            "use x.reshape(-1, 1, 28, 28) for rows of 784 pixels"
        )
    return x
