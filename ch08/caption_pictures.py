"""Section 8.4.3: the figures of captioning.py: where attention looks, and what both networks write.

Attention gives a weight to each of 7 x 7 places. They are drawn over the scene as a colour, for the
step that chose the word.
"""

import numpy as np
from matplotlib.colors import to_rgb

from ch08.caption_decoding import greedy
from ch08.caption_scenes import PLACES, SIZE, sentence
from dlscratch import figures
from dlscratch.vision import resize


def looks(net, images, captions):
    """The weight of each place as each word was chosen, from the second on: (N, 9, 7, 7)."""
    net.forward(images, captions[:, :-1])
    weights = net.lstm.attention  # (N, T, P)
    return weights.reshape(*weights.shape[:2], PLACES, PLACES)  # -> (N, T, 7, 7)


def overlay(scene, weights):
    """A scene (56, 56), dark on white, the places that are looked at in orange: (56, 56, 3)."""
    paper = 1 - scene[:, :, None]  # (56, 56) -> (56, 56, 1)
    share = resize(weights / weights.max(), SIZE, SIZE)[:, :, None]
    return np.clip(paper * (1 - share + share * np.array(to_rgb(figures.ORANGE))), 0, 1)


def draw_looks(net, scenes):
    """A row for each scene: the scene, then where the network looked as it chose each word.

    Words that are wrong are red.
    """
    captions = greedy(net, scenes.images)
    words = [sentence(caption).split() for caption in captions]
    cols = 1 + max(map(len, words))
    size = (1.15 * cols, 1.42 * len(scenes) + 0.4)
    fig, axes = figures.new(len(scenes), cols, size=size, grid=False, squeeze=False)
    wrong = captions[:, 1:] != scenes.captions[:, 1:]
    weights = looks(net, scenes.images, captions)
    for row, scene, said, steps, faults in zip(axes, scenes.images[:, 0], words, weights, wrong):
        figures.image(row[0], 1 - scene, "scene", low=0, high=1)
        for ax, word, look, fault in zip(row[1:], said, steps, faults):
            figures.image(ax, overlay(scene, look), word)
            ax.title.set_color(figures.VERMILION if fault else figures.BLACK)
        for ax in row[1 + len(said) :]:
            ax.set_axis_off()
    fig.suptitle("Where the network looks as it chooses each word", fontsize=11)
    return fig


def draw_captions(scenes, written, rows=4, cols=2):
    """Scenes, and beside each what the networks wrote; wrong words in red. written: by kind."""
    shape = {"width_ratios": (1, 1.5) * cols, "size": (4.0 * cols, 1.4 * rows + 0.3)}
    fig, axes = figures.new(rows, 2 * cols, grid=False, **shape)
    for i, (ax, beside) in enumerate(axes.reshape(-1, 2)):  # pairs: the scene, the words
        figures.image(ax, scenes.images[i, 0], low=0, high=1)
        beside.set_axis_off()
        for height, (kind, captions) in zip((0.98, 0.48), written.items()):
            right = (captions[i] == scenes.captions[i]).all()
            colour = figures.BLACK if right else figures.VERMILION
            words = (
                sentence(captions[i]).replace(" of a ", " of\na ").replace(" above ", " above\n")
            )
            beside.text(0, height, kind, va="top", fontsize=7.5, color="0.4")
            beside.text(0, height - 0.12, words, va="top", fontsize=9, color=colour)
    fig.suptitle("What each network writes (wrong captions in red)", fontsize=11)
    return fig


def draw_comparison(shares, losses):
    """The shares of captions that are right, and the losses in training if there was one.

    shares: kind -> (of one digit, of two, of all); losses: kind -> one a step.
    """
    fig, axes = figures.new(1, 2, size=(9.0, 3.4))
    for i, (kind, values) in enumerate(shares.items()):
        where = np.arange(3) + 0.4 * i - 0.2
        colour = (figures.SKY, figures.BLUE)[i]
        bars = axes[0].bar(where, [100 * value for value in values], 0.38, color=colour, label=kind)
        axes[0].bar_label(bars, fmt="%.1f", padding=2, fontsize=8)
    axes[0].set_xticks(range(3), ["one digit", "two digits", "all scenes"])
    axes[0].set(title="Captions right, word for word, in %", ylim=(0, 125))
    axes[0].set_yticks(range(0, 101, 25))
    axes[0].legend(frameon=False, ncols=2, loc="upper right")
    for kind, values in losses.items():
        wide = max(1, len(values) // 40)
        means = np.convolve(values, np.full(wide, 1 / wide), mode="valid")
        axes[1].plot(np.arange(len(means)) + wide, means, label=kind)
    if losses:
        axes[1].set(title="Loss in training", xlabel="step", yscale="log")
        axes[1].legend(frameon=False)
    else:
        axes[1].set_axis_off()
    return fig
