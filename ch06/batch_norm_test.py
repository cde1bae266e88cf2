"""Figures 6-18 and 6-19: training with and without batch normalization (section 6.3.2).

Sixteen standard deviations of the first weights, from 1 to 0.0001, and for each of them two nets
with the same weights, 784-100-100-100-100-100-10 with ReLU, trained on 1000 images by SGD. The one
with BatchNorm learns almost everywhere; the plain one only where the weights happen to have the
right size. For the smallest weights the eps of BatchNorm matters: with --eps 1e-5, the usual value
today, the last of the 16 fails.

    python ch06/batch_norm_test.py

Last line with the default seed: where next to nothing is learnt | book: without BatchNorm, if the
scale is not good | here: 12 of 16 without, 0 with BatchNorm, stay below 20 % | holds
"""

import numpy as np
from matplotlib.ticker import MaxNLocator

from ch06.side_by_side import end_if_interrupted, train_side_by_side
from dataset.mnist import load_mnist
from dlscratch import SGD, BatchNorm, MultiLayerNet, figures
from dlscratch.book.experiment import Claim, number, run
from dlscratch.book.loop import resume_option

STDS = np.logspace(0, -4, num=16)
BOOK_EPS = 10e-7  # as section 6.3.1 writes it
KINDS = {"with BatchNorm": (True, "-", figures.BLUE), "without": (False, "--", figures.VERMILION)}


def options(parser):
    parser.add_argument(
        "--eps",
        type=number(float, above=0),
        default=BOOK_EPS,
        help=f"what BatchNorm adds to the variance (default: the book's {BOOK_EPS:g})",
    )
    parser.add_argument(
        "--panel",
        type=int,
        choices=range(1, 17),
        default=5,
        metavar="1..16",
        help="which standard deviation Figure 6-18 shows, which the book does not say (default: 5)",
    )
    parser.add_argument(
        "--epochs",
        type=number(int, at_least=1),
        default=20,
        help="how often to go through the 1000 images (default: 20; 8 with --quick)",
    )
    resume_option(parser)


def network(std, use_batchnorm, args):
    rng = np.random.default_rng(args.seed)  # the same weights with and without
    net = MultiLayerNet(
        784, [100] * 5, 10, weight_init_std=std, use_batchnorm=use_batchnorm, rng=rng
    )
    for layer in net.layers:
        if isinstance(layer, BatchNorm):
            layer.eps = args.eps
    return net


def name_of(std, kind):
    return f"std {std:.2g} {kind}"


def draw(ax, histories, std, epochs, **labels):
    for kind, (_, dashes, colour) in KINDS.items():
        accuracy = histories[name_of(std, kind)].train_accuracy
        ax.plot(range(1, len(accuracy) + 1), accuracy, dashes, color=colour, label=kind)
    ax.set(**{"xlim": (0, epochs), "ylim": (0, 1.02), "title": f"std {std:.2g}", **labels})
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def claims(histories):
    """From the accuracies on the training images: the mean of all epochs shows who is faster."""
    accuracy = {
        kind: np.array([histories[name_of(std, kind)].train_accuracy for std in STDS])
        for kind in KINDS
    }  # (16, epochs) each
    batch_norm, plain = accuracy.values()
    faster = batch_norm.mean(axis=1) > plain.mean(axis=1)
    stuck, stuck_too = (plain[:, -1] < 0.2).sum(), (batch_norm[:, -1] < 0.2).sum()
    others = ", ".join(f"{std:.2g}" for std in STDS[~faster])
    return [
        Claim(
            "where BatchNorm learns faster",
            "in almost all cases",
            f"in {faster.sum()} of 16, not with std {others or '-'}",
            holds=bool(faster.sum() >= 12),
        ),
        Claim(
            "where next to nothing is learnt",
            "without BatchNorm, if the scale is not good",
            f"{stuck} of 16 without, {stuck_too} with BatchNorm, stay below 20 %",
            holds=bool(stuck >= 8 > 2 >= stuck_too),
        ),
    ]


def main(args):
    (x, t), _ = load_mnist()
    epochs = 8 if args.quick else args.epochs
    nets = {
        name_of(std, kind): (network(std, use_batchnorm, args), SGD(lr=0.01))
        for std in STDS
        for kind, (use_batchnorm, *_) in KINDS.items()
    }
    histories = train_side_by_side(
        args, "batch_norm_test", nets, (x[:1000], t[:1000]), epochs=epochs
    )

    fig, ax = figures.new()
    std = STDS[args.panel - 1]
    labels = {"xlabel": "epoch", "ylabel": "accuracy on the training images"}
    draw(ax, histories, std, epochs, title=f"first weights of std {std:.2g}", **labels)
    ax.legend(frameon=False)
    args.save(fig, "fig_6-18_batch_norm.png")

    fig, axes = figures.new(4, 4, size=(11, 10), sharex=True, sharey=True)
    for ax, std in zip(axes.flat, STDS):
        draw(ax, histories, std, epochs)
    fig.supxlabel("epoch")
    fig.supylabel("accuracy on the training images")
    fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
    args.save(fig, "fig_6-19_batch_norm_weights.png")
    end_if_interrupted(histories)
    return claims(histories)


if __name__ == "__main__":
    run(main, __doc__, options)
