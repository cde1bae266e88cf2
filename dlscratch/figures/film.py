"""Films: pictures one after another, as a GIF that any browser shows."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def pixels(fig: Figure, dpi: float = 80) -> np.ndarray:
    """A figure as it looks now: (H, W, 3) uint8."""
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
    """Write the pictures, (H, W, 3) uint8 each, as a GIF and print its path; it runs for ever.

    milliseconds: of each picture; hold: of the last one. One palette serves all, so that colours do
    not flicker and the file stays small.
    """
    from PIL import Image

    images = [Image.fromarray(picture) for picture in pictures]
    some = np.concatenate([images[0], images[len(images) // 2], images[-1]])  # (3 H, W, 3)
    palette = Image.fromarray(some).quantize(256)
    first, *others = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    times = [milliseconds] * len(others) + [hold]
    first.save(path, save_all=True, append_images=others, duration=times, loop=0)
    print(f"film: {path}")
