"""Section 8.4.2: scenes, their true classes and the predictions of two networks, in colours.

There is one colour for each class. Nobody can tell ten colours apart reliably, so each digit is
also written beside its pixels: in the row of the truth the label, in a network's row the class that
most of these pixels got.
"""

import numpy as np
from matplotlib.patheffects import withStroke

from dlscratch import figures
from dlscratch.vision import BACKGROUND

# Eight of Okabe and Ito's, a grey and Tol's wine red; the last is the background.
COLOURS = (
    figures.BLUE,
    figures.VERMILION,
    figures.GREEN,
    figures.PURPLE,
    figures.ORANGE,
    figures.BLACK,
    figures.SKY,
    "#882255",
    figures.GREY,
    figures.YELLOW,
    "#FFFFFF",
)

HALO = [withStroke(linewidth=2, foreground="white")]  # keeps a number off what it lies on
WORDS = {"fontsize": 9, "fontweight": "bold", "ha": "center", "va": "center", "path_effects": HALO}


def colours(masks):
    """The picture of masks (.., H, W) of classes 0 .. 10: (.., H, W, 3) of uint8."""
    table = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in COLOURS])
    return table.astype(np.uint8)[masks]


def number_in(mask, box):
    """The digit that most pixels of the mask (H, W) inside a box belong to; "" if none does."""
    x0, y0, x1, y1 = box.astype(int)
    counts = np.bincount(mask[y0:y1, x0:x1].ravel(), minlength=BACKGROUND + 1)[:BACKGROUND]
    return str(counts.argmax()) if counts.any() else ""


def draw(scenes, rows):
    """Columns: the scenes. Rows: their images, then each of `rows`, name -> masks (N, H, W)."""
    N, _, H, W = scenes.images.shape
    size = (1.35 * N + 0.5, 1.4 * (len(rows) + 1) + 0.1)
    fig, axes = figures.new(1 + len(rows), N, size=size, grid=False, squeeze=False)
    for n in range(N):
        figures.image(axes[0, n], scenes.images[n, 0], low=0, high=1)
        for ax, masks in zip(axes[1:, n], rows.values()):
            figures.image(ax, colours(masks[n]))
            for box in scenes.boxes[n]:
                x, y = max(box[0] - 1, 2), max(box[1] + 1, 4)  # the corner of a digit is empty
                ax.text(x, y, number_in(masks[n], box), **WORDS)
    for ax, name in zip(axes[:, 0], ("scene", *rows)):
        ax.set_axis_on()
        ax.set(xticks=[], yticks=[], ylabel=name)
        ax.spines[:].set_visible(False)
    for ax in axes[1:].flat:  # white pictures need a frame
        ax.set_axis_on()
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(visible=True, color=figures.GREY)
    return fig
