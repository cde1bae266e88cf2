"""Clutter: ink that is not a digit, so that a detector must learn the difference.

Two kinds, after the cluttered MNIST of Mnih, Heess, Graves and Kavukcuoglu (2014): a small piece
cut out of a digit, which has its texture but not its shape, and a short stroke. Both are much
smaller than any digit in the scene: a long straight stroke would be a 1.
"""

from __future__ import annotations

import numpy as np


def clutter_piece(pictures: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """One piece of clutter, a square of at most side x side pixels, 0 .. 1.

    pictures: (M, h, w), digits to cut a piece from.
    """
    if rng.random() < 0.5:
        return piece_of(pictures[rng.integers(len(pictures))], side, rng)
    start, end = rng.uniform(0, side, (2, 2))
    return stroke(start, end, side)


def piece_of(picture: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """A random square from the middle half of a picture (h, w), where the ink is."""
    h, w = picture.shape
    side = min(side, h // 2, w // 2)
    y, x = rng.integers((h // 4, w // 4), (3 * h // 4 - side + 1, 3 * w // 4 - side + 1))
    return picture[y : y + side, x : x + side]


def stroke(start: np.ndarray, end: np.ndarray, side: int) -> np.ndarray:
    """A straight line two pixels wide with soft edges: (side, side). start, end: (x, y).

    >>> stroke(np.array([0.0, 1.5]), np.array([4.0, 1.5]), side=4)
    array([[0.5, 0.5, 0.5, 0.5],
           [1. , 1. , 1. , 1. ],
           [0.5, 0.5, 0.5, 0.5],
           [0. , 0. , 0. , 0. ]])
    """
    y, x = np.indices((side, side)) + 0.5
    pixels = np.stack([x, y], axis=-1)  # (side, side, 2)
    along = end - start
    # the point on the line that is nearest to each pixel: start + s . along, 0 <= s <= 1
    s = np.clip((pixels - start) @ along / max(float(along @ along), 1e-12), 0, 1)
    distance = np.linalg.norm(pixels - start - s[..., None] * along, axis=-1)
    ink: np.ndarray = np.clip(1.5 - distance, 0, 1)
    return ink
