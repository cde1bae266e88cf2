"""Figure 4-10: gradient descent, one small step downhill after another (section 4.4.1).

x <- x - lr * gradient (equation 4.7). The learning rate lr is chosen by hand: with 0.1 the point
walks from (-3, 4) to the minimum at the origin, with 10 it diverges, with 1e-10 it hardly
moves. Such a number, set before learning, is called a hyper-parameter.

    python ch04/gradient_method.py
    python ch04/gradient_method.py --lr 0.9 --steps 30

Last line with the default seed:
    100 steps with lr 1e-10 | book: -2.99999994, 3.99999992 | here: -2.99999994, 3.99999992 | holds
"""

import numpy as np

from ch04.gradient_2d import function_2
from dlscratch import figures, numerical_gradient
from dlscratch.book.experiment import Claim, number, run

START = (-3.0, 4.0)
BOOK = {
    0.1: "-6.11110793e-10, 8.14814391e-10",
    10.0: "-2.58983747e+13, -1.29524862e+12",
    1e-10: "-2.99999994, 3.99999992",
}


def descent_path(f, init_x, lr=0.01, step_num=100):
    """Every point on the way: (step_num + 1, n), init_x first."""
    path = [np.array(init_x, dtype=float)]
    for _ in range(step_num):
        path.append(path[-1] - lr * numerical_gradient(f, path[-1]))
    return np.array(path)


def gradient_descent(f, init_x, lr=0.01, step_num=100):
    """Where `step_num` steps downhill lead to from init_x, (n,).

    >>> gradient_descent(function_2, np.array([-3.0, 4.0]), lr=0.1)
    array([-6.11110793e-10,  8.14814391e-10])
    """
    return descent_path(f, init_x, lr, step_num)[-1]


def options(parser):
    parser.add_argument(
        "--lr",
        type=number(float, above=0),
        default=0.1,
        help="learning rate of the figure (default: 0.1)",
    )
    parser.add_argument(
        "--steps",
        type=number(int, at_least=1),
        default=20,
        help="steps of the figure (default: 20)",
    )


def main(args):
    path = descent_path(function_2, START, args.lr, args.steps)
    fig, ax = figures.new(size=(4.6, 5.4), grid=False)
    axis = np.linspace(-4.5, 4.5, 91)
    figures.contour(ax, lambda x0, x1: function_2((x0, x1)), axis, axis, levels=[1, 4, 9, 16, 25])
    figures.path(ax, path)
    ax.set(
        title=f"{args.steps} steps, learning rate {args.lr:g}",
        xlabel="$x_0$",
        ylabel="$x_1$",
        xlim=(-3.5, 3.5),
        ylim=(-4.5, 4.5),
        aspect="equal",
    )
    args.save(fig, "fig_4-10_gradient_method.png")
    print(f"after {args.steps} steps with lr {args.lr:g}: {path[-1]}")

    claims = []
    for lr, book in BOOK.items():
        ours = ", ".join(f"{x:.9g}" for x in gradient_descent(function_2, START, lr))
        claims.append(Claim(f"100 steps with lr {lr:g}", book, ours, book == ours))
    return claims


if __name__ == "__main__":
    run(main, __doc__, options)
