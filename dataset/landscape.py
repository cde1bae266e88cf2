"""The picture of chapters 1 and 7: a landscape drawn by this file, so that it is free for everyone.

`PICTURE` is the PNG beside this file, 256 x 256 in colour. It has what a first filter looks for
(chapter 7): upright edges (planks, pickets), level ones (roof, rails, shore), slanted ones
(mountains, firs) and textures (clouds, grass, ripples).

    python -m dataset.landscape picture.png      # draws it again
"""

import sys
from pathlib import Path

import numpy as np

PICTURE = Path(__file__).with_name("landscape.png")
SIZE, FINE = 256, 3  # drawn 3 times as fine, then averaged, so that edges are smooth


def draw(seed: int = 7) -> np.ndarray:
    """The landscape, (256, 256, 3) of uint8."""
    rng = np.random.default_rng(seed)
    v, u = np.mgrid[
        0 : 1 : SIZE * FINE * 1j, 0 : 1 : SIZE * FINE * 1j
    ]  # v downwards, u to the right
    canvas = _sky(rng, v)
    for height, rough, colour, snow in (
        (0.40, 0.30, (0.47, 0.55, 0.66), 0.36),
        (0.56, 0.16, (0.25, 0.36, 0.36), 0.0),
    ):
        canvas = _mountain(rng, canvas, u, v, height, rough, colour, snow)
    canvas = _lake(rng, canvas, v, shore=0.62, bank=0.74)
    canvas = _meadow(rng, canvas, u, v, bank=0.74)
    for x, top, foot in (0.07, 0.42, 0.80), (0.17, 0.52, 0.78), (0.91, 0.36, 0.79):
        canvas = _fir(rng, canvas, u, v, x, top, foot)
    canvas = _house(canvas, u, v)
    canvas = _fence(canvas, u, v)
    blocks = canvas.reshape(SIZE, FINE, SIZE, FINE, 3)  # average FINE x FINE points to a pixel
    return np.round(255 * np.clip(blocks.mean(axis=(1, 3)), 0, 1)).astype(np.uint8)


def _noise(rng, coarse, fine):
    """Cloudy noise in 0..1: random grids of 2^coarse .. 2^fine cells, each weaker by half."""
    total = np.zeros((SIZE * FINE, SIZE * FINE))
    for k in range(coarse, fine + 1):
        grid = rng.random((2**k + 1, 2**k + 1))
        at = np.linspace(0, 2**k, SIZE * FINE)
        i = np.minimum(at.astype(int), 2**k - 1)  # the cell, and how far into it: linear between
        part = (at - i)[:, None]
        rows = grid[i] * (1 - part) + grid[i + 1] * part
        total += (rows[:, i] * (1 - part.T) + rows[:, i + 1] * part.T) / 2 ** (k - coarse)
    return (total - total.min()) / (total.max() - total.min())


def _paint(canvas, where, colour):
    """Mix a colour, (3,) or (H, W, 3), into the canvas; where: (H, W), 0 to 1 or a mask."""
    where = np.asarray(where, dtype=float)[..., None]
    return canvas * (1 - where) + np.asarray(colour) * where


def _sky(rng, v):
    height = np.clip(v / 0.6, 0, 1)[..., None]
    blue = np.array([0.24, 0.50, 0.83]) * (1 - height) + np.array([0.86, 0.91, 0.95]) * height
    clouds = np.clip((_noise(rng, 2, 7) - 0.48) * 4, 0, 1) * (1 - 0.8 * height[..., 0])
    return _paint(blue, clouds, (1.0, 0.99, 0.97))


def _mountain(rng, canvas, u, v, height, rough, colour, snow):
    ridge = height + rough * (_noise(rng, 2, 8)[0] - 0.5)  # one row of noise is a ridge
    light = 0.75 + 0.5 * (_noise(rng, 3, 8) - 0.5) + 30 * np.gradient(ridge) * np.ones_like(u)
    canvas = _paint(canvas, v > ridge, np.array(colour) * np.clip(light, 0.5, 1.4)[..., None])
    line = snow + 0.10 * (_noise(rng, 4, 8) - 0.5)  # snow lies above an uneven line
    return _paint(canvas, (v > ridge) & (v < line), (0.95, 0.97, 1.0))


