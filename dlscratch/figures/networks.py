"""Figures of a network for interactive use: each function returns a `Figure`.

figures.filters(net).savefig("filters.png")
figures.misclassified(net, x_test, t_test)          # a notebook shows it directly
"""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from dlscratch.figures.pieces import (
    BLACK,
    BLUE,
    VERMILION,
    accuracy,
    image,
    images,
    loss,
    mosaic,
    new,
)
from dlscratch.inspection.feature_maps import feature_maps


def history(past: Any) -> Figure:
    """The loss of every step and, if there are any, the accuracies of every epoch.

    past: a `History`, or any object with `loss`, `train_accuracy` and `test_accuracy`.
    """
    measured = bool(past.train_accuracy)
    fig, axes = new(1, 1 + measured, squeeze=False)
    smooth = max(2, len(past.loss) // 50)
    loss(axes[0, 0], past.loss, smooth=smooth, title="Loss of each mini-batch")
    if measured:
        title = "Accuracy after each epoch"
        accuracy(axes[0, 1], past.train_accuracy, past.test_accuracy, title=title)
    return fig


def filters(net: Any, number: int = 1) -> Figure:
    """The filters of a network's convolution number 1, 2, .. (Fig 7-24).

    Each is scaled separately: its smallest weight is black, its largest white. Filters with several
    channels have a row each, with a column per channel. ValueError if there is no such convolution.
    """
    convolutions = [layer for layer in net.walk() if layer.makes_maps]
    if not 1 <= number <= len(convolutions):
        raise ValueError(f"the network has {len(convolutions)} convolutions, got number={number}")
    W = convolutions[number - 1].W
    FN, C, FH, FW = W.shape
    cols = C if C > 1 else min(FN, 10)
    picture = mosaic(W.reshape(FN * C, FH, FW), cols)  # (FN, C, FH, FW) -> (FN*C, FH, FW)
    fig, ax = new(size=_fitting(picture, inches=0.06), grid=False)
    image(ax, picture)
    ax.set_title(f"{FN} filters, {C} x {FH} x {FW}")
    return fig


def activations(net: Any, x: Any) -> Figure:
    """The feature maps of every convolution for one example x, (C, H, W), after the activation.

    Black is 0 or less, white the largest value of the layer. The example itself is on the left.
    ValueError if x is not one image, or the network has no convolution.
    """
    x = np.asarray(x, net.dtype)
    x = x[None] if x.ndim == 3 else x
    if x.ndim != 4 or len(x) != 1:
        raise ValueError(f"expected one image, (C, H, W), got shape {x.shape}")
    maps = [layer[0] for layer in feature_maps(net, x)[0]]
    pictures = [mosaic(layer, cols=16, low=0, high=layer.max()) for layer in maps]
    heights = [len(picture) / picture.shape[1] for picture in pictures]
    fig, axes = new(
        len(maps),
        2,
        size=(9, 0.4 * len(maps) + 7.6 * sum(heights)),
        grid=False,
        squeeze=False,
        width_ratios=[1, 8],
        height_ratios=heights,
    )
    for i, (picture, layer) in enumerate(zip(pictures, maps)):
        image(axes[i, 1], picture)
        axes[i, 1].set_title(f"Convolution {i + 1}: {' x '.join(map(str, layer.shape))}", size=9)
        axes[i, 0].set_axis_off()
    image(axes[0, 0], np.moveaxis(x[0], 0, -1) if x.shape[1] == 3 else x[0, 0], "x")
    return fig


def confusion(net: Any, x: Any, t: Any) -> Figure:
    """How often each true class (rows) was predicted as each class (columns); errors are dark.

    x: a batch for the network. t: labels (N,), or one-hot rows (N, classes).
    """
    true, read = _classes(t), net.predict(x).argmax(axis=1)
    counts = np.zeros((max(true.max(), read.max()) + 1,) * 2, int)
    np.add.at(counts, (true, read), 1)
    errors = counts - np.diag(np.diag(counts))
    fig, ax = new(size=(5.6, 5.4), grid=False)
    ax.imshow(errors, cmap="Blues", vmax=max(1, 1.6 * errors.max()))
    for i, j in np.ndindex(counts.shape):
        colour = BLACK if counts[i, j] else "0.75"
        weight = "bold" if i == j else "normal"
        ax.text(j, i, counts[i, j], ha="center", va="center", size=8, color=colour, weight=weight)
    ticks = range(len(counts))
    title = f"{errors.sum():,} of {len(true):,} misclassified"
    ax.set(xlabel="predicted class", ylabel="true class", title=title, xticks=ticks, yticks=ticks)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return fig


def misclassified(net: Any, x: Any, t: Any, limit: int = 100) -> Figure:
    """The first images that the network misclassifies, at most `limit` (Fig 8-2).

    In each image the label is at the top left in blue, the prediction at the bottom right in red.
    x: (N, 1, H, W), or square images as rows, (N, H*H). t: labels (N,), or one-hot rows.
    """
    true, read = _classes(t), net.predict(x).argmax(axis=1)
    wrong = np.flatnonzero(read != true)[:limit]
    if len(wrong) == 0:
        fig, ax = new(size=(5.6, 1), grid=False)
        ax.set_axis_off()
        ax.set_title(f"All {len(true):,} images are classified correctly")
        return fig
    pictures = np.asarray(x)[wrong].reshape(len(wrong), -1)
    side = round(np.sqrt(pictures.shape[1]))
    pictures = pictures.reshape(len(wrong), *np.shape(x)[2:] or (side, side))
    title = "top left, blue: the label; bottom right, red: the prediction"
    fig = images(pictures.max() - pictures, cell=0.75, title=title, low=0, high=pictures.max())
    for ax, right, mistake in zip(fig.axes, true[wrong], read[wrong]):
        ax.set_axis_on()  # a frame around each image
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(visible=True, color="0.8")
        style: Any = {"weight": "bold", "transform": ax.transAxes}
        ax.text(0.04, 0.98, right, color=BLUE, va="top", **style)
        ax.text(0.96, 0.03, mistake, color=VERMILION, ha="right", **style)
    return fig


def _fitting(picture, inches):
    """The size of a figure for a picture, with `inches` for each pixel and space for a title."""
    height, width = picture.shape[:2]
    return max(3.0, width * inches), max(1.0, height * inches) + 0.4


def _classes(t):
    """Labels as integers: (N,) unchanged, (N, classes) by argmax."""
    t = np.asarray(t)
    return t if t.ndim == 1 else t.argmax(axis=1)
