"""Figure 3-6: the step function, the activation of a perceptron (sections 3.2.2, 3.2.3).

y = 1 where x > 0, else 0. For arrays, `x > 0` gives an array of truth values, and as integers
these are the ones and zeros. The jump at 0 is all there is: everywhere else the slope is 0.

    python ch03/step_function.py

Last line with the default seed: figure: out/ch03/fig_3-6_step_function.png
"""

import numpy as np

from dlscratch import figures
from dlscratch.book.experiment import run
from dlscratch.functions import step_function


def main(args):
    x = np.arange(-5.0, 5.0, 0.001)  # so fine that the jump is upright
    fig, ax = figures.new()
    figures.curves(
        ax,
        x,
        {"step": step_function(x)},
        title="Step function",
        xlabel="x",
        ylabel="h(x)",
        ylim=(-0.1, 1.1),
    )
    args.save(fig, "fig_3-6_step_function.png")


if __name__ == "__main__":
    run(main, __doc__)
