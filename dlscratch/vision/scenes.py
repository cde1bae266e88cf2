"""Synthetic scenes of digits, in which every object is known (sections 8.4.1 to 8.4.3).

Data sets of photographs with boxes, masks and captions are too large for a computer at home. A
scene is a dark canvas with a few handwritten digits of several sizes, clutter that is not a digit,
and noise. Since we draw it, we know the ground truth for each task: box, class and size of each
digit, and the class of each pixel. Use training digits for training scenes, test digits for tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlscratch.arguments import expect_number, expect_whole
from dlscratch.initializers import generator
from dlscratch.vision.bilinear import resize
from dlscratch.vision.boxes import areas, intersections
from dlscratch.vision.clutter import clutter_piece

BACKGROUND = 10  # its class in a mask, after the ten digits: class d is always the digit d
INK = 0.3  # a pixel at least this bright, relative to the brightest, belongs to the digit
TRIES = 32  # random places tried before a digit is left out
PIXELS_PER_PIECE = 512  # at most one piece of clutter per 512 pixels: eight for 64 x 64


@dataclass(frozen=True)
class Scenes:
    """N scenes and their ground truth; scenes[rows] selects some, by slice, mask or indices.

    images: (N, 1, H, W) float32, 0 .. 1. masks: (N, H, W) uint8, the class of each pixel,
    BACKGROUND where there is no digit; where two digits overlap, the brighter one.
    boxes, labels, sides: lists of one array per scene. boxes: (K, 4) float32, x0, y0, x1, y1
    around the ink; labels: (K,) int64, 0 .. 9; sides: (K,) int64, the side in pixels to which
    the digit's image was resized: its size, independent of its shape.
    """

    images: np.ndarray
    boxes: list[np.ndarray]
    labels: list[np.ndarray]
    masks: np.ndarray
    sides: list[np.ndarray]

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, rows: slice | np.ndarray | list[int]) -> Scenes:
        chosen = np.atleast_1d(np.arange(len(self))[rows])
        boxes, labels, sides = (
            [known[i] for i in chosen] for known in (self.boxes, self.labels, self.sides)
        )
        return Scenes(self.images[chosen], boxes, labels, self.masks[chosen], sides)


def draw_scenes(
    images: np.ndarray,
    labels: np.ndarray,
    n: int,
    *,
    size: int = 64,
    digits: tuple[int, int] = (1, 5),
    sides: tuple[int, int] = (16, 30),
    overlap: float = 0.1,
    clutter: bool = True,
    noise: float = 0.05,
    rng: np.random.Generator | int | None = None,
) -> Scenes:
    """Draw n scenes of size x size pixels, each with several of the digits.

    images: (M, 1, h, w) or (M, h, w), floats 0 .. 1, bright on dark; labels: (M,) integers 0 .. 9.
    digits: fewest and most per scene; a digit for which there is no room is left out, but never
    the first. sides: smallest and largest side in pixels to which a digit is resized.
    overlap: the largest fraction of the smaller of two boxes that the other may cover.
    clutter: whether to draw pieces of digits and short strokes between the boxes.
    noise: standard deviation of the Gaussian noise. rng: a generator, or a seed, which always
    gives the same scenes. ValueError for other shapes, dtypes or ranges.

    >>> ones = np.zeros((1, 28, 28))
    >>> ones[0, 4:24, 12:16] = 1
    >>> scenes = draw_scenes(ones, np.array([1]), 3, digits=(2, 2), sides=(28, 28), rng=0)
    >>> scenes.images.shape, scenes.labels[0], scenes.boxes[0][0][2:] - scenes.boxes[0][0][:2]
    ((3, 1, 64, 64), array([1, 1]), array([ 4., 20.], dtype=float32))
    """
    expect_whole("n", n, at_least=1)
    pictures = expect_digits(images, labels)
    expect_range("digits", digits, largest=None)
    expect_range("sides", sides, largest=expect_whole("size", size, at_least=1))
    expect_number("overlap", overlap, at_least=0, at_most=1)
    expect_number("noise", noise, at_least=0)
    rng = generator(rng)
    canvases = []
    for _ in range(n):
        canvas = Canvas(size, rng)
        for _ in range(rng.integers(digits[0], digits[1] + 1)):
            i, side = rng.integers(len(pictures)), int(rng.integers(sides[0], sides[1] + 1))
            canvas.draw_digit(pictures[i], int(labels[i]), side, overlap)
        if clutter:
            for _ in range(rng.integers(size**2 // PIXELS_PER_PIECE + 1)):
                canvas.draw_clutter(clutter_piece(pictures, 2 * sides[0] // 5, rng))
        canvas.add_noise(noise)
        canvases.append(canvas)
    return Scenes(
        np.stack([canvas.image[None] for canvas in canvases]),  # (H, W) -> (N, 1, H, W)
        [np.array(canvas.boxes, np.float32) for canvas in canvases],
        [np.array(canvas.labels, np.int64) for canvas in canvases],
        np.stack([canvas.mask for canvas in canvases]),
        [np.array(canvas.sides, np.int64) for canvas in canvases],
    )


class Canvas:
    """A scene being drawn, (size, size) pixels."""

    def __init__(self, size: int, rng: np.random.Generator):
        self.size, self.rng = size, rng
        self.image = np.zeros((size, size), np.float32)
        self.mask = np.full((size, size), BACKGROUND, np.uint8)
        self.boxes: list[np.ndarray] = []
        self.labels: list[int] = []
        self.sides: list[int] = []

    def draw_digit(self, picture: np.ndarray, label: int, side: int, overlap: float) -> None:
        """Resize the picture (h, w) and draw its ink at a random place, if there is room."""
        ink = cut_out(resize(picture, side, side))
        box = self.find_place(ink.shape, overlap)
        if box is None:
            return
        mask = self.patch(self.mask, box)
        mask[(ink >= INK * ink.max()) & (ink >= self.patch(self.image, box))] = label
        self.lay_over(ink, box)
        self.boxes.append(box)
        self.labels.append(label)
        self.sides.append(side)

    def draw_clutter(self, piece: np.ndarray) -> None:
        """Draw a piece of clutter outside the boxes of the digits, if there is room."""
        box = self.find_place(piece.shape, overlap=0.0)
        if box is not None:
            self.lay_over(piece, box)

    def add_noise(self, std: float) -> None:
        """Add Gaussian noise to every pixel, and clip to 0 .. 1."""
        noise = self.rng.standard_normal(self.image.shape, np.float32)
        self.image = np.clip(self.image + np.float32(std) * noise, 0, 1)

    def find_place(self, shape: tuple[int, ...], overlap: float) -> np.ndarray | None:
        """A random box of this (height, width) with no more than the allowed overlap, or None."""
        h, w = shape
        limits = (self.size - w + 1, self.size - h + 1)
        corners = self.rng.integers(limits, size=(TRIES, 2))  # x0, y0
        boxes: np.ndarray = np.concatenate([corners, corners + (w, h)], axis=1)  # (TRIES, 4)
        taken = np.array(self.boxes).reshape(-1, 4)  # (K, 4), (0, 4) for the first digit
        smaller = np.minimum(areas(boxes)[:, None], areas(taken))  # (TRIES, K)
        free = boxes[(intersections(boxes, taken) <= overlap * smaller).all(axis=1)]
        return free[0] if len(free) else None

    def lay_over(self, ink: np.ndarray, box: np.ndarray) -> None:
        """Keep the brighter of image and ink, so that the ink's dark frame covers nothing."""
        patch = self.patch(self.image, box)
        np.maximum(patch, ink, out=patch)

    @staticmethod
    def patch(array: np.ndarray, box: np.ndarray) -> np.ndarray:
        """A view of the array inside the box."""
        x0, y0, x1, y1 = box
        return array[y0:y1, x0:x1]


