"""Figure 7-24: what the filters of the first layer look like (section 7.6.1).

A filter of 5 x 5 weights is a small picture: here its smallest weight is black and its largest
white. Before training the 30 filters are noise. After training many show a pattern: a bright and a
dark side, which responds to an edge, or a blob. As a number: in noise a weight says nothing about
its neighbour, in a pattern the two are alike.

    python ch07/visualize_filter.py

Last line with the default seed:
    filters | book: noise before, patterns after | here: correlation of neighbouring weights -0.02
    before, 0.45 after | holds
"""

from pathlib import Path

import numpy as np

from ch07.simple_convnet import SimpleConvNet
from dlscratch import figures
from dlscratch.book.experiment import Claim, run

COLUMNS = 6  # of filters in the figure
WEIGHTS = Path(__file__).with_name("simple_convnet_params.npz")  # from train_convnet.py


def learned_net():
    """SimpleConvNet with the weights that train_convnet.py has learned."""
    net = SimpleConvNet()
    net.load(WEIGHTS)
    return net


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
        figures.image(ax, figures.mosaic(filters, cols=COLUMNS))
        for i in range(len(filters)):
            row, column = divmod(i, COLUMNS)
            ax.text(6 * column, 6 * row, i + 1, ha="left", va="bottom", fontsize=6)
        ax.set_title(title, pad=10)
    args.save(fig, "fig_7-24_filters.png")

    noise, pattern = likeness(before), likeness(after)
    ours = f"correlation of neighbouring weights {noise:.2f} before, {pattern:.2f} after"
    return [Claim("filters", "noise before, patterns after", ours, abs(noise) < 0.2 < pattern)]


if __name__ == "__main__":
    run(main, __doc__)
