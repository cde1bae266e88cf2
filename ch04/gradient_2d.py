"""Figures 4-8 and 4-9: a function of two variables, and where its slope points (4.3.3 and 4.4).

f(x0, x1) = x0^2 + x1^2 (equation 4.6) is a bowl. Its partial derivatives, together, are the
gradient, here (2 x0, 2 x1). The arrows show the negative gradient: at every point the
direction in which f falls fastest, and how fast. In this bowl they all point to the minimum; in
general they need not.

    python ch04/gradient_2d.py

Last line with the default seed:
    df/dx1 at (3, 4) | book: 7.999999999999119 | here: 7.999999999999119 | holds
"""

import numpy as np

from dlscratch import figures, numerical_diff, numerical_gradient
from dlscratch.book.experiment import Claim, run


def function_2(x):
    """x: (2,), or anything that is unpacked into x0, x1."""
    return x[0] ** 2 + x[1] ** 2


def main(args):
    axis = np.linspace(-3, 3, 61)
    fig, ax = figures.new(subplot_kw={"projection": "3d"})
    figures.surface(
        ax,
        lambda x0, x1: function_2((x0, x1)),
        axis,
        axis,
        title="$f(x_0, x_1) = x_0^2 + x_1^2$",
        xlabel="$x_0$",
        ylabel="$x_1$",
    )
    ax.set_zlabel("$f(x)$")
    args.save(fig, "fig_4-8_bowl.png")

    axis = np.linspace(-2, 2, 17)
    x0, x1 = np.meshgrid(axis, axis)
    points = np.stack([x0, x1], axis=-1).reshape(-1, 2)  # (17, 17, 2) -> (289, 2)
    gradients = np.array([numerical_gradient(function_2, point) for point in points])
    fig, ax = figures.new(size=(5.2, 5.2))
    figures.arrows(
        ax,
        *points.T,
        *-gradients.T,
        title="$-\\nabla f$: downhill",
        xlabel="$x_0$",
        ylabel="$x_1$",
        xlim=(-2.1, 2.1),
        ylim=(-2.1, 2.1),
    )
    args.save(fig, "fig_4-9_gradient.png")

    for point in (3.0, 4.0), (0.0, 2.0), (3.0, 0.0):
        print(f"gradient at {point}: {numerical_gradient(function_2, point).round(10) + 0.0}")
    # one variable at a time, the other one frozen
    partials = {
        "df/dx0": ("6.00000000000378", numerical_diff(lambda x0: function_2((x0, 4.0)), 3.0)),
        "df/dx1": ("7.999999999999119", numerical_diff(lambda x1: function_2((3.0, x1)), 4.0)),
    }
    return [
        Claim(f"{name} at (3, 4)", book, repr(ours), book == repr(ours))
        for name, (book, ours) in partials.items()
    ]


if __name__ == "__main__":
    run(main, __doc__)
