"""Points of two classes in a square: the small data sets of the Train tab.

After TensorFlow Playground (Smilkov and others, 2017).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

POINTS = 200  # to train with, and as many to test with


def circles(t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Class 1 around class 0."""
    radius = np.where(t == 1, rng.uniform(0.65, 0.95, len(t)), rng.uniform(0, 0.45, len(t)))
    return polar(radius, rng.uniform(0, 2 * np.pi, len(t)))


def xor(t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Class 1 where the signs of both coordinates differ."""
    x = rng.uniform(0.08, 0.95, (len(t), 2))
    sign = rng.choice([-1, 1], len(t))
    return x * np.stack([sign, np.where(t == 1, -sign, sign)], axis=1)  # (N,), (N,) -> (N, 2)


def spirals(t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two arms that wind around each other."""
    along = rng.uniform(0.08, 1, len(t))
    return polar(0.95 * along, 1.6 * 2 * np.pi * along + np.pi * t)


def clusters(t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A cloud for each class: a straight line separates them."""
    return 0.16 * rng.standard_normal((len(t), 2)) + np.where(t == 1, 0.45, -0.45)[:, None]


def polar(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Points (N, 2) by their distance from the middle and their direction."""
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


DATA: dict[str, Callable[..., np.ndarray]] = {
    "circles": circles,
    "xor": xor,
    "spirals": spirals,
    "clusters": clusters,
}


def points(data: str, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """POINTS of both classes in turn: x (N, 2) float32 in -1 .. 1, t (N,)."""
    t = np.arange(POINTS) % 2
    x = DATA[data](t, rng) + noise * 0.3 * rng.standard_normal((POINTS, 2))
    return np.clip(x, -1, 1).astype(np.float32), t
