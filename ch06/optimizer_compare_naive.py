"""Figures 6-1 to 6-3 and 6-5 to 6-8: four optimizers in one valley (sections 6.1.3 to 6.1.7).

f(x, y) = x^2 / 20 + y^2 is a long valley: steep across (y) and almost flat along (x), so the
negative gradient hardly ever points at the minimum (0, 0). From (-7, 2) SGD jumps from wall to
wall; Momentum rolls like a ball; AdaGrad takes smaller steps where it was steep; Adam does both.
Which is best depends on the problem and on the learning rates: try others with --adam-lr 1.0 and
the like.

    python ch06/optimizer_compare_naive.py

Last line with the default seed: distance from the minimum, last point | book: AdaGrad looks best |
here: SGD 0.398, Momentum 0.859, AdaGrad 0.136, Adam 0.323 | holds
"""

import numpy as np

from dlscratch import SGD, AdaGrad, Adam, Momentum, figures
from dlscratch.book.experiment import Claim, number, run

START = (-7.0, 2.0)
GRID = np.linspace(-10, 10, 201)
# name: (class, learning rate, number of the figure, what its path shows)
OPTIMIZERS = {
    "SGD": (SGD, 0.95, "6-3", "from wall to wall"),
    "Momentum": (Momentum, 0.1, "6-5", "rolls like a ball"),
    "AdaGrad": (AdaGrad, 1.5, "6-6", "straight ahead"),
    "Adam": (Adam, 0.3, "6-7", "rolls, but swings less"),
}


def options(parser):
    for name, (_, lr, *_) in OPTIMIZERS.items():
        parser.add_argument(
            f"--{name.lower()}-lr",
            type=number(float, above=0),
            default=lr,
            metavar="RATE",
            help=f"learning rate of {name} (default: {lr})",
        )
    parser.add_argument(
        "--points",
        type=number(int, at_least=1),
        default=30,
        help="how many points of each path to draw, the start included (default: 30)",
    )


def f(x, y):
    return x**2 / 20 + y**2


def gradient(x, y):
    return {"x": x / 10, "y": 2 * y}


def walk(optimizer, points):
    """The points that the optimizer visits, (points, 2), from START on."""
    position, visited = dict(zip("xy", START)), [START]
    while len(visited) < points:
        optimizer.update(position, gradient(**position))
        visited.append((position["x"], position["y"]))
    return np.array(visited)


def draw_function(args):
    fig, (left, right) = figures.new(1, 2, size=(8.4, 4.0))
    left.remove()
    left = fig.add_subplot(1, 2, 1, projection="3d")
    figures.surface(left, f, GRID, GRID, xlabel="x", ylabel="y", zlabel="f", zlim=(0, 120))
    left.set_title("$f(x, y) = x^2/20 + y^2$")
    left.set_box_aspect((4, 4, 3), zoom=0.9)  # leaves room for the name of the upright axis
    figures.contour(right, f, GRID, GRID, levels=np.arange(1, 11) ** 2)
    right.set(title="its level lines 1, 4, 9, ..., 100", xlabel="x", ylabel="y", aspect="equal")
    args.save(fig, "fig_6-1_function.png")

    fig, ax = figures.new(grid=False, size=(7.4, 4.2))
    x, y = np.meshgrid(np.arange(-10, 11, 2), np.arange(-5, 6))
    slope = gradient(x, y)
    figures.arrows(ax, x, y, -slope["x"], -slope["y"], 0.085, xlabel="x", ylabel="y")
    ax.set(
        title="downhill: minus the gradient of f, drawn at a twelfth of its length", aspect="equal"
    )
    ax.plot(0, 0, "+", color=figures.VERMILION, markersize=12)
    args.save(fig, "fig_6-2_gradient.png")


def draw_path(ax, path, title):
    figures.contour(ax, f, GRID, GRID, levels=np.arange(1, 8))
    figures.path(ax, path)
    # with equal scales a step that is perpendicular to a level line looks perpendicular
    ax.set(title=title, xlabel="x", ylabel="y", xlim=(-10, 10), ylim=(-4, 4), aspect="equal")
    ax.set(xticks=range(-10, 11, 5), yticks=range(-4, 5, 2))


def race(paths, every):
    """All four on their way through the valley: a picture for each step, or each `every` steps."""
    fig, ax = figures.new(size=(7.0, 3.8))
    figures.contour(ax, f, GRID, GRID, levels=np.arange(1, 8))
    lines = [ax.plot([], [], marker=marker, label=name)[0] for name, marker in zip(paths, "os^D")]
    ax.set(xlabel="x", ylabel="y", xlim=(-8, 2), ylim=(-2.6, 2.6), aspect="equal")
    ax.legend(frameon=False, loc="upper right", ncols=4)
    for step in range(0, len(paths["SGD"]), every):
        for line, path in zip(lines, paths.values()):
            line.set_data(*path[: step + 1].T)
        ax.set_title(f"step {step}")
        yield figures.pixels(fig)


def claims(paths):
    turns = {name: np.sum(np.diff(np.sign(path[:, 1])) != 0) for name, path in paths.items()}
    swing = {name: -path[:, 1].min() for name, path in paths.items()}  # beyond the valley's floor
    far = {name: np.hypot(*path[-1]) for name, path in paths.items()}
    return [
        Claim(
            "steps that cross the valley",
            "SGD zig-zags, Momentum less, AdaGrad goes straight",
            ", ".join(f"{name} {n}" for name, n in turns.items()),
            holds=bool(turns["AdaGrad"] < turns["Momentum"] < turns["SGD"]),
        ),
        Claim(
            "swing to the other side of the valley",
            "Adam swings less than Momentum",
            f"Momentum {swing['Momentum']:.2f}, Adam {swing['Adam']:.2f}",
            holds=bool(swing["Adam"] < swing["Momentum"]),
        ),
        Claim(
            "distance from the minimum, last point",
            "AdaGrad looks best",
            ", ".join(f"{name} {distance:.3f}" for name, distance in far.items()),
            holds=min(far, key=far.get) == "AdaGrad",
        ),
    ]


def main(args):
    draw_function(args)
    together, panels = figures.new(2, 2, size=(9.6, 5.2))
    paths = {}
    for panel, (name, (kind, _, figure, note)) in zip(panels.flat, OPTIMIZERS.items()):
        lr = getattr(args, f"{name.lower()}_lr")
        paths[name] = walk(kind(lr), args.points)
        fig, ax = figures.new(size=(7.0, 3.6))
        draw_path(ax, paths[name], f"{name}, learning rate {lr:g}: {note}")
        args.save(fig, f"fig_{figure}_{name.lower()}.png")
        draw_path(panel, paths[name], name)
    args.save(together, "fig_6-8_four_optimizers.png")
    film = race(paths, every=6 if args.quick else 1)
    figures.save_film(film, args.out / "optimizer_race.gif", milliseconds=250)
    return claims(paths)


if __name__ == "__main__":
    run(main, __doc__, options)
