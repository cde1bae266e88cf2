"""Section 8.2.4: features learned from digits help to classify clothes.

Labels are expensive. So one takes a network that was trained on another data set with many labels,
and replaces only its last layers (Yosinski et al., 2014). DeepConvNet with its weights of chapter
8, which has seen nothing but digits, learns Fashion-MNIST here from few labels, in three ways. From
scratch: all weights drawn. Frozen: the convolutions stay as they are, only the two Affine layers
learn. Fine-tuned: all layers learn, from there on.

Accuracy on all 10,000 test images, mean and standard deviation of five seeds, which draw the labels
too; the test images were used once, with all settings fixed:

    labels      from scratch          frozen      fine-tuned    gain by fine-tuning
       100   0.6928, 0.0207  0.7036, 0.0113  0.7284, 0.0119  3.6 points, standard error 0.9
       500   0.7818, 0.0095  0.7860, 0.0068  0.8033, 0.0071  2.1 points, standard error 0.4
     2,000   0.8107, 0.0043  0.8151, 0.0029  0.8421, 0.0081  3.1 points, standard error 0.3
     5,000   0.8279, 0.0151  0.8320, 0.0035  0.8586, 0.0028  3.1 points, standard error 0.7

Each way uses the best of three learning rates, chosen with 500 labels and five other seeds on
10,000 held-out training images. 0.0003, 0.001, 0.003 gave from scratch 77.5, 80.0, 78.3 %, frozen
73.1, 77.8, 79.0 %, fine-tuned 78.5, 81.0, 81.5 %. Not searched: how many epochs, the batch of 50.

    python ch08/transfer_learning.py
    python ch08/transfer_learning.py --validate --only 500 --lr 0.001

Last line with the default seed:
    gain by fine-tuning with 100 labels | book: more with few labels (no number) | here: 3.6 points,
    standard error 0.9 | holds
"""

import copy
from functools import partial

import numpy as np

from ch08.deep_convnet import DeepConvNet
from ch08.misclassified_mnist import learned_net
from dataset.fashion_mnist import load_fashion_mnist
from dlscratch import (
    Adam,
    Affine,
    CosineDecay,
    Dropout,
    Network,
    ReLU,
    Trainer,
    figures,
    train_validation_split,
)
from dlscratch.book.experiment import Claim, number, run
from dlscratch.book.runner import over_seeds, runner_options

CONVOLUTIONS = 16  # layers of DeepConvNet up to and with Flatten: (N, 1, 28, 28) -> (N, 1024)
BATCH = 50
KINDS = {"scratch": 0.001, "frozen": 0.003, "fine-tuned": 0.003}  # and their learning rates
EPOCHS = {100: 60, 500: 30, 2000: 10, 5000: 6}  # in batches of 50: 120 to 600 steps
SEEDS = 5


def options(parser):
    add = parser.add_argument
    add("--lr", type=number(float, above=0), help="learning rate of all three (default: its own)")
    add("--only", type=number(int, at_least=100), choices=EPOCHS, help="this number of labels")
    held_back = "measure on 10,000 training images held back, to choose settings"
    add("--validate", action="store_true", help=held_back)
    runner_options(parser)


def load_images(validate):
    """(x, t) to choose the labels from, and (x, t) to judge by; x: (N, 1, 28, 28)."""
    train, test = load_fashion_mnist(flatten=False)
    return train_validation_split(*train, 10000, rng=0) if validate else (train, test)


