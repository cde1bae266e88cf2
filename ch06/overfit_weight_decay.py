"""Figures 6-20 and 6-21: over-fitting, and weight decay against it (sections 6.4.1 and 6.4.2).

A network of seven layers, 784-100-100-100-100-100-100-10, and only 300 images: after a hundred
epochs it classifies all of them correctly, and far fewer of the 10,000 test images. Weight decay
adds lambda/2 * sum(W^2) to the loss, so that large weights cost something: the gap narrows, and the
training images are no longer all learned. Try --weight-decay 0.01, or more data: --images 3000.

    python ch06/overfit_weight_decay.py

Last line with the default seed: lambda 0.1, gap between training and test | book: smaller |
here: 0.191 (train 0.910, test 0.719) instead of 0.252 (train 1.000, test 0.748) | holds, because
the training accuracy came down; the test accuracy did not go up
"""

import numpy as np

from ch06.side_by_side import end_if_interrupted, train_side_by_side
from dataset.mnist import load_mnist
from dlscratch import SGD, MultiLayerNet, figures
from dlscratch.book.experiment import Claim, number, run
from dlscratch.book.loop import resume_option

HIDDEN = [100] * 6
QUICK_EPOCHS = 60


def options(parser):
    parser.add_argument(
        "--weight-decay",
        type=number(float, at_least=0),
        default=0.1,
        metavar="LAMBDA",
        help="lambda of Figure 6-21 (default: 0.1)",
    )
    few_images_options(parser, epochs=201)


def few_images_options(parser, epochs):
    parser.add_argument(
        "--images",
        type=number(int, at_least=1, at_most=60000),
        default=300,
        help="how many training images (default: 300)",
    )
    parser.add_argument(
        "--epochs",
        type=number(int, at_least=1),
        default=epochs,
        help=f"how often to go through them (default: {epochs}; {QUICK_EPOCHS} with --quick)",
    )
    resume_option(parser)


def train_on_few_images(args, script, nets, epochs):
    """Train {name: network} by SGD on the first images; their histories, tested on all of MNIST."""
    (x, t), test = load_mnist()
    evaluate = 1000 if args.quick else None
    return train_side_by_side(
        args,
        script,
        {name: (net, SGD(lr=0.01)) for name, net in nets.items()},
        (x[: args.images], t[: args.images]),
        test,
        epochs=epochs,
        evaluate=evaluate,
    )


def gap(history):
    """How much better the network is on the images that it has learnt, in the end."""
    return history.train_accuracy[-1] - history.test_accuracy[-1]


def both(history):
    return f"train {history.train_accuracy[-1]:.3f}, test {history.test_accuracy[-1]:.3f}"


def gap_claim(what, free, tamed):
    """Over-fitting is less: the gap is narrower. Whether the test gained from it is said, too."""
    narrower = gap(tamed) < gap(free)
    gained = tamed.test_accuracy[-1] > free.test_accuracy[-1]
    why = "the training accuracy came down; the test accuracy did not go up"
    return Claim(
        f"{what}, gap between training and test",
        "smaller",
        f"{gap(tamed):.3f} ({both(tamed)}) instead of {gap(free):.3f} ({both(free)})",
        holds=narrower,
        why=why if narrower and not gained else "",
    )


def claims(decay, free, decayed):
    after_100 = free.train_accuracy[:100][-1]
    early = "" if free.epochs >= 100 else f"these are {free.epochs} epochs only"
    return [
        Claim(
            "lambda 0, training images learnt after 100 epochs",
            "about all",
            f"{after_100:.1%}",
            holds=after_100 > 0.98,
            why=early,
        ),
        Claim("lambda 0, test images", "far fewer", both(free), holds=gap(free) > 0.1),
        Claim(
            f"lambda {decay:g}, training images in the end",
            "not all any more",
            f"{decayed.train_accuracy[-1]:.1%}",
            holds=decayed.train_accuracy[-1] < 0.99,
        ),
        gap_claim(f"lambda {decay:g}", free, decayed),
    ]


def main(args):
    runs = {"6-20": (0.0, "overfitting"), "6-21": (args.weight_decay, "weight_decay")}
    nets = {}
    for figure, (decay, _) in runs.items():
        rng = np.random.default_rng(args.seed)
        nets[figure] = MultiLayerNet(784, HIDDEN, 10, weight_decay_lambda=decay, rng=rng)
    epochs = QUICK_EPOCHS if args.quick else args.epochs
    histories = train_on_few_images(args, "overfit_weight_decay", nets, epochs)

    for figure, (decay, name) in runs.items():
        fig, ax = figures.new()
        accuracies = histories[figure].train_accuracy, histories[figure].test_accuracy
        title = f"{args.images} training images, $\\lambda$ = {decay:g}"
        figures.accuracy(ax, *accuracies, title=title)
        args.save(fig, f"fig_{figure}_{name}.png")
    end_if_interrupted(histories)
    return claims(args.weight_decay, *histories.values())


if __name__ == "__main__":
    run(main, __doc__, options)
