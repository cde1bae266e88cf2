"""Figure 6-15: three initial weights on MNIST (section 6.2.4).

The network of Figure 6-9, trained by SGD three times; only the standard deviation of its first
weights differs. With 0.01 almost nothing arrives at the last layer, so almost no gradient comes
back, and it does not learn. Xavier's 1 / sqrt(n) learns; He's sqrt(2 / n), made for ReLU, learns
faster. Try others: --std 0.01 0.1 1. With --std 0 all units stay equal for ever (section 6.2.1).

    python ch06/weight_init_compare.py

Last line with the default seed: loss with Xavier and He in the end | book: both learn, He faster |
here: Xavier 0.309, He 0.223 | holds
"""

import argparse

import numpy as np

from ch06.side_by_side import (
    draw_losses,
    end_if_interrupted,
    iterations_option,
    last_losses,
    train_on_mnist,
)
from dlscratch import SGD, MultiLayerNet, figures
from dlscratch.book.experiment import Claim, number, run

RULES = {"xavier": "Xavier", "he": "He"}
QUICK_ITERATIONS = 700


def standard_deviation(text):
    """A number, "xavier" or "he": how --std is read."""
    try:
        return text if text in RULES else number(float, at_least=0)(text)
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f"{error}; xavier and he are allowed too") from None


def options(parser):
    parser.add_argument(
        "--std",
        type=standard_deviation,
        nargs="+",
        default=[0.01, "xavier", "he"],
        help="standard deviations of the weights to compare (default: 0.01 xavier he)",
    )
    iterations_option(parser, QUICK_ITERATIONS)


def claims(losses, text):
    print(f"loss of the last 100 mini-batches: {text}")
    if not {"std=0.01", "Xavier", "He"} <= set(losses):
        return []  # the book compares these three
    no_learning = np.log(10)  # the loss of ten equal probabilities
    return [
        Claim(
            "loss with std=0.01 in the end",
            "it does not learn at all",
            f"{losses['std=0.01']:.3f}, a guess costs {no_learning:.3f}",
            holds=losses["std=0.01"] > 0.99 * no_learning,
        ),
        Claim(
            "loss with Xavier and He in the end",
            "both learn, He faster",
            f"Xavier {losses['Xavier']:.3f}, He {losses['He']:.3f}",
            holds=losses["He"] < losses["Xavier"] < 0.5 * no_learning,
        ),
    ]


def main(args):
    nets = {}
    for std in args.std:
        rng = np.random.default_rng(args.seed)
        net = MultiLayerNet(784, [100] * 4, 10, weight_init_std=std, rng=rng)
        nets[RULES.get(std, f"std={std}")] = net, SGD(lr=0.01)
    iterations = QUICK_ITERATIONS if args.quick else args.iterations
    histories = train_on_mnist(args, "weight_init_compare", nets, iterations)

    fig, ax = figures.new(size=(6.4, 4.4))
    draw_losses(ax, histories, title="Initial weights on MNIST", ylim=(0, 2.5))
    args.save(fig, "fig_6-15_initial_weights.png")
    end_if_interrupted(histories)
    return claims(*last_losses(histories))


if __name__ == "__main__":
    run(main, __doc__, options)