def few(x, t, labels, rng):
    """`labels` examples drawn at random, as many of every class."""
    rows = [rng.permutation(np.flatnonzero(t == c))[: labels // 10] for c in range(10)]
    rows = np.concatenate(rows)  # 10 times (labels / 10,) -> (labels,)
    return x[rows], t[rows]


def new_head(rng):
    """Two Affine layers as DeepConvNet's, their weights drawn: (N, 1024) -> (N, 10)."""
    first, last = Affine.init(1024, 50, "he", rng=rng), Affine.init(50, 10, "he", rng=rng)
    return [first, ReLU(), Dropout(0.5, rng=rng), last]


def accuracy(kind, labels, seed, lr, validate, quick):
    """The accuracy on clothes after one training with so many labels."""
    rng = np.random.default_rng([seed, labels])
    train, (x, t) = load_images(validate)
    train = few(*train, labels, rng)  # the same labels for all three
    if quick:
        x, t = x[:200], t[:200]
    net = DeepConvNet(rng=rng) if kind == "scratch" else learned_net()
    convolutions = copy.deepcopy(net.layers[:CONVOLUTIONS])
    if kind == "frozen":  # they return the same in every epoch: once is enough
        features = Network(convolutions)
        train, x = (features.predict(train[0]), train[1]), features.predict(x)
        convolutions = ()
    net = Network([*convolutions, *new_head(rng)])
    epochs = 1 if quick else EPOCHS[labels]
    optimizer = Adam(CosineDecay(lr or KINDS[kind], steps=epochs * -(-labels // BATCH)))
    trainer = Trainer(net, optimizer, rng=rng, batch_size=BATCH, workers=1)
    trainer.fit(train, epochs=epochs, evaluate=1)
    return net.accuracy(x, t, batch_size=500)


def draw(table):
    """Accuracy by number of labels; a bar reaches one standard deviation up and down."""
    fig, ax = figures.new(size=(6.4, 4.2))
    colours = figures.VERMILION, figures.SKY, figures.BLUE
    for kind, colour, marker, style in zip(KINDS, colours, "os^", (":", "--", "-")):
        labels = sorted({n for name, n in table if name == kind})
        mean, spread = np.transpose([mean_and_spread(table[kind, n]) for n in labels])
        ax.errorbar(labels, mean, spread, label=kind, c=colour, marker=marker, ls=style, capsize=3)
    ax.set(xscale="log", xlabel="labels of clothes", ylabel="accuracy on the test images")
    ax.set_xticks(labels, [f"{n:,}" for n in labels])
    ax.minorticks_off()
    ax.set_title("From digits to clothes: what a network brings with it")
    ax.legend(frameon=False, loc="lower right")
    return fig


def mean_and_spread(numbers):
    return np.mean(numbers), np.std(numbers, ddof=1)


def claim(table, labels):
    """Whether fine-tuning gains: the differences of the seeds, beside their standard error."""
    gains = 100 * (np.array(table["fine-tuned", labels]) - table["scratch", labels])
    mean, spread = mean_and_spread(gains)
    error = spread / np.sqrt(len(gains))
    what = f"gain by fine-tuning with {labels:,} labels"
    ours = f"{mean:.1f} points, standard error {error:.1f}"
    why = "" if mean > 2 * error else "it is less than two standard errors"
    return Claim(what, "more with few labels (no number)", ours, not why, why)


def main(args):
    sizes = [args.only] if args.only else [500] if args.quick else list(EPOCHS)
    names = {(kind, n): f"{kind}, {n:,} labels" for n in sizes for kind in KINDS}
    found = over_seeds(
        args,
        "transfer_learning",
        partial(accuracy, lr=args.lr, validate=args.validate, quick=args.quick),
        {name: key for key, name in names.items()},
        2 if args.quick else SEEDS,
        say="accuracy {:.4f}".format,
    )
    table = {key: found[name] for key, name in names.items()}
    print("labels  " + "  ".join(f"{kind:>14}" for kind in KINDS) + "  mean, standard deviation")
    for n in sizes:
        cells = ["{:.4f}, {:.4f}".format(*mean_and_spread(table[kind, n])) for kind in KINDS]
        print(f"{n:>6}  " + "  ".join(f"{cell:>14}" for cell in cells))
    args.save(draw(table), "transfer_learning.png")
    return [claim(table, n) for n in reversed(sizes)]


if __name__ == "__main__":
    run(main, __doc__, options)
