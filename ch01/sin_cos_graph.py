"""Figure 1-4: sine and cosine, told apart by their dashes (section 1.6.2).

A figure that others read needs a title, names at both axes, and a legend where there is more than
one curve. The legend takes its words from each line's label.

    python ch01/sin_cos_graph.py

Last line with the default seed: figure: out/ch01/fig_1-4_sin_cos.png
"""

import numpy as np

from dlscratch import figures
from dlscratch.book.experiment import run


def main(args):
    x = np.arange(0, 6, 0.1)

    fig, ax = figures.new()
    ax.plot(x, np.sin(x), linestyle="-", label="sin")
    ax.plot(x, np.cos(x), linestyle="--", label="cos")
    ax.set(xlabel="x", ylabel="y", title="sin & cos")
    ax.legend(frameon=False)
    args.save(fig, "fig_1-4_sin_cos.png")


if __name__ == "__main__":
    run(main, __doc__)
