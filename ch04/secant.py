"""Figure 4-5: the true slope, and the slope that a computer can measure (section 4.3.1).

A derivative is a limit, h towards 0 (equation 4.4), but on a computer h is finite: too large, and
the line through x and x + h is not the tangent; too small, and the digits of f(x + h) - f(x) run
out. h = 1e-4 works well. Measuring on both sides, from x - h to x + h, makes the error of a smooth
f smaller still.

    python ch04/secant.py
    python ch04/secant.py --h 0.1

Last line with the default seed: h = 1e-49: forward 0.000000000000, central 0.000000000000
"""

import numpy as np

from dlscratch import figures, numerical_diff
from dlscratch.book.experiment import number, run


def f(x):
    return x**2  # dy/dx = 2x


def forward_diff(f, x, h):
    """The slope of the line through x and x + h."""
    return (f(x + h) - f(x)) / h


def options(parser):
    parser.add_argument(
        "--h",
        type=number(float, above=0, at_most=10),
        default=1.2,
        help="the h of the figure (default: 1.2, far too large, to be seen)",
    )


def main(args):
    x, h = 2.0, args.h
    xs = np.linspace(0, max(4, x + 1.2 * h), 200)
    fig, ax = figures.new()
    figures.curves(
        ax,
        xs,
        {
            "y = f(x)": f(xs),
            "true tangent": f(x) + 2 * x * (xs - x),
            "line through x and x + h": f(x) + forward_diff(f, x, h) * (xs - x),
        },
        title="Tangent and measured slope",
        ylabel="f(x)",
        ylim=(-3, f(xs[-1])),
    )
    ax.plot([x, x + h], [f(x), f(x + h)], "o", color=figures.BLACK)
    ax.set_xticks([x, x + h], ["x", "x + h"])
    args.save(fig, "fig_4-5_secant.png")

    print(f"slope of x^2 at x = 2: 4; of the line with h = {h:g}: {forward_diff(f, x, h):g}")
    for h in 1e-2, 1e-4, 1e-12, 10e-50:
        central = numerical_diff(f, x, h)
        print(f"h = {h:g}: forward {forward_diff(f, x, h):.12f}, central {central:.12f}")


if __name__ == "__main__":
    run(main, __doc__, options)
