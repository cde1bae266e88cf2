"""The results as figures: who is how fast, where the time goes, how it grows."""

from matplotlib.ticker import LogLocator, NullFormatter

from benchmarks.networks import BATCH, SUBJECTS
from benchmarks.where import rest, total
from dlscratch import figures

LOOKS = {  # colour and hatch, so that a grey print tells them apart too
    "library": (figures.BLUE, ""),
    "book": (figures.VERMILION, "///"),
    "PyTorch": (figures.ORANGE, "..."),
}
LABELS = {"library": "dlscratch", "book": "the book's manner", "PyTorch": "PyTorch, CPU"}


def draw(results, path):
    """(figure, file) for each figure that the measured sections make possible."""
    found = []
    if any(results.row("step", key, "library") for key in SUBJECTS):
        found.append((contest(results), path))
    if results.where:
        found.append((profiles(results), path.with_stem(f"{path.stem}_where")))
    if any(row["section"] == "scale" for row in results.rows):
        found.append((growth(results), path.with_stem(f"{path.stem}_scale")))
    return found


def contest(results):
    """Milliseconds a step, and for 100 scores, of every network: bars beside each other."""
    panels = [
        ("step", "{}", "A training step, batch of 100"),
        ("inference", "{} x100", "Scores for 100 images"),
    ]
    panels = [p for p in panels if any(row["section"] == p[0] for row in results.rows)]
    fig, axes = figures.new(1, len(panels), size=(1 + 5.0 * len(panels), 3.8), squeeze=False)
    for ax, (section, name, title) in zip(axes.flat, panels):
        bars(ax, results, section, name)
        ax.set(title=title, ylabel="milliseconds")
    axes[0, 0].legend(frameon=False, loc="upper left")
    return fig


def bars(ax, results, section, name):
    """A group of bars for each network, quartiles as whiskers, on a logarithmic axis."""
    keys = [key for key in SUBJECTS if results.row(section, name.format(key), "library")]
    ax.set_yscale("log")
    ax.grid(False, axis="x")
    for j, (who, (colour, hatch)) in enumerate(LOOKS.items()):
        rows = [results.row(section, name.format(key), who) for key in keys]
        known = [(i + 0.27 * (j - 1), row) for i, row in enumerate(rows) if row]
        if not known:
            continue
        places, rows = zip(*known)
        values = [row["value"] for row in rows]
        whiskers = [
            [row["value"] - row["low"] for row in rows],
            [row["high"] - row["value"] for row in rows],
        ]
        ax.bar(
            places,
            values,
            0.25,
            yerr=whiskers,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0,
            error_kw={"linewidth": 0.8},
            label=LABELS[who],
        )
        for place, row in known:
            ax.annotate(
                short(row["value"]),
                (place, row["high"]),
                (0, 2),
                textcoords="offset points",
                ha="center",
                fontsize=7,
            )
    ax.set_xticks(range(len(keys)), keys)
    ax.yaxis.set_major_formatter(lambda value, place: f"{value:,.10g}")
    low, high = ax.get_ylim()
    ax.set_ylim(low, high * 4)  # room for the legend


def short(value):
    return f"{value:.2g}" if value < 9.95 else f"{value:,.0f}"


def profiles(results):
    """For each network a bar a layer, forward and backward, with its share of the GEMM peak."""
    records = results.where
    heights = [len(record["layers"]) + 3 for record in records]
    fig, axes = figures.new(
        len(records),
        1,
        size=(7.2, 0.6 + 0.2 * sum(heights) + 0.65 * len(records)),
        squeeze=False,
        gridspec_kw={"height_ratios": heights},
    )
    for ax, record in zip(axes.flat, records):
        profile(ax, record)
    axes[0, 0].legend(frameon=False, loc="lower right")
    axes[-1, 0].set_xlabel("milliseconds of a training step (batch of 100)")
    return fig


def profile(ax, record):
    """One network's bars, from the first layer down to what is no layer's."""
    layers = record["layers"]
    places = range(len(layers))
    forward = [layer["forward ms"] for layer in layers]
    backward = [layer["backward ms"] for layer in layers]
    ax.barh(places, forward, color=figures.BLUE, label="forward")
    ax.barh(places, backward, left=forward, color=figures.SKY, label="backward")
    others = {"loss": record["loss ms"], "update": record["update ms"], "all else": rest(record)}
    below = range(len(layers), len(layers) + len(others))
    ax.barh(below, others.values(), color=figures.GREY, label="no layer")
    for place, layer in enumerate(layers):
        if flop := total(layer, "flop"):
            share = flop / total(layer, "ms") / 1e6 / record["peak"]["GF/s"]
            ax.annotate(
                f"{100 * share:.0f} % of the GEMM peak",
                (total(layer, "ms"), place),
                (3, 0),
                textcoords="offset points",
                va="center",
                fontsize=7,
            )
    names = [layer["layer"] for layer in layers] + list(others)
    ax.set_yticks(range(len(names)), names, fontsize=7)
    ax.set_ylim(len(names) - 0.4, -0.6)  # the first layer on top
    ax.grid(False, axis="y")
    ax.margins(x=0.35)
    ax.set_xlim(0)
    ax.set_title(f"{record['title']}: {short(record['step ms'])} ms a step", fontsize=10)


def growth(results):
    """Four panels: milliseconds and megabytes over the batch; milliseconds over width and depth."""
    fig, axes = figures.new(2, 2, size=(8.4, 6.4))
    images = "images in a batch"
    panels = [
        (axes[0, 0], "batch", "ms", images, "milliseconds a step", "Time, as the batch grows"),
        (axes[0, 1], "batch", "MB", images, "peak MB above the import", "Memory, likewise"),
        (axes[1, 0], "width", "ms", "units or filters", "milliseconds a step", "Time over width"),
        (axes[1, 1], "depth", "ms", "hidden layers", "milliseconds a step", "Time over depth"),
    ]
    for ax, what, unit, xlabel, ylabel, title in panels:
        ax.set(xscale="log", yscale="log", xlabel=xlabel, ylabel=ylabel, title=title)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(lambda value, place: f"{value:,.10g}")
            axis.set_minor_formatter(NullFormatter())
        looks = zip(SUBJECTS, figures.MARKERS, figures.COLOURS, figures.DASHES)
        for key, marker, colour, dash in looks:
            if points := curve(results, f"{key} {what}", unit):
                ax.plot(
                    *zip(*points),
                    marker=marker,
                    markersize=4,
                    color=colour,
                    linestyle=dash,
                    label=key,
                )
        if ax.lines:
            ax.legend(frameon=False)
        if what != "batch":  # a short way: more numbers than the powers of ten have room
            measured = sorted({int(size) for line in ax.lines for size in line.get_xdata()})
            ax.set_xticks(apart(measured))
            ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes[1, 0].set_xlabel(f"units or filters of a hidden layer (batch of {BATCH})")
    axes[1, 1].set_xlabel(f"hidden layers of 100 units (batch of {BATCH})")
    return fig


def apart(sizes):
    """Those of the ascending sizes that have room for their numbers on a logarithmic axis."""
    some = sizes[:1]
    for size in sizes[1:]:
        if size >= 1.5 * some[-1]:
            some.append(size)
    return some


def curve(results, name, unit):
    """[(size, value)] of one curve of the scale section."""
    rows = [row for row in results.rows if row["section"] == "scale" and row["unit"] == unit]
    split = [(row["name"].rpartition(" "), row["value"]) for row in rows]
    return [(int(size), value) for (what, _, size), value in split if what == name]
