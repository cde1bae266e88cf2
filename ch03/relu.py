"""Figure 3-9: ReLU, the activation of today's networks (section 3.2.7, equation 3.7).

h(x) = max(0, x): a positive x passes unchanged, everything else is 0. Its slope is 1 for every
positive x, however large, where the sigmoid's goes to 0; chapter 6 shows why that matters.

    python ch03/relu.py

Last line with the default seed: figure: out/ch03/fig_3-9_relu.png
"""

import numpy as np

from dlscratch import figures
from dlscratch.book.experiment import run
from dlscratch.functions import relu


def main(args):
    x = np.arange(-5.0, 5.0, 0.1)
    fig, ax = figures.new()
    figures.curves(
        ax,
        x,
        {"ReLU": relu(x)},
        title="ReLU function",
        xlabel="x",
        ylabel="h(x)",
        ylim=(-1.0, 5.5),
    )
    args.save(fig, "fig_3-9_relu.png")


if __name__ == "__main__":
    run(main, __doc__)
