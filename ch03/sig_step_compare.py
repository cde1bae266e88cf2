"""Figure 3-8: sigmoid and step function together (section 3.2.5).

Both give little for a small x and much for a large one, never leave 0..1, and are not linear; a
network of linear activations would be one linear function however deep (section 3.2.6). They differ
in smoothness: the step knows only 0 and 1, the sigmoid passes on 0.731 or 0.880.

    python ch03/sig_step_compare.py

Last line with the default seed: figure: out/ch03/fig_3-8_sigmoid_and_step.png
"""

import numpy as np

from dlscratch import figures
from dlscratch.book.experiment import run
from dlscratch.functions import sigmoid, step_function


def main(args):
    x = np.arange(-5.0, 5.0, 0.001)  # so fine that the jump is upright
    fig, ax = figures.new()
    figures.curves(
        ax,
        x,
        {"sigmoid": sigmoid(x), "step": step_function(x)},
        title="Sigmoid and step function",
        xlabel="x",
        ylabel="h(x)",
        ylim=(-0.1, 1.1),
    )
    args.save(fig, "fig_3-8_sigmoid_and_step.png")


if __name__ == "__main__":
    run(main, __doc__)
