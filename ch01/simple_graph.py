"""Figure 1-3: a sine curve in a few lines of Matplotlib (section 1.6.1).

NumPy makes the points, Matplotlib joins them. A figure holds axes, and the axes hold the drawing.
The picture is a file; --show opens it as well, where there is a screen.

    python ch01/simple_graph.py

Last line with the default seed: figure: out/ch01/fig_1-3_sin.png
"""

import numpy as np

from dlscratch import figures
from dlscratch.book.experiment import run


def main(args):
    x = np.arange(0, 6, 0.1)
    y = np.sin(x)

    fig, ax = figures.new()
    ax.plot(x, y)
    ax.set(title="y = sin(x)", xlabel="x", ylabel="y")
    args.save(fig, "fig_1-3_sin.png")


if __name__ == "__main__":
    run(main, __doc__)
