"""Figures 8-8, 8-15 and 8-16: what others measured, redrawn (sections 8.2.1, 8.3.2, 8.3.3).

Nothing is computed here. Dark bars are numbers that the book's text or what is legible of its
figures gives; where its figures are not legible, pale bars stand for what was published at the time
(the results of the ILSVRC competition, NVIDIA's of training AlexNet). Of Figure 8-16 the text gives
one point: 100 GPUs train 56 times as fast as one.

    python ch08/quoted_figures.py

Last line with the default seed: ILSVRC 2015, top-5 error | book: 3.5 % | here: quoted | holds
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
MOST_DAYS = 7  # the height of Figure 8-15
SPEED_UPS = [(1, 1), (100, 56)]  # GPUs, times as fast as one


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
    fig, ax = figures.new(size=(6.8, 4.0))
    rows = [(name, min(days, MOST_DAYS), sure) for name, days, sure in DAYS]
    bars(
        ax,
        rows,
        lambda days: "over 40, cut off here" if days == MOST_DAYS else str(days),
        title="Quoted: days to train AlexNet",
        ylabel="days",
        ylim=(0, MOST_DAYS + 0.6),
    )
    return fig


def figure_8_16():
    fig, ax = figures.new()
    gpus, speed_ups = zip(*SPEED_UPS)
    ax.plot([1, 100], [1, 100], color=figures.GREY, linestyle=":", label="as many times as GPUs")
    ax.plot(gpus, speed_ups, "o", color=figures.BLUE, label="given in the book")
    ax.annotate("56 times", (100, 56), (-8, 0), textcoords="offset points", ha="right", va="center")
    ax.set(
        title="Quoted: one network trained on many GPUs",
        xlabel="GPUs",
        ylabel="times as fast as one GPU",
        xlim=(0, 104),
        ylim=(0, 104),
    )
    ax.legend(frameon=False, loc="upper left")
    return fig


def main(args):
    args.save(figure_8_8(), "fig_8-8_ilsvrc_quoted.png")
    args.save(figure_8_15(), "fig_8-15_days_quoted.png")
    args.save(figure_8_16(), "fig_8-16_gpus_quoted.png")
    return [
        Claim("training AlexNet", "CPU over 40 days, GPU 6", "quoted"),
        Claim("100 GPUs", "56 times as fast as one", "quoted"),
        Claim("ILSVRC 2015, top-5 error", "3.5 %", "quoted"),
    ]


if __name__ == "__main__":
    run(main, __doc__)
