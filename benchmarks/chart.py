"""The results as figures: who is how fast, and how time and memory grow."""

from benchmarks.networks import SUBJECTS
from benchmarks.report import number
from dlscratch import figures

LOOKS = {  # who -> colour and hatch, so that a grey print tells them apart too
    "library": (figures.BLUE, ""),
    "book": (figures.VERMILION, "///"),
    "PyTorch": (figures.ORANGE, "..."),
    "PyTorch, channels-last": (figures.YELLOW, "xxx"),
    "torch.compile": (figures.GREEN, "---"),
    "JAX, jit": (figures.PURPLE, "\\\\\\"),
}
LINES = [  # a network looks the same in every panel
    {"color": colour, "linestyle": dashes, "marker": marker}
    for colour, dashes, marker in zip(figures.COLOURS, figures.DASHES, figures.MARKERS)
]
GROWTH = [  # what grows, the unit, the labels of both axes
    ("batch", "ms", "images in a batch", "milliseconds a step"),
    ("batch", "MB", "images in a batch", "peak MB above the imports"),
    ("width", "ms", "units or filters of a hidden layer", "milliseconds a step"),
    ("depth", "ms", "hidden layers of 100 units", "milliseconds a step"),
]


def draw(results, path):
    """(figure, file) for each figure that the measured sections make possible."""
    measured = {row["section"] for row in results.rows}
    if "step" in measured:
        yield contest(results), path
    if "scale" in measured:
        yield growth(results), path.with_stem(f"{path.stem}_scale")


def contest(results):
    """Milliseconds a step, and for 100 scores, of every network: bars beside each other."""
    fig, axes = figures.new(1, 2, size=(13, 4.2))
    panels = [("step", "{}", "A training step"), ("inference", "{} x100", "Scores")]
    for ax, (section, name, title) in zip(axes, panels):
        for j, (who, (colour, hatch)) in enumerate(LOOKS.items()):
            rows = [results.row(section, name.format(key), who) for key in SUBJECTS]
            known = {i + 0.16 * j: row["value"] for i, row in enumerate(rows) if row}
            look = {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0}
            if known:
                bars = ax.bar(known.keys(), known.values(), 0.15, log=True, label=who, **look)
                ax.bar_label(bars, fmt=number, fontsize=6, rotation=90, padding=2)
        ax.set_xticks([i + 0.08 * (len(LOOKS) - 1) for i in range(len(SUBJECTS))], SUBJECTS)
        ax.margins(y=0.15)  # room for the numbers above the bars
        ax.set(title=f"{title}, batch of 100", ylabel="milliseconds")
    axes[0].legend(frameon=False)
    return fig


def growth(results):
    """Milliseconds and megabytes over the batch; milliseconds over width and depth."""
    fig, axes = figures.new(2, 2, size=(8.4, 6.4))
    for ax, (what, unit, xlabel, ylabel) in zip(axes.flat, GROWTH):
        for key, look in zip(SUBJECTS, LINES):
            curve = {
                int(row["name"].split()[-1]): row["value"]
                for row in results.rows
                if row["name"].startswith(f"{key} {what} ") and row["unit"] == unit
            }
            if curve:
                ax.loglog(*zip(*curve.items()), **look, markersize=4, label=key)
        ax.set(xlabel=xlabel, ylabel=ylabel)
    axes[0, 0].legend(frameon=False)
    return fig
