"""Animations: a sequence of pictures as a GIF, which any browser can show."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def pixels(fig: Figure, dpi: float = 80) -> np.ndarray:
    """Render a figure in its current state: (H, W, 3) uint8."""
    before = fig.dpi
    fig.set_dpi(dpi)
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())[..., :3].copy()
    fig.set_dpi(before)
    return picture


def save_film(
    pictures: Iterable[Any], path: Path, milliseconds: int = 90, hold: int = 2000
) -> None:
    """Write the pictures, (H, W, 3) uint8 each, as a GIF that loops, and print its path.

    milliseconds: how long each picture is shown; hold: the last one, also in milliseconds. All
    pictures have the same palette, so that colours do not flicker and the file stays small.
    """
    from PIL import Image

    images = [Image.fromarray(picture) for picture in pictures]
    sample = np.concatenate([images[0], images[len(images) // 2], images[-1]])  # (3 H, W, 3)
    palette = Image.fromarray(sample).quantize(256)
    first, *others = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    times = [milliseconds] * len(others) + [hold]
    first.save(path, save_all=True, append_images=others, duration=times, loop=0)
    print(f"film: {path}")
