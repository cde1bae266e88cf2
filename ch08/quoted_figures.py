"""Figures 8-8, 8-15 and 8-16: what others measured, redrawn (sections 8.2.1, 8.3.2, 8.3.3).

Nothing is measured here. Dark bars are numbers from the book's text or read from its figures; where
its figures are not legible, pale bars show what was published at the time (the results of the
ILSVRC competition, NVIDIA's of training AlexNet). Of Figure 8-16 the text gives one point: 100 GPUs
train 56 times as fast as one.

    python ch08/quoted_figures.py

Last line with the default seed:
    ILSVRC 2015, top-5 error | book: 3.5 % | here: not measured | quoted
"""

from matplotlib.patches import Patch

from dlscratch import figures
from dlscratch.book.experiment import Claim, run

# (year and network, top-5 error in %, whether it is legible in the book)
ILSVRC = [
    ("2010", 28.2, False),
    ("2011", 25.8, True),
    ("2012\nAlexNet", 16.4, False),
    ("2013", 11.7, False),
    ("2014\nVGG", 7.3, True),
    ("2014\nGoogLeNet", 6.7, False),
    ("2015\nResNet", 3.5, True),
]
# (machine, days to train AlexNet, whether legible)
DAYS = [
    ("16-core\nXeon CPU", 40, True),
    ("Titan", 6, True),
    ("Titan Black\ncuDNN", 5, False),
    ("Titan X\ncuDNN", 3, False),
]
SPEED_UPS = [("1 GPU", 1, True), ("100 GPUs", 56, True), ("100 GPUs,\nnothing lost", 100, False)]


def bars(ax, rows, form, **labels):
    """A bar for each (name, height, legible), dark where legible, else pale, and a key to that."""
    names, heights, legible = zip(*rows)
    colours = [figures.BLUE if sure else figures.SKY for sure in legible]
    drawn = ax.bar(range(len(rows)), heights, 0.65, color=colours)
    ax.bar_label(drawn, [form(height) for height in heights], padding=2)
    ax.set_xticks(range(len(rows)), names)
    ax.grid(visible=False, axis="x")
    ax.set(**labels)
    key = [Patch(color=figures.BLUE), Patch(color=figures.SKY)]
    ax.legend(key, ["given in the book", "as published; not legible there"], frameon=False)


def figure_8_8():
    fig, ax = figures.new(size=(7.2, 4.0))
    bars(ax, ILSVRC, str, title="Quoted: ILSVRC, the best networks", ylabel="top-5 error in %")
    ax.axvline(1.5, color=figures.GREY, linestyle=":")
    ax.text(1.55, 26.5, "deep networks", ha="left")
    return fig


def figure_8_15():
    """The axis is broken: above it ends with the 40 days, below it shows the days of the GPUs."""
    fig, (top, ax) = figures.new(2, 1, size=(6.8, 4.6), sharex=True, height_ratios=(1, 3))
    for part in top, ax:
        bars(part, DAYS, lambda days: f"over {days}" if days == 40 else str(days))
    top.set(title="Quoted: days to train AlexNet", ylim=(37, 44), yticks=[40])
    ax.set(ylabel="days", ylim=(0, 7.5))
    ax.get_legend().remove()
    top.spines["bottom"].set_visible(False)
    top.tick_params(bottom=False)
    slash = {"marker": [(-1, -0.5), (1, 0.5)], "ms": 10, "ls": "none", "c": "k", "clip_on": False}
    top.plot(0, 0, transform=top.transAxes, **slash)
    ax.plot(0, 1, transform=ax.transAxes, **slash)
    return fig


def figure_8_16():
    fig, ax = figures.new(size=(5.6, 4.0))
    bars(ax, SPEED_UPS, str, title="Quoted: one network trained on many GPUs", ylim=(0, 130))
    ax.set_ylabel("times as fast as one GPU")
    ax.legend(ax.get_legend().legend_handles, ["given in the book", "computed"], frameon=False)
    return fig


def main(args):
    args.save(figure_8_8(), "fig_8-8_ilsvrc_quoted.png")
    args.save(figure_8_15(), "fig_8-15_days_quoted.png")
    args.save(figure_8_16(), "fig_8-16_gpus_quoted.png")
    return [
        Claim("training AlexNet", "CPU over 40 days, GPU 6", "not measured", quoted=True),
        Claim("100 GPUs", "56 times as fast as one", "not measured", quoted=True),
        Claim("ILSVRC 2015, top-5 error", "3.5 %", "not measured", quoted=True),
    ]


if __name__ == "__main__":
    run(main, __doc__)
