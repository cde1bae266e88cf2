"""Figure 7-24: what the filters of the first layer look like (section 7.6.1).

A filter of 5 x 5 weights is a small picture: here its smallest weight is black and its largest
white. Before training the 30 filters are noise. Afterwards many have an order: a bright and a dark
side, which answers to an edge, or a blob. As a number: in noise a weight tells nothing about the
one beside it, in a pattern the two are alike.

    python ch07/visualize_filter.py

Last line with the default seed:
    filters | book: noise before, patterns after | here: correlation of neighbouring weights -0.02
    before, 0.42 after | holds
"""

from pathlib import Path

import numpy as np

from ch07.simple_convnet import SimpleConvNet
from dlscratch import figures
from dlscratch.experiment import Claim, run

WEIGHTS = Path(__file__).with_name("simple_convnet_params.npz")  # from train_convnet.py
MARGIN = (0.80, 0.90, 0.97)  # pale blue: no grey, so that it is no weight


def learned_net():
    """SimpleConvNet with the weights that train_convnet.py has learned."""
    net = SimpleConvNet()
    net.load(WEIGHTS)
    return net


def as_greys(filters):
    """(F, h, w) -> each filter stretched to 0 .. 1: smallest weight black, largest white."""
    low = filters.min(axis=(1, 2), keepdims=True)
    high = filters.max(axis=(1, 2), keepdims=True)
    return (filters - low) / (high - low)


def mosaic(filters, cols=6):
    """All filters side by side in one picture, (H, W, 3), a pixel of margin around each."""
    F, h, w = filters.shape
    rows = -(-F // cols)
    picture = np.full((rows * (h + 1) + 1, cols * (w + 1) + 1, 3), MARGIN)
    for i, grey in enumerate(as_greys(filters)):
        top, left = i // cols * (h + 1) + 1, i % cols * (w + 1) + 1
        picture[top : top + h, left : left + w] = grey[:, :, None]
    return picture


def likeness(filters):
    """The correlation of a weight with its neighbours to the right and below: mean over filters."""
    d = filters - filters.mean(axis=(1, 2), keepdims=True)
    variance = (d**2).mean(axis=(1, 2))
    right = (d[:, :, 1:] * d[:, :, :-1]).mean(axis=(1, 2))
    below = (d[:, 1:] * d[:, :-1]).mean(axis=(1, 2))
    return float(((right + below) / 2 / variance).mean())


def main(args):
    # train_convnet.py makes its network with this generator, too: the weights it began with
    before = SimpleConvNet(rng=np.random.default_rng(args.seed)).params["W1"][:, 0]
    after = learned_net().params["W1"][:, 0]  # (30, 1, 5, 5) -> (30, 5, 5)

    fig, axes = figures.new(1, 2, size=(8.4, 3.9), grid=False)
    for ax, filters, title in zip(axes, (before, after), ("Before training", "After training")):
        figures.image(ax, mosaic(filters))
        ax.set_title(title)
    args.save(fig, "fig_7-24_filters.png")

    noise, pattern = likeness(before), likeness(after)
    ours = f"correlation of neighbouring weights {noise:.2f} before, {pattern:.2f} after"
    return [Claim("filters", "noise before, patterns after", ours, abs(noise) < 0.2 < pattern)]


if __name__ == "__main__":
    run(main, __doc__)
