"""Figure 3-7: the sigmoid function, the activation of a neuron (section 3.2.4, equation 3.6).

h(x) = 1 / (1 + exp(-x)). Like the step function it is near 0 for small and near 1 for large x, but
the way from one to the other is smooth: a small change of x always changes y. Learning needs that
(section 4.2.5).

    python ch03/sigmoid.py

Last line with the default seed: figure: out/ch03/fig_3-7_sigmoid.png
"""

import numpy as np

from dlscratch import figures
from dlscratch.book.experiment import run
from dlscratch.functions import sigmoid


def main(args):
    x = np.arange(-5.0, 5.0, 0.1)
    fig, ax = figures.new()
    figures.curves(
        ax,
        x,
        {"sigmoid": sigmoid(x)},
        title="Sigmoid function",
        xlabel="x",
        ylabel="h(x)",
        ylim=(-0.1, 1.1),
    )
    args.save(fig, "fig_3-7_sigmoid.png")


if __name__ == "__main__":
    run(main, __doc__)
