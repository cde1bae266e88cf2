"""Figures 4-6 and 4-7: a function, its measured slope and the tangents (section 4.3.2).

f(x) = 0.01 x^2 + 0.1 x (equation 4.5) has the derivative 0.02 x + 0.1: 0.2 at x = 5, 0.3 at x = 10.
Central differences give it up to the last digits, and a straight line with this slope touches the
curve: the tangent.

    python ch04/gradient_1d.py
    python ch04/gradient_1d.py --x 2 18

Last line with the default seed:
    df/dx at 10 | book: 0.2999999999986347 | here: 0.2999999999986347 | holds
"""

import numpy as np

from dlscratch import figures, numerical_diff
from dlscratch.book.experiment import Claim, number, run

BOOK = {5.0: "0.1999999999990898", 10.0: "0.2999999999986347"}


def function_1(x):
    return 0.01 * x**2 + 0.1 * x


def tangent_line(f, x):
    """The tangent of f at x, as a function: t -> slope * t + intercept."""
    slope = numerical_diff(f, x)
    return lambda t: slope * t + (f(x) - slope * x)


def options(parser):
    parser.add_argument(
        "--x",
        type=number(),
        nargs=2,
        default=[5.0, 10.0],
        metavar="X",
        help="where the two tangents touch (default: 5 10)",
    )


def main(args):
    x = np.arange(0.0, 20.0, 0.1)
    labels = {"xlabel": "x", "ylabel": "f(x)"}
    fig, ax = figures.new()
    figures.curves(ax, x, {"f": function_1(x)}, title="$f(x) = 0.01x^2 + 0.1x$", **labels)
    args.save(fig, "fig_4-6_function.png")

    fig, axes = figures.new(1, 2, sharey=True)
    for ax, at in zip(axes, args.x):
        lines = {"f": function_1(x), "tangent": tangent_line(function_1, at)(x)}
        figures.curves(ax, x, lines, title=f"Tangent at x = {at:g}", **labels)
        ax.plot(at, function_1(at), "o", color=figures.BLACK)
        ax.set_ylim(-1, 6)
        ax.label_outer()
    args.save(fig, "fig_4-7_tangents.png")

    claims = []
    for at in args.x:
        slope = numerical_diff(function_1, at)
        print(
            f"at {at:g}: measured {slope!r}, true {0.02 * at + 0.1:g}, "
            f"tangent {slope:.4g} x {tangent_line(function_1, at)(0.0):+.4g}"
        )
        if at in BOOK:
            claims.append(Claim(f"df/dx at {at:g}", BOOK[at], repr(slope), BOOK[at] == repr(slope)))
    return claims


if __name__ == "__main__":
    run(main, __doc__, options)