def _lake(rng, canvas, v, shore, bank):
    rows = np.arange(len(canvas))
    mirror = np.clip((2 * shore * len(canvas) - rows).astype(int), 0, len(canvas) - 1)
    mirror = np.clip(mirror + (6 * np.sin(rows / 3)).astype(int), 0, len(canvas) - 1)
    image = _paint(canvas[mirror], 0.35, (0.10, 0.28, 0.42))
    ripples = np.clip(np.sin(v * 420 + 9 * _noise(rng, 3, 5)) - 0.6, 0, 1)
    return _paint(canvas, (v > shore) & (v < bank), _paint(image, 0.8 * ripples, (0.8, 0.9, 0.97)))


def _meadow(rng, canvas, u, v, bank):
    blades = _noise(rng, 7, 8)
    patches = _noise(rng, 2, 4)[..., None]
    green = np.array([0.30, 0.50, 0.16]) * (1 - patches) + np.array([0.55, 0.62, 0.22]) * patches
    edge = bank + 0.012 * np.sin(9 * u) + 0.012 * np.sin(23 * u)
    return _paint(canvas, v > edge, green * (0.55 + 0.9 * blades)[..., None])


def _fir(rng, canvas, u, v, x, top, foot):
    down = np.clip((v - top) / (foot - top), 0, 1)
    branches = 0.35 * (down * 7 % 1) + 0.65 * down  # seven tiers, each wider than the last
    needles = 0.5 + 0.8 * _noise(rng, 6, 8)
    trunk = (np.abs(u - x) < 0.008) & (v > foot - 0.02) & (v < foot + 0.035)
    canvas = _paint(canvas, trunk, (0.30, 0.20, 0.12))
    crown = (np.abs(u - x) < 0.085 * branches) & (v > top) & (v < foot)
    return _paint(canvas, crown, np.array([0.10, 0.28, 0.15]) * needles[..., None])


def _house(canvas, u, v):
    def box(left, right, top, bottom):
        return (u > left) & (u < right) & (v > top) & (v < bottom)

    planks = np.where((u * 64) % 1 < 0.18, 0.62, 1.0)[..., None]
    canvas = _paint(canvas, box(0.40, 0.76, 0.60, 0.84), np.array([0.70, 0.27, 0.18]) * planks)
    canvas = _paint(canvas, box(0.65, 0.70, 0.40, 0.56), (0.50, 0.44, 0.42))
    half = 0.19 + 0.55 * (v - 0.60)  # the roof: a trapezium of tiles in rows
    tiles = np.where((v * 58) % 1 < 0.25, 0.6, 1.0)[..., None]
    roof = (np.abs(u - 0.58) < half + 0.03) & (v > 0.46) & (v < 0.605)
    canvas = _paint(canvas, roof, np.array([0.32, 0.30, 0.34]) * tiles)
    for left in 0.435, 0.655:
        canvas = _paint(canvas, box(left, left + 0.075, 0.655, 0.745), (0.97, 0.96, 0.92))
        for dx in 0.008, 0.041:
            for dy in 0.008, 0.049:
                x, y = left + dx, 0.655 + dy
                canvas = _paint(canvas, box(x, x + 0.026, y, y + 0.033), (0.16, 0.22, 0.30))
    canvas = _paint(canvas, box(0.545, 0.62, 0.68, 0.84), (0.97, 0.96, 0.92))
    return _paint(canvas, box(0.553, 0.612, 0.69, 0.84), (0.20, 0.33, 0.30))


def _fence(canvas, u, v):
    for rail in 0.885, 0.935:
        canvas = _paint(canvas, (v > rail) & (v < rail + 0.012), (0.86, 0.85, 0.80))
    place = (u * 17) % 1  # pickets with pointed tops
    picket = (np.abs(place - 0.5) < 0.2) & (v > 0.85 + 0.10 * np.abs(place - 0.5)) & (v < 0.975)
    return _paint(canvas, picket, (0.96, 0.95, 0.91))


if __name__ == "__main__":
    from PIL import Image

    Image.fromarray(draw()).save(sys.argv[1] if len(sys.argv) > 1 else PICTURE, optimize=True)
