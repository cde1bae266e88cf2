"""Bilinear interpolation: the value between pixels, as two matrix products.

Along one axis, a point between two pixel centres weights each by 1 minus its distance. A pixel's
weight is thus a hat function: 1 at its own centre, falling to 0 at the next. Row p of the matrix
A = hat_weights(points, size) holds the weights of all pixels for point p, so A . x samples x.
In two dimensions the weights multiply: y = A_rows . x . A_columns^T.
"""

from __future__ import annotations

import numpy as np

from dlscratch.arguments import expect_whole


def hat_weights(points: np.ndarray, size: int, width: float = 1.0) -> np.ndarray:
    """The weight of each of `size` pixels at each point: (.., P) -> (.., P, size); rows sum to 1.

    points: float16, float32 or float64; the result has the same dtype. Pixel k spans k .. k + 1,
    its centre is k + 1/2. A point beyond the outermost centre takes the value of the edge pixel.
    width: half the width of the hat in pixels; above 1, several pixels are averaged.

    >>> hat_weights(np.array([0.5, 1.25, 9.0]), size=3)
    array([[1.  , 0.  , 0.  ],
           [0.25, 0.75, 0.  ],
           [0.  , 0.  , 1.  ]])
    """
    centres = np.arange(size, dtype=points.dtype) + points.dtype.type(0.5)
    distance = np.abs(np.clip(points, centres[0], centres[-1])[..., None] - centres)
    weights: np.ndarray = np.maximum(0, 1 - distance / points.dtype.type(width))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights


def resize(images: np.ndarray, height: int, width: int) -> np.ndarray:
    """Enlarge or shrink images by bilinear interpolation: (.., H, W) -> (.., height, width).

    images: float16, float32 or float64, the dtype of the result. Where an axis shrinks, the hats
    widen, so that every pixel counts (antialiasing). ValueError for images of integers, which
    cannot hold the values in between, and for a height or width below 1.

    >>> resize(np.array([[0.0, 1.0]]), 1, 4)
    array([[0.  , 0.25, 0.75, 1.  ]])
    """
    if images.dtype.kind != "f":
        raise ValueError(f"expected images of floats, got {images.dtype}: use x.astype(np.float32)")
    expect_whole("height", height, at_least=1)
    expect_whole("width", width, at_least=1)
    H, W = images.shape[-2:]
    rows, columns = _axis(H, height, images.dtype), _axis(W, width, images.dtype)
    # (height, H) . (.., H, W) . (W, width) -> (.., height, width)
    y: np.ndarray = rows @ images @ columns.T
    return y


def _axis(old: int, new: int, dtype: np.dtype) -> np.ndarray:
    """The matrix (new, old) that resamples one axis; the centre of new pixel i is at i + 1/2."""
    step = old / new
    return hat_weights((np.arange(new) + 0.5) * step, old, max(1.0, step)).astype(dtype)
