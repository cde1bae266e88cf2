"""One style for all figures, and one short function for each kind of plot.

Figures are Matplotlib's `Figure` objects, made without pyplot: no window opens, there is no global
state, and it works on a machine without a display. The functions take the axes to draw on, so that
a script can arrange its own panels:

    fig, ax = figures.new()
    figures.curves(ax, x, {"sin": np.sin(x), "cos": np.cos(x)}, title="sin & cos")
    fig.savefig("sin_cos.png")

Lines differ in colour and in dashes, so that a figure can be read in print and by the colour-blind.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

# Okabe and Ito's colours, which colour-blind readers tell apart too (jfly.uni-koeln.de/color).
BLUE, VERMILION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
PURPLE, SKY, YELLOW, BLACK = "#CC79A7", "#56B4E9", "#F0E442", "#000000"
GREY = "#999999"
PALE = (0.80, 0.90, 0.97)  # blue, between grey pictures: it cannot be mistaken for a pixel
COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK)  # of lines; yellow is too pale
DASHES = ("-", "--", "-.", ":", "-", "--", "-.")
MARKERS = ("o", "s", "D", "^", "v", "x", "*")


def new(
    rows: int = 1,
    cols: int = 1,
    size: tuple[float, float] | None = None,
    grid: bool = True,
    **subplots: Any,
) -> tuple[Figure, Any]:
    """An empty figure and its axes: a single one, or an array of rows x cols.

    size: width and height of the whole figure in inches. subplots: passed on to Matplotlib, for
    instance `sharey=True` or `subplot_kw={"projection": "3d"}`.

    >>> fig, axes = new(2, 3)
    >>> axes.shape
    (2, 3)
    """
    if size is None:
        size = (5.6, 4.0) if rows == cols == 1 else (1.0 + 3.2 * cols, 0.4 + 2.8 * rows)
    fig = Figure(figsize=size, dpi=150, layout="constrained")
    axes = fig.subplots(rows, cols, **subplots)
    for ax in fig.axes:
        if ax.name == "rectilinear":
            _house_style(ax, grid)
    return fig, axes


def _house_style(ax: Axes, grid: bool) -> None:
    ax.set_prop_cycle(color=COLOURS, linestyle=DASHES)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_axisbelow(True)
    if grid:
        ax.grid(True, color="0.9", linewidth=0.8)


def curves(ax: Axes, x: Any, ys: Mapping[str, Any], **labels: Any) -> None:
    """A line over x for each named y (1-D, as long as x); a legend if there are several.

    labels: properties of the axes, such as title, xlabel, ylabel, xlim, ylim.
    """
    for name, y in ys.items():
        ax.plot(x, y, label=name, linewidth=2)
    ax.set(**labels)
    if len(ys) > 1:
        ax.legend(frameon=False)


def accuracy(
    ax: Axes, train: Sequence[float], test: Sequence[float], epochs: Any = None, **labels: Any
) -> None:
    """Accuracy per epoch: training solid, test dashed, 0..1 (Figs 4-12, 6-20).

    train, test: one value per epoch, 0 to 1; test may be empty. epochs: their x values, by default
    1, 2, ...
    """
    epochs = np.arange(1, len(train) + 1) if epochs is None else epochs
    every = max(1, len(train) // 20)  # at most about 20 markers, so that they do not touch
    ax.plot(epochs, train, "-o", color=BLUE, markevery=every, markersize=4, label="train")
    if len(test):
        ax.plot(epochs, test, "--s", color=VERMILION, markevery=every, markersize=4, label="test")
    ax.set(**{"xlabel": "epoch", "ylabel": "accuracy", "ylim": (0, 1.02), **labels})
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))  # there is no epoch 2.5
    ax.legend(frameon=False, loc="lower right")


def loss(ax: Axes, losses: Sequence[float], smooth: int = 0, **labels: Any) -> None:
    """Loss per step (Fig 4-11); smooth: draw a running mean over so many steps on top."""
    noisy = 2 <= smooth <= len(losses)
    ax.plot(losses, color=SKY if noisy else BLUE, linewidth=0.8, linestyle="-", label="each batch")
    if noisy:
        mean = np.convolve(losses, np.full(smooth, 1 / smooth), mode="valid")
        where = np.arange(len(mean)) + (smooth - 1) / 2  # the middle of each window
        ax.plot(where, mean, color=BLUE, linestyle="-", label=f"mean of {smooth}")
        ax.legend(frameon=False)
    ax.set(**{"xlabel": "iteration", "ylabel": "loss", "ylim": (0, None), **labels})


def image(ax: Axes, pixels: Any, title: str = "", low: Any = None, high: Any = None) -> None:
    """One picture without axes, (H, W) grey or (H, W, 3) colour.

    low, high: the values shown as black and white, by default the picture's smallest and largest.
    """
    ax.imshow(pixels, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
    ax.set_axis_off()
    if title:
        ax.set_title(title, fontsize=9)


def images(
    pictures: Any,
    titles: Sequence[Any] | None = None,
    cols: int = 10,
    cell: float = 0.8,
    title: str = "",
    low: Any = None,
    high: Any = None,
) -> Figure:
    """A grid of pictures, (N, H, W): filters (Fig 7-24), digits (Fig 3-24).

    titles: one per picture, text or numbers. cell: the size of a picture in inches.
    low, high: as in `image`, by default for each picture separately.

    >>> len(images(np.zeros((3, 28, 28)), titles=["7", "2", "1"]).axes)
    3
    """
    cols = min(cols, len(pictures))
    rows = -(-len(pictures) // cols)
    height = cell + (0.25 if titles is not None else 0)
    size = (cols * cell + 0.2, rows * height + (0.4 if title else 0.1))
    fig, axes = new(rows, cols, size=size, grid=False, squeeze=False)
    for i, ax in enumerate(axes.flat):
        if i < len(pictures):
            image(ax, pictures[i], "" if titles is None else str(titles[i]), low, high)
        else:
            ax.remove()
    if title:
        fig.suptitle(title)
    return fig


def mosaic(pictures: Any, cols: int, low: Any = None, high: Any = None) -> np.ndarray:
    """Pictures (N, h, w) in a grid, one picture (H, W, 3), with a pale blue line around each.

    low, high: the values shown as black and white, by default for each picture separately.

    >>> mosaic(np.zeros((30, 5, 5)), cols=10).shape
    (19, 61, 3)
    """
    pictures = np.asarray(pictures, np.float32)
    low = pictures.min(axis=(1, 2), keepdims=True) if low is None else low
    high = pictures.max(axis=(1, 2), keepdims=True) if high is None else high
    span = np.where(np.equal(high, low), 1, np.subtract(high, low))
    greys = np.clip((pictures - low) / span, 0, 1)
    N, h, w = pictures.shape
    cols = min(cols, N)
    rows = -(-N // cols)
    whole = np.full((rows * (h + 1) + 1, cols * (w + 1) + 1, 3), PALE)
    for i, grey in enumerate(greys):
        top, left = i // cols * (h + 1) + 1, i % cols * (w + 1) + 1
        whole[top : top + h, left : left + w] = grey[:, :, None]
    return whole


def arrows(
    ax: Axes, x: Any, y: Any, dx: Any, dy: Any, length: float | None = None, **labels: Any
) -> None:
    """An arrow (dx, dy) at every point (x, y), as long as the vector (Figs 4-9, 6-2).

    length: of a unit vector, in units of the axes; by default chosen by Matplotlib.
    """
    scale: Any = {} if length is None else {"scale_units": "xy", "scale": 1 / length}
    ax.quiver(x, y, dx, dy, angles="xy", color=BLUE, width=0.004, **scale)
    ax.set(**labels)


def contour(ax: Axes, f: Callable[[Any, Any], Any], x: Any, y: Any, levels: Any = 10) -> None:
    """The level lines of f(x, y) over the grid of the 1-D arrays x and y."""
    ax.contour(x, y, f(*np.meshgrid(x, y)), levels=levels, colors=GREY, linewidths=0.8)


def path(ax: Axes, points: Any, label: str = "", colour: str = VERMILION) -> None:
    """The path of a point, (steps, 2): a dot for each step; a + marks the minimum, the origin."""
    x, y = np.asarray(points, dtype=float).T
    ax.plot(x, y, "o-", color=colour, markersize=4, linewidth=1, label=label or None)
    ax.plot(0, 0, "+", color=BLACK, markersize=12)


def surface(ax: Any, f: Callable[[Any, Any], Any], x: Any, y: Any, **labels: Any) -> None:
    """f(x, y) as a surface over the grid of the 1-D arrays x and y, on axes of projection "3d"."""
    grid = np.meshgrid(x, y)
    ax.plot_surface(*grid, f(*grid), cmap="viridis", linewidth=0)
    ax.set(**labels)


def histograms(
    axes: Sequence[Axes], values: Mapping[str, Any], bins: int = 30, limits: Any = (0, 1)
) -> None:
    """A row of histograms, a panel for each name, all with the same y axis.

    values: arrays of any shape. limits: the range of the bins; values outside are not counted.
    """
    counts = [np.histogram(v, bins=bins, range=limits) for v in values.values()]
    top = max(1, max(count.max() for count, _ in counts))
    for ax, name, (count, edges) in zip(axes, values, counts):
        ax.stairs(count, edges, fill=True, color=BLUE)
        ax.set(title=name, xlim=limits, ylim=(0, 1.05 * top))
        ticks = limits[0], sum(limits) / 2, limits[1]
        ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        ax.tick_params(labelleft=ax is axes[0])
