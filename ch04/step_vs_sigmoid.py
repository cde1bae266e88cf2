"""Figure 4-4: why a network cannot learn with the step function (section 4.2.5).

Learning asks how the loss changes when a weight changes a little, so a small change must have an
effect. With the step function it has none: its slope is 0 everywhere but at the jump, and every
product of slopes that contains it is 0. The sigmoid's slope is nowhere 0. Accuracy is a bad
objective for the same reason: it stays at 32 % until it jumps to 33 %.

    python ch04/step_vs_sigmoid.py
    python ch04/step_vs_sigmoid.py --x -2 0.5 4

Last line with the default seed: figure: out/ch04/fig_4-4_step_and_sigmoid.png
"""

import numpy as np

from dlscratch import figures, numerical_diff, sigmoid, step_function
from dlscratch.book.experiment import number, run


def options(parser):
    parser.add_argument(
        "--x",
        type=number(),
        nargs="+",
        default=[-2.5, 1.5],
        metavar="X",
        help="where to draw tangents (default: -2.5 1.5)",
    )


def main(args):
    x = np.arange(-6.0, 6.0, 0.001)  # so fine that the jump is upright
    fig, axes = figures.new(1, 2, sharey=True)
    for ax, (name, h) in zip(axes, {"step function": step_function, "sigmoid": sigmoid}.items()):
        figures.curves(ax, x, {name: h(x)}, title=name.capitalize(), xlabel="x", ylim=(-0.1, 1.1))
        for at in args.x:
            slope = numerical_diff(h, at)
            near = np.array([at - 1.5, at + 1.5])
            ax.plot(near, h(at) + slope * (near - at), "--", color=figures.VERMILION)
            ax.plot(at, h(at), "o", color=figures.VERMILION)
            print(f"slope of the {name} at {at:g}: {slope:.6f}")
    axes[0].set_ylabel("h(x)")
    args.save(fig, "fig_4-4_step_and_sigmoid.png")


if __name__ == "__main__":
    run(main, __doc__, options)
