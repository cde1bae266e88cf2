"""Figures 8-5 and 8-6: two small filters see as much as one large filter (section 8.1.3).

A number behind one 5 x 5 convolution depends on 5 x 5 pixels; one behind two 3 x 3 convolutions,
too, but with 18 weights instead of 25, and with a ReLU in between. Three of them see 7 x 7 with 27
weights instead of 49. What is seen is measured here: backpropagation from one number at the end
reaches those pixels of the image, and no others, that it depends on.

    python ch08/receptive_field.py

Last line with the default seed: 7 x 7 | book: 49 weights, 3 of 3 x 3: 27 | here: 49, 27 | holds
"""

import numpy as np

from dlscratch import Convolution, figures
from dlscratch.book.experiment import Claim, run

BOOK = {5: (25, 2, 18), 7: (49, 3, 27)}  # side: weights, how many of 3 x 3, their weights


def stack(*sizes):
    """One-channel convolutions of these sizes, each keeping the size of the image."""
    return [Convolution(np.ones((1, 1, size, size)), np.zeros(1), pad=size // 2) for size in sizes]


def weights(layers):
    return sum(layer.W.size for layer in layers)


def pixels_seen(layers, side=15):
    """Which pixels the number in the middle depends on: (side, side), True or False."""
    out = np.zeros((1, 1, side, side))
    for layer in layers:
        out = layer.forward(out)
    dout = np.zeros_like(out)
    dout[0, 0, side // 2, side // 2] = 1  # the gradient of the middle number alone
    for layer in reversed(layers):
        dout = layer.backward(dout)
    return dout[0, 0] != 0


def receptive_field(layers):
    """The height and width of what is seen, once it is sure to be a rectangle."""
    seen = pixels_seen(layers)
    height, width = int(seen.any(axis=1).sum()), int(seen.any(axis=0).sum())
    assert seen.sum() == height * width
    return height, width


# ---- the diagrams: maps as grids, and what a number sees of the map before it


def draw_grid(ax, left, side, title):
    """A map of side x side cells, its middle at the height 0."""
    from matplotlib.patches import Rectangle

    for row, col in np.ndindex(side, side):
        corner = left + col, side / 2 - 1 - row
        ax.add_patch(Rectangle(corner, 1, 1, facecolor="white", edgecolor=figures.GREY))
    ax.text(left + side / 2, 3.0, title, ha="center")


def draw_window(ax, left, side, window, target, colour):
    """The top left window of a map, and the two lines from it to the cell at `target`."""
    from matplotlib.patches import Rectangle

    top, x, y = side / 2, *target
    ax.add_patch(Rectangle((left, top - window), window, window, color=colour, alpha=0.35))
    ax.add_patch(Rectangle((x, y), 1, 1, facecolor="white", edgecolor=figures.GREY))
    ax.add_patch(Rectangle((x, y), 1, 1, color=colour, alpha=0.6))
    for start, end in ((top, y + 1), (top - window, y)):
        ax.plot([left + window, x], [start, end], color=colour, lw=1, ls="-")


def new_diagram(width):
    fig, ax = figures.new(size=(width * 0.5, 3.65), grid=False)
    ax.set(xlim=(-0.5, width - 0.5), ylim=(-3.7, 3.6), aspect="equal")
    ax.set_axis_off()
    return fig, ax


def figure_8_5():
    fig, ax = new_diagram(11)
    draw_grid(ax, 0, 5, "5 x 5 pixels")
    draw_grid(ax, 9, 1, "1 number")
    draw_window(ax, 0, 5, 5, (9, -0.5), figures.BLUE)
    ax.text(5, -3.4, "one 5 x 5 filter: 25 weights", ha="center")
    return fig


def figure_8_6():
    fig, ax = new_diagram(17)
    draw_grid(ax, 0, 5, "5 x 5 pixels")
    draw_grid(ax, 8, 3, "3 x 3 numbers")
    draw_grid(ax, 15, 1, "1 number")
    draw_window(ax, 8, 3, 3, (15, -0.5), figures.BLUE)
    draw_window(ax, 0, 5, 3, (8, 0.5), figures.VERMILION)
    ax.text(8, -3.4, "two 3 x 3 filters: 18 weights", ha="center")
    return fig


def main(args):
    args.save(figure_8_5(), "fig_8-5_one_large_filter.png")
    args.save(figure_8_6(), "fig_8-6_two_small_filters.png")
    print("sees       one filter   filters of 3 x 3")
    for n in range(1, 6):
        side = 2 * n + 1
        large, small = stack(side), stack(*[3] * n)
        assert receptive_field(large) == receptive_field(small) == (side, side)
        print(f"{side:2} x {side:2} {weights(large):10} {n:10} with {weights(small)}")

    claims = []
    for side, (one, count, several) in BOOK.items():
        ours = weights(stack(side)), weights(stack(*[3] * count))
        book = f"{one} weights, {count} of 3 x 3: {several}"
        holds = ours == (one, several)
        claims.append(Claim(f"{side} x {side}", book, f"{ours[0]}, {ours[1]}", holds))
    return claims


if __name__ == "__main__":
    run(main, __doc__)