def cut_out(picture: np.ndarray) -> np.ndarray:
    """Crop a picture (H, W) to its ink; ValueError if it has none."""
    bright = picture >= INK * picture.max()
    if not picture.max() > 0:
        raise ValueError("expected digits bright on dark, got an image without a bright pixel")
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def expect_digits(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The images as (M, h, w); ValueError unless they are floats, each with a label 0 .. 9."""
    pictures = images[:, 0] if images.ndim == 4 and images.shape[1] == 1 else images
    if pictures.ndim != 3 or not len(pictures) or pictures.dtype.kind != "f":
        raise ValueError(
            f"expected images (M, 1, h, w) of floats, got {images.dtype} {images.shape}: "
            "use load_mnist(flatten=False)"
        )
    if labels.shape != pictures.shape[:1] or labels.dtype.kind not in "iu":
        raise ValueError(
            f"expected an integer label for each of {len(pictures)} images, got {labels.dtype} "
            f"{labels.shape}"
        )
    if not 0 <= labels.min() <= labels.max() < BACKGROUND:
        raise ValueError(
            f"labels must be 0 .. {BACKGROUND - 1}, got {labels.min()} .. {labels.max()}"
        )
    return pictures


def expect_range(name: str, bounds: tuple[int, int], largest: int | None) -> None:
    """ValueError unless bounds are (least, most), whole numbers from 1 to `largest`."""
    least, most = (expect_whole(name, bound, at_least=1) for bound in bounds)
    if least > most or (largest is not None and most > largest):
        limit = "" if largest is None else f", at most the scene's size of {largest}"
        raise ValueError(f"{name} must be (least, most){limit}, got {bounds}")
