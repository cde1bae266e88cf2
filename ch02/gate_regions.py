"""Figures 2-6 to 2-8: a line separates OR, no line separates XOR, a curve does (section 2.4).

A perceptron cuts the plane of its inputs along the line b + w1 x1 + w2 x2 = 0: 0 on one side, 1 on
the other. OR's points can be separated like that, with (b, w1, w2) = (-0.5, 1, 1). XOR's
cannot; try to find a line with --line. A curved boundary separates them, and two layers can draw
one (xor_gate.py).

    python ch02/gate_regions.py
    python ch02/gate_regions.py --line 1.5 -1 -1

Last line with the default seed: XOR: the line has 3 of 4 points on the right side
"""

import numpy as np

from ch02.or_gate import OR
from ch02.perceptron import INPUTS, perceptron
from ch02.xor_gate import XOR
from dlscratch import figures
from dlscratch.book.experiment import number, run


def options(parser):
    parser.add_argument(
        "--line",
        type=number(),
        nargs=3,
        metavar=("B", "W1", "W2"),
        default=(-0.5, 1.0, 1.0),
        help="your line b + w1 x1 + w2 x2 = 0, in Figs 2-6 and 2-7 (default: -0.5 1 1)",
    )


def draw(gate, boundary, title):
    """The four points of a gate, o = 0 and triangle = 1; grey where boundary(x1, x2) <= 0."""
    fig, ax = figures.new(size=(4.2, 4.6), grid=False)
    x = np.linspace(-0.5, 1.5, 401)
    z = boundary(*np.meshgrid(x, x))
    ax.contourf(x, x, z <= 0, levels=[0.5, 1.5], colors=["0.85"])
    ax.contour(x, x, z, levels=[0], colors=figures.BLACK)
    for answer, marker, colour in (0, "o", figures.BLUE), (1, "^", figures.VERMILION):
        points = [point for point in INPUTS if gate(*point) == answer]
        ax.plot(*zip(*points), marker, color=colour, markersize=13, label=f"y = {answer}")
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xticks=[0, 1], yticks=[0, 1], title=title)
    fig.legend(loc="outside lower center", ncols=2, frameon=False)
    return fig


def main(args):
    b, w1, w2 = args.line

    def line(x1, x2):
        return b + w1 * x1 + w2 * x2

    def curve(x1, x2):  # x1 + x2 - 2 x1 x2 is XOR at the four points, and smooth between them
        return x1 + x2 - 2 * x1 * x2 - 0.3

    right = {
        gate: sum(perceptron(point, [w1, w2], b) == gate(*point) for point in INPUTS)
        for gate in (OR, XOR)
    }
    args.save(draw(OR, line, f"OR: this line has {right[OR]} of 4 right"), "fig_2-6_or.png")
    args.save(draw(XOR, line, f"XOR: this line has {right[XOR]} of 4 right"), "fig_2-7_xor.png")
    args.save(draw(XOR, curve, "XOR: a curve has 4 of 4 right"), "fig_2-8_xor_curve.png")
    for gate, count in right.items():
        print(f"{gate.__name__}: the line has {count} of 4 points on the right side")


if __name__ == "__main__":
    run(main, __doc__, options)
