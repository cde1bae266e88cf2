"""Section 8.4.1: the pictures of detection.py, boxes on scenes and the way from regions to digits.

Right boxes are solid, wrong ones dashed, missed digits dotted, so that they can be told apart
without colour. A box is right if it has the true class and an IoU of .5 or more with the digit.
"""

import numpy as np
from matplotlib.patheffects import withStroke

from ch08.detection_measures import hits, sure
from ch08.region_network import STRIDE, scores_of
from dlscratch import figures
from dlscratch.vision import RoIAlign

RIGHT = {"color": figures.SKY, "linestyle": "-"}
WRONG = {"color": figures.VERMILION, "linestyle": "--"}
MISSED = {"color": figures.YELLOW, "linestyle": ":"}


def draw_boxes(ax, boxes, texts=(), linewidth=1.6, **style):
    """Outlines of boxes in pixels on an image, a text above each, or below at the upper edge."""
    ax.autoscale(False)  # what sticks out of the image is cut off
    for i, (x0, y0, x1, y1) in enumerate(boxes):
        x, y = np.array([x0, x1, x1, x0, x0]), np.array([y0, y0, y1, y1, y0])
        # an image has the middle of its first pixel at 0, a box its edge
        ax.plot(x - 0.5, y - 0.5, linewidth=linewidth, **style)
        if len(texts):
            above, right = y0 > 7, x0 > 44
            ax.text(
                (x1 if right else x0) - 0.5,
                y0 - 1.2 if above else y1 + 0.2,
                texts[i],
                color=style["color"],
                fontsize=8,
                fontweight="bold",
                ha="right" if right else "left",
                va="bottom" if above else "top",
                path_effects=[withStroke(linewidth=2.5, foreground="black")],
            )


def draw_found(ax, image, found, boxes, labels):
    """A scene (H, W) with what was found in it, class and score, and what was missed."""
    figures.image(ax, image, low=0, high=1)
    found = sure(found)
    hit = hits(found, boxes, labels)
    pairs = zip(found.labels, found.scores)
    texts = np.array([f"{label} {score:.2f}".replace("0.", ".") for label, score in pairs])
    for rows, style in ((hit.any(axis=1), RIGHT), (~hit.any(axis=1), WRONG)):
        draw_boxes(ax, found.boxes[rows], texts[rows] if len(texts) else (), **style)
    draw_boxes(ax, boxes[~hit.any(axis=0)], **MISSED)


def draw_scenes_found(scenes, found):
    """Eight scenes with what was found in them, and a legend."""
    fig, axes = figures.new(2, 4, size=(7.4, 4.3), grid=False)
    for i, ax in enumerate(axes.flat):
        if i < len(scenes):
            draw_found(ax, scenes.images[i, 0], found[i], scenes.boxes[i], scenes.labels[i])
    names = {"right, with its class and score": RIGHT, "wrong": WRONG, "missed": MISSED}
    for name, style in names.items():
        axes[0, 0].plot([], [], label=name, linewidth=2, **style)
    legend = fig.legend(loc="outside lower center", ncols=3, facecolor="black", labelcolor="white")
    legend.get_frame().set_alpha(1)
    return fig


def draw_steps(detector, image, boxes, labels):
    """The four steps from a scene (1, H, W) to its digits, R-CNN's, all in one network."""
    _, rows = detector.look(image[None])
    candidates, scores = detector.candidates(rows[0])
    (found,), (proposals,) = detector.detect(image[None])
    fig, axes = figures.new(2, 3, size=(8.0, 5.9), grid=False)
    side = detector.size // STRIDE
    sizes = scores_of(rows[0]).reshape(side, side, -1)  # (H*W*A) -> (H, W, A)
    axes = axes.ravel()
    figures.image(axes[0], image[0], "1  A scene", low=0, high=1)
    figures.image(axes[1], sizes.max(axis=2), "2  Where an anchor sees a digit")
    for ax, some, title in (
        (axes[2], candidates, f"2  The {len(candidates)} surest, moved by their offsets"),
        (axes[3], proposals, f"2  {len(proposals)} proposals, duplicates left out"),
    ):
        figures.image(ax, image[0], title, low=0, high=1)
        draw_boxes(ax, some, linewidth=1, color=figures.ORANGE, linestyle="-")
    cut = RoIAlign(24, stride=1).forward(image[None], proposals, np.zeros(len(proposals), int))
    figures.image(axes[4], figures.mosaic(cut[:, 0], cols=4, low=0, high=1))
    axes[4].set_title("3  Each of them, cut out at one size", fontsize=9)
    draw_found(axes[5], image[0], found, boxes, labels)
    axes[5].set_title("4  Class and box", fontsize=9)
    return fig
