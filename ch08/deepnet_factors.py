"""Section 8.1.1: why the deep network reads 0.9931 here and 0.9938 in the book.

Two things differ from the book's own training. There each batch is drawn anew from all images, so
that the 600 of an epoch leave out more than a third of them; and Dropout makes up for the units
that it drops not while it trains, by doubling the others, but when it reads, by halving all. Here
they are taken over, with all else alike. After each epoch all 10,000 test images are read, so often
that the best reading is no longer a fair one: how much it flatters is the third thing to see.

    python ch08/deepnet_factors.py
"""

from functools import partial

import numpy as np

from ch07.images import load_images
from ch08.deep_convnet import DeepConvNet
from dlscratch import Adam, Dropout, Network, batches, figures
from dlscratch.book.experiment import Claim, run
from dlscratch.book.runner import over_seeds, runner_options
from dlscratch.common import layers as book

EPOCHS, BATCH, SEEDS = 20, 100, 3
BOOK = 0.9938
KINDS = {  # whether batches are drawn anew, whether Dropout scales when it reads
    "both as in the book": (True, True),
    "batches drawn anew": (True, False),
    "the book's Dropout": (False, True),
    "both as here": (False, False),
}


def options(parser):
    runner_options(parser)


def drawn_batches(x, t, batch_size, rng):
    """As many batches as an epoch has; each is drawn from all images, whatever was drawn before."""
    for _ in range(-(-len(x) // batch_size)):
        rows = rng.choice(len(x), batch_size)
        yield x[rows], t[rows]


def with_the_books_dropout(net):
    """The same network, but each Dropout scales when it reads, not when it trains."""
    layers = [
        book.Dropout(layer.ratio, rng=layer.rng) if isinstance(layer, Dropout) else layer
        for layer in net.layers
    ]
    return Network(layers)


def trained(drawn_anew, scales_when_reading, seed, quick):
    """The accuracy on all test images after each epoch."""
    (x, t), test = load_images(few=quick)
    rng = np.random.default_rng(seed)
    net = DeepConvNet(rng=rng)
    if scales_when_reading:
        net = with_the_books_dropout(net)
    optimizer = Adam(0.001)
    epoch_of = drawn_batches if drawn_anew else batches
    accuracies = []
    for _ in range(2 if quick else EPOCHS):
        for x_batch, t_batch in epoch_of(x, t, BATCH, rng):
            _, grads = net.loss_and_gradient(x_batch, t_batch)
            optimizer.update(net.params, grads)
        accuracies.append(net.accuracy(*test))
    return accuracies


def ends(found):
    """The accuracy after the last epoch and after the best, an array of one number a seed each."""
    accuracies = np.array(found)  # (seeds, epochs)
    return accuracies[:, -1], accuracies.max(axis=1)


def draw(found):
    """Each training as a point: its last epoch and its best; the book's number is a line."""
    fig, ax = figures.new(size=(7.2, 4))
    for row, accuracies in enumerate(found.values()):
        for shift, (values, label, marker, colour) in enumerate(
            zip(
                ends(accuracies),
                ("after the last epoch", "after the best epoch"),
                "o^",
                figures.COLOURS,
            )
        ):
            y = np.full(len(values), row + 0.2 * shift - 0.1)
            ax.plot(values, y, marker, color=colour, label=label if row == 0 else None)
            ax.plot([values.mean()] * 2, [y[0] - 0.09, y[0] + 0.09], color=colour)
    ax.axvline(BOOK, color="grey", ls="--", label="the book")
    ax.set_yticks(range(len(found)), found)
    ax.invert_yaxis()
    ax.set(
        title=f"DeepConvNet, {EPOCHS} epochs: three trainings of each kind, and their mean",
        xlabel="accuracy on the 10,000 test images",
    )
    ax.grid(False, axis="y")
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, -0.15), ncols=3)
    return fig


def claims_of(kind, found):
    """Whether trainings of this kind come to the book's number, in the mean of the seeds."""
    for name, values in zip(("last", "best"), ends(found)):
        spread = values.std(ddof=1)
        holds = values.mean() + 2 * spread >= BOOK
        ours = f"{values.mean():.4f}, deviation {spread:.4f}"
        why = "" if holds else "no training of this kind comes near"
        yield Claim(f"{kind}, {name} epoch", f"{BOOK}", ours, holds, why)


def main(args):
    found = over_seeds(
        args,
        "deepnet_factors",
        partial(trained, quick=args.quick),
        KINDS,
        2 if args.quick else SEEDS,
        say=lambda found: f"{found[-1]:.4f} after the last epoch, {max(found):.4f} after the best",
    )
    args.save(draw(found), "deepnet_factors.png")
    return [claim for kind in KINDS for claim in claims_of(kind, found[kind])]


if __name__ == "__main__":
    run(main, __doc__, options)
