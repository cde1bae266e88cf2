"""Figure 8-14: where the time of a forward pass goes (section 8.3.1).

Every layer of our two convolutional networks is timed by itself, on a batch of 100 images and one
thread of the processor. As in the AlexNet of the book, the convolutions take most of it: each of
their many outputs is a sum of hundreds of products. Whatever speeds them up speeds up the whole
network.

    python ch08/layer_times.py

Last line with the default seed: takes the most time | book: convolution | here: convolution | holds
"""

import numpy as np

from ch07.simple_convnet import SimpleConvNet
from ch08.deep_convnet import DeepConvNet
from dlscratch import Affine, Convolution, Dropout, Flatten, Pooling, ReLU, figures
from dlscratch.book.experiment import Claim, number, run
from dlscratch.inspection.layer_times import clock_layers
from dlscratch.workers import one_blas_thread

NAMES = {
    Convolution: "conv",
    ReLU: "relu",
    Pooling: "pool",
    Flatten: "flatten",
    Affine: "affine",
    Dropout: "dropout",
}
COLOURS = {
    "relu": figures.ORANGE,
    "pool": figures.GREEN,
    "flatten": figures.GREY,
    "affine": figures.PURPLE,
    "dropout": figures.YELLOW,
}
BOOK = "AlexNet 89 % on a CPU, 95 % on a GPU"


def options(parser):
    parser.add_argument(
        "--repeats",
        type=number(int, at_least=1),
        default=100,
        help="forward passes; a layer's time is the median (default: 100; 5 with --quick)",
    )


def layer_times(net, x, repeats):
    """Seconds of each layer's forward pass: the median of so many, after one that is not counted.

    The network's layers stay timed afterwards.
    """
    from tqdm import tqdm

    *clocks, _ = clock_layers(net)  # the loss is not needed
    with one_blas_thread():
        for _ in tqdm(range(1 + repeats), type(net).__name__, leave=False, disable=None):
            net.predict(x)
    return np.array([np.median(clock["forward"][1:]) for clock in clocks])


def by_name(net, seconds):
    """{"conv1": share, ..., "relu": share, ...}: each convolution by itself, the others summed."""
    shares = {}
    convolutions = 0
    for layer, share in zip(net.layers, seconds / seconds.sum()):
        name = NAMES[type(layer)]
        if name == "conv":
            convolutions += 1
            name = f"conv{convolutions}"
        shares[name] = shares.get(name, 0.0) + float(share)
    return dict(sorted(shares.items(), key=lambda item: (item[0][:4] != "conv", item[0])))


def by_kind(shares):
    """{"conv": share, "relu": share, ...}: the convolutions summed, too."""
    kinds = {}
    for name, share in shares.items():
        kind = name.rstrip("0123456789")
        kinds[kind] = kinds.get(kind, 0.0) + share
    return kinds


def colour(name):
    """Convolutions in two blues by turns, every other kind of layer in a colour of its own."""
    return (figures.BLUE, figures.SKY)[int(name[4:]) % 2] if name[:4] == "conv" else COLOURS[name]


def bar(ax, shares, title):
    """One long bar, a piece for each name; pieces below 4 % have no room for their names."""
    left = 0.0
    for name, share in shares.items():
        ax.barh(0, share, left=left, color=colour(name), edgecolor="white", linewidth=1.5)
        if share >= 0.04:
            label = f"{name}\n{share:.0%}"
            ink = "white" if colour(name) == figures.BLUE else "black"
            ax.text(left + share / 2, 0, label, ha="center", va="center", fontsize=8, color=ink)
        left += share
    ax.set(title=title, xlim=(0, 1), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def main(args):
    repeats = min(args.repeats, 5) if args.quick else args.repeats
    rng = np.random.default_rng(args.seed)
    x = rng.random((100, 1, 28, 28), dtype=np.float32)
    fig, axes = figures.new(2, 1, size=(9.6, 3.0), grid=False)
    in_kinds = {}
    for ax, kind in zip(axes, (DeepConvNet, SimpleConvNet)):
        net = kind(rng=rng)
        seconds = layer_times(net, x, repeats)
        shares = by_name(net, seconds)
        in_kinds[kind.__name__] = by_kind(shares)
        title = f"{kind.__name__}: {1000 * seconds.sum():.0f} ms for 100 images"
        print(title)
        print("    " + ", ".join(f"{name} {share:.1%}" for name, share in shares.items()))
        bar(ax, shares, title)
    args.save(fig, "fig_8-14_layer_times.png")

    ours = ", ".join(f"{name} {kinds['conv']:.0%}" for name, kinds in in_kinds.items())
    small = min(kinds["conv"] for kinds in in_kinds.values()) < 0.5
    why = "the only convolution of SimpleConvNet makes each number out of just 25 products"
    deep = in_kinds["DeepConvNet"]
    longest = max(deep, key=deep.get).replace("conv", "convolution")
    return [
        Claim("forward time in convolutions", BOOK, f"{ours} on a CPU", not small, small * why),
        Claim("takes the most time", "convolution", longest, longest == "convolution"),
    ]


if __name__ == "__main__":
    run(main, __doc__, options)
