"""Section 8.5.2: the pictures of dcgan.py: the digits, the steps, a walk, the nearest."""

import numpy as np

from ch08 import gan_training as gan
from dlscratch import figures

EACH = 10  # images of each digit in the figure


def by_reading(x, p):
    """The first ten images of x that are read as a 0, then as a 1, ..: (100, 28, 28).

    Black where there are fewer. x: (N, 1, 28, 28); p: what is read in it, (N, 10).
    """
    rows = np.zeros((10, EACH, 28, 28), x.dtype)
    for digit, row in enumerate(rows):
        found = x[p.argmax(axis=1) == digit, 0][:EACH]
        row[: len(found)] = found
    return rows.reshape(-1, 28, 28)  # (10, EACH, 28, 28) -> (100, 28, 28)


def draw_digits(generated, real):
    """Two grids, each of (100, 28, 28)."""
    fig, axes = figures.new(1, 2, size=(8.6, 4.6), grid=False)
    for ax, name, x in zip(axes, ("Made of noise", "Written by hand"), (generated, real)):
        figures.image(ax, figures.mosaic(x, cols=EACH, low=0, high=1))
        ax.set_title(name, fontsize=13)
    return fig


def draw_steps(films, shown, history):
    """What the same noise became after so many steps, (steps, N, 28, 28), and the losses."""
    fig, axes = figures.new(2, 1, size=(6.2, 5.6), height_ratios=(2, 1))
    figures.image(
        axes[0],
        figures.mosaic(films.reshape(-1, 28, 28), cols=films.shape[1], low=0, high=1),
    )
    axes[0].set_title("The same noise after more and more steps")
    for row, step in enumerate(shown):
        axes[0].text(-8, 29 * row + 15, f"{step:,}", ha="right", va="center")
    losses = np.array(list(history.values()))
    width = max(1, min(100, losses.shape[1] // 10))
    means = [np.convolve(row, np.full(width, 1 / width), mode="valid") for row in losses]
    x = np.arange(width, losses.shape[1] + 1)
    title = f"Losses, mean of {width} steps; by guessing, 1.39 and 0.69"  # log 4, log 2
    named = dict(zip(history, means))
    figures.curves(axes[1], x, named, title=title, xlabel="step", ylabel="loss", ylim=(0, None))
    return fig


def walk(start, end, count):
    """`count` points on the way from noise to noise (N, NOISE): (N, count, NOISE).

    Along the circle, not the chord: in the middle of that, vectors would be shorter than any noise.
    """
    share = np.linspace(0, 1, count, dtype=start.dtype)[:, None]
    # cos^2 + sin^2 = 1: of two independent normal numbers, variance 1 remains
    a, b = np.cos(share * np.pi / 2), np.sin(share * np.pi / 2)
    return a * start[:, None] + b * end[:, None]


def draw_walk(G, rng, rows=8, cols=14):
    """From one noise to the next, and back to the first at the end."""
    corners = gan.noise(rows, rng)
    z = walk(corners, np.roll(corners, -1, axis=0), cols)
    images = gan.generate(G, z.reshape(-1, gan.NOISE))[:, 0]  # (rows, cols, NOISE) -> (.., NOISE)
    fig, ax = figures.new(size=(7.4, 4.6), grid=False)
    figures.image(ax, figures.mosaic(images, cols=cols, low=0, high=1))
    ax.set_title("A walk through the noise: each row ends where the next one begins")
    return fig


def draw_nearest(generated, found, distances, real_distances, shown=14):
    """Generated images above their nearest training images, (N, 1, 28, 28); all distances."""
    fig, axes = figures.new(2, 1, size=(8.0, 4.8), height_ratios=(1.25, 2))
    pairs = np.concatenate([generated[:shown, 0], found[:shown, 0]])
    figures.image(axes[0], figures.mosaic(pairs, cols=shown, low=0, high=1))
    axes[0].set_title("Made of noise, and below each the training image that is nearest to it")
    bins = np.linspace(0, max(distances.max(), real_distances.max()), 36)
    for name, values, colour, filled in (
        ("handwritten digits held back", real_distances, figures.SKY, True),
        ("generated digits", distances, figures.VERMILION, False),
    ):
        counts = np.histogram(values, bins)[0]
        axes[1].stairs(counts, bins, fill=filled, color=colour, linewidth=2, label=name)
    axes[1].set(
        title="How far the nearest training image is; a copy would be at 0",
        xlabel="root of the mean squared difference of the pixels",
        ylabel="images",
    )
    axes[1].legend(frameon=False, loc="upper left")
    return fig
