"""Figure 4-3: the natural logarithm between 0 and 1 (section 4.2.2).

The cross entropy error of one example is -log y, where y is the probability that the network gives
to the right class. The curve says what that means: y = 1 costs nothing, and the smaller y is, the
faster the error grows.

    python ch04/log_curve.py
    python ch04/log_curve.py --y 0.9 0.5 0.01

Last line with the default seed: -log 0.1 | book: 2.30 | here: 2.30 | holds
"""

import numpy as np

from dlscratch import figures
from dlscratch.book.experiment import Claim, number, run

BOOK = {0.6: "0.51", 0.1: "2.30"}


def options(parser):
    parser.add_argument(
        "--y",
        type=number(float, above=0, at_most=1),
        nargs="+",
        default=list(BOOK),
        metavar="Y",
        help="probabilities to mark on the curve (default: 0.6 0.1)",
    )


def main(args):
    x = np.linspace(0.005, 1, 400)
    fig, ax = figures.new()
    figures.curves(
        ax,
        x,
        {"log": np.log(x)},
        title="The natural logarithm",
        xlabel="x",
        ylabel="log x",
        xlim=(0, 1.02),
        ylim=(-5.2, 0.2),
    )
    for y in args.y:
        ax.plot(y, np.log(y), "o", color=figures.VERMILION)
        ax.annotate(
            f"log {y:g} = {np.log(y):.2f}",
            (y, np.log(y)),
            (9, -4),
            textcoords="offset points",
            va="top",
        )
    args.save(fig, "fig_4-3_log.png")

    for y in args.y:
        if y not in BOOK:
            print(f"-log {y:g} = {-np.log(y):.2f}")
    return [
        Claim(f"-log {y:g}", BOOK[y], f"{-np.log(y):.2f}", BOOK[y] == f"{-np.log(y):.2f}")
        for y in args.y
        if y in BOOK
    ]


if __name__ == "__main__":
    run(main, __doc__, options)
