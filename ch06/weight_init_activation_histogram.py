"""Figures 6-10, 6-11, 6-13 and 6-14: what initial weights do to the signal (sections 6.2.2, 6.2.3).

Normal numbers pass through five layers of 100 units. Sigmoid with weights of std 1: all units near
0 or 1, where its slope is almost 0 and gradients vanish. Std 0.01: all near 0.5, a hundred units
that compute the same. Xavier's 1 / sqrt(n) keeps them spread. ReLU halves the signal, so it needs
He's sqrt(2 / n). --activation tanh draws the sigmoid's figures with tanh, whose bells are nicer.

    python ch06/weight_init_activation_histogram.py

Last line with the default seed: ReLU, std in layers 1 to 5 | book: Xavier slides towards 0, He
stays spread | here: Xavier 0.58 0.42 0.30 0.21 0.15; He 0.82 0.84 0.86 0.85 0.83 | holds
"""

import numpy as np

from dlscratch import Affine, ReLU, Sigmoid, Tanh, figures
from dlscratch.book.experiment import Claim, run

LAYERS, UNITS, EXAMPLES = 5, 100, 1000
ACTIVATIONS = {"sigmoid": Sigmoid, "tanh": Tanh, "relu": ReLU}
FIGURES = {"6-10": 1.0, "6-11": 0.01, "6-13": "xavier"}
PRINTED = np.array([0.0396, 0.00290, 0.000197, 1.32e-5, 9.46e-7])  # the footnote of section 6.2.3


def options(parser):
    parser.add_argument(
        "--activation",
        choices=("sigmoid", "tanh"),
        default="sigmoid",
        help="of Figures 6-10, 6-11 and 6-13 (default: sigmoid)",
    )


def activations(activation, std, seed):
    """The outputs of the five layers, each (1000, 100)."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((EXAMPLES, UNITS), dtype=np.float32)
    outputs = []
    for _ in range(LAYERS):
        a = Affine.init(UNITS, UNITS, std, rng=rng).forward(x)
        x = ACTIVATIONS[activation]().forward(a)
        outputs.append(x)
    return outputs


def draw_row(axes, activation, std, seed):
    values = activations(activation, std, seed)
    named = {f"{i}-layer": y for i, y in enumerate(values, start=1)}
    figures.histograms(axes, named, limits=(-1 if activation == "tanh" else 0, 1))
    return values


def draw_relu(axes, seed):
    """Figure 6-14. The bar at 0 dwarfs all others: it is cut off, and its height written."""
    for row, std in zip(axes, (0.01, "xavier", "he")):
        row[0].set_ylabel(name_of(std))
        for ax, y in zip(row, draw_row(row, "relu", std, seed)):
            ax.set_ylim(0, 7000)
            ax.text(
                0.95,
                0.85,
                f"first bar\n{np.mean(y < 1 / 30):.0%}",
                ha="right",
                transform=ax.transAxes,
                va="top",
            )


def name_of(std):
    return std.title() if isinstance(std, str) else f"std {std:g}"


def measured(activation, std, seed, measure=np.std, digits=".2f"):
    """What `measure` makes of each layer, as numbers and as a text."""
    numbers = np.array([measure(y) for y in activations(activation, std, seed)])
    return numbers, " ".join(format(number, digits) for number in numbers)


def claims(seed):
    ends, ends_text = measured("sigmoid", 1.0, seed, lambda y: np.mean(abs(y - 0.5) > 0.4))
    narrow, narrow_text = measured("sigmoid", 0.01, seed, digits=".3f")
    wide, wide_text = measured("sigmoid", "xavier", seed)
    of_a_unit = {"measure": lambda y: y.std(axis=0).mean(), "digits": ".3f"}
    signal, signal_text = measured("sigmoid", "xavier", seed, **of_a_unit)
    tanh, tanh_text = measured("tanh", "xavier", seed, **of_a_unit)
    means, means_text = measured("relu", 0.01, seed, np.mean, ".2e")
    xavier, xavier_text = measured("relu", "xavier", seed)
    he, he_text = measured("relu", "he", seed)
    offset = (
        "the histogram mixes 100 units, each around an offset of its own, for sigmoid(0) = 0.5 "
        "goes into the next layer too; the input moves a unit less and less"
    )
    return [
        Claim(
            "sigmoid, std 1, share outside 0.1 .. 0.9 in layers 1 to 5",
            "mass at 0 and 1",
            ends_text,
            holds=ends.min() > 0.5,
        ),
        Claim(
            "sigmoid, std 0.01, std in layers 1 to 5",
            "all near 0.5",
            narrow_text,
            holds=narrow.max() < 0.05,
        ),
        Claim(
            "sigmoid, Xavier, std in layers 1 to 5",
            "a wide spread",
            wide_text,
            holds=wide.min() > 0.1,
        ),
        Claim(
            "sigmoid, Xavier, std of one unit over the examples",
            "so sigmoid is not limited in what it expresses",
            signal_text,
            holds=signal.min() > 0.1,
            why=offset,
        ),
        Claim(
            "tanh, Xavier, std of one unit over the examples",
            "nicer than sigmoid",
            tanh_text,
            holds=tanh.min() > signal.min(),
        ),
        Claim(
            "ReLU, std 0.01, mean in layers 1 to 5",
            " ".join(format(mean, ".2e") for mean in PRINTED),
            means_text,
            holds=np.allclose(means, PRINTED, rtol=0.25),
        ),
        Claim(
            "ReLU, std in layers 1 to 5",
            "Xavier slides towards 0, He stays spread",
            f"Xavier {xavier_text}; He {he_text}",
            holds=xavier[-1] < xavier[0] / 2 and he[-1] > he[0] / 2,
        ),
    ]


def main(args):
    for number, std in FIGURES.items():
        fig, axes = figures.new(1, LAYERS, size=(11, 2.6))
        draw_row(axes, args.activation, std, args.seed)
        fig.suptitle(f"{args.activation}, {name_of(std)}: activations of 1000 examples")
        fig.supxlabel("activation", fontsize=10)
        axes[0].set_ylabel("how many")
        args.save(fig, f"fig_{number}_{args.activation}.png")
    fig, axes = figures.new(3, LAYERS, size=(11, 6.4))
    draw_relu(axes, args.seed)
    fig.suptitle("ReLU: activations of 1000 examples; the first bar is cut off at 7,000")
    fig.supxlabel("activation", fontsize=10)
    args.save(fig, "fig_6-14_relu.png")
    return claims(args.seed)


if __name__ == "__main__":
    run(main, __doc__, options)
