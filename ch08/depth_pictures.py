"""Section 8.2.4: how plain and residual nets of several depths learn, in four panels.

Training errors over the steps in two budgets, test errors by depth, gradients before the first
step by layer. Plain nets are dashed, residual ones solid; a depth has one colour in all panels.
A table of results is {(kind, depth, steps): one result for each seed}, a result as
`ch08.depth_training.trained` returns it.
"""

import numpy as np

from dlscratch import figures

DASH = {"plain": "--", "ResNet": "-"}
COLOURS = figures.SKY, figures.BLUE, figures.ORANGE, figures.VERMILION  # by depth


def percent(results, part):
    """Mean and standard deviation over the seeds of the error on "train" or "test", in percent."""
    errors = 100 * np.array([result[part] for result in results])
    return errors.mean(), errors.std(ddof=1)


def draw(table, norms):
    """The whole figure. norms: {(kind, depth): the norm of dL/dW of each convolution}."""
    fig, axes = figures.new(2, 2, size=(9.6, 7.6))
    (short, long), (errors, slopes) = axes
    depths, budgets = sorted({depth for _, depth in norms}), sorted({n for _, _, n in table})
    looks = {
        (kind, depth): {"ls": DASH[kind], "c": colour, "lw": 1.7, "label": f"{kind}-{depth}"}
        for depth, colour in zip(depths, COLOURS)
        for kind in DASH
    }
    for ax, steps in zip((short, long), budgets):
        draw_curves(ax, table, steps, looks)
    for steps, colour, marker in zip(budgets, (figures.BLACK, figures.PURPLE), "os"):
        draw_errors(errors, table, steps, {"c": colour, "marker": marker, "capsize": 3})
    errors.set(title="Test error, by depth", xlabel="layers", ylabel="error in %")
    errors.set(xticks=depths, ylim=(0, 1.08 * errors.get_ylim()[1]))
    errors.legend(frameon=False)
    for net, values in norms.items():
        slopes.plot(range(1, len(values) + 1), values, **looks[net])
    slopes.set(title="Gradient before the first step", xlabel="convolution, from the input")
    slopes.set(ylabel="norm of dL/dW", yscale="log")
    slopes.yaxis.set_major_formatter("{x:g}")
    lines, names = short.get_legend_handles_labels()
    fig.legend(lines, names, loc="outside upper center", ncols=len(depths), frameon=False)
    return fig


def draw_curves(ax, table, steps, looks):
    """The training error of each net of this budget, the mean of its seeds."""
    for (kind, depth, budget), results in table.items():
        if budget == steps:
            curve = 100 * np.mean([result["curve"] for result in results], axis=0)
            middle = (np.arange(len(curve)) + 0.5) * steps / len(curve)  # of the steps of a point
            ax.plot(middle, curve, **looks[kind, depth])
    ax.set(title=f"Training error, {steps:,} steps", xlabel="step", ylabel="error in %")
    ax.set(xlim=(0, steps), ylim=(0, 92))


def draw_errors(ax, table, steps, look):
    """Test errors by depth; a bar reaches one standard deviation up and down."""
    for kind, dash in DASH.items():
        depths = sorted(depth for name, depth, budget in table if (name, budget) == (kind, steps))
        found = np.transpose([percent(table[kind, depth, steps], "test") for depth in depths])
        ax.errorbar(depths, *found, ls=dash, label=f"{kind}, {steps:,} steps", **look)
