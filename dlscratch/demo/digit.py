"""From a drawing to an image as MNIST has them.

A network reads well what looks like the images that it learned from. MNIST's authors cropped each
digit, scaled it into a box of 20 x 20 pixels with its proportions kept, and set it into 28 x 28
pixels with its centre of mass in the middle (LeCun et al., 1998). So a digit may be drawn anywhere
and in any size.
"""

import numpy as np

SIDE, BOX, MIDDLE = 28, 20, 14  # the centre of mass lies in pixel 14 of every image of MNIST


def digit(drawing: np.ndarray) -> np.ndarray:
    """A drawing (H, W), uint8 with 255 = ink, as an image (28, 28), float32 with 1 = ink.

    >>> drawing = np.zeros((280, 280), np.uint8)
    >>> drawing[40:240, 30:60] = 255                    # a bar: 200 x 30, far to the left
    >>> image = digit(drawing)
    >>> [int(image[14].sum()), int(image[:, 14].sum())]     # 3 pixels wide, 20 high, in the middle
    [3, 20]
    """
    image = np.zeros((SIDE, SIDE), np.float32)
    if drawing.any():
        small = fitted(cropped(drawing))
        rows, columns = (corner(small.sum(axis=axis)) for axis in (1, 0))
        image[rows : rows + small.shape[0], columns : columns + small.shape[1]] = small
    return image


def cropped(drawing: np.ndarray) -> np.ndarray:
    """The smallest rectangle that holds all the ink."""
    for _ in range(2):  # rows, then columns
        inked = np.flatnonzero(drawing.any(axis=1))
        drawing = drawing[inked[0] : inked[-1] + 1].T
    return drawing


def fitted(drawing: np.ndarray) -> np.ndarray:
    """The drawing with its longer side 20 pixels long, as numbers 0 .. 1.

    BOX is the mean over what a pixel covers: a line thinner than a pixel becomes grey, not lost.
    """
    from PIL import Image

    scale = BOX / max(drawing.shape)
    height, width = (max(1, round(side * scale)) for side in drawing.shape)
    ink = Image.fromarray(drawing.astype(np.float32) / 255)
    return np.asarray(ink.resize((width, height), Image.Resampling.BOX))


def corner(ink: np.ndarray) -> int:
    """Where the first row (or column) goes, so that the centre of mass comes to the middle.

    ink: how much of it each row holds. Never outside: no ink is lost.
    """
    centre = np.average(np.arange(len(ink)) + 0.5, weights=ink)
    return int(np.clip(MIDDLE - int(centre), 0, SIDE - len(ink)))
