"""Figure 1-3 looked at closely: a curve is points joined by straight lines (section 1.6.1).

`np.arange(0, 6, step)` makes the points. With the book's step of 0.1 the eye sees a curve; with
a step of 1 it sees the corners. All curves in this book are drawn so.

    python ch01/sin_graph.py
    python ch01/sin_graph.py --step 0.5

Last line with the default seed: figure: out/ch01/fig_1-3_points.png
"""

import numpy as np

from dlscratch import figures
from dlscratch.book.experiment import number, run


def options(parser):
    parser.add_argument(
        "--step",
        type=number(float, at_least=0.001, at_most=3),
        default=1.0,
        help="distance of the points that are compared with the book's 0.1 (default: 1.0)",
    )


def main(args):
    fig, ax = figures.new()
    for step, style in (0.1, "-"), (args.step, "--o"):
        x = np.arange(0, 6, step)
        ax.plot(x, np.sin(x), style, label=f"step {step:g}: {len(x)} points")
    ax.set(xlabel="x", ylabel="sin(x)", title="A curve is made of points")
    ax.legend(frameon=False)
    args.save(fig, "fig_1-3_points.png")


if __name__ == "__main__":
    run(main, __doc__, options)
