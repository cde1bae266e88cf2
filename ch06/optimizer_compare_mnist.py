"""Figure 6-9: the four optimizers on MNIST (section 6.1.8).

The same network four times, 784-100-100-100-100-10 with ReLU, the same initial weights and the
same mini-batches of 128; only the use of the gradient differs. SGD is the slowest. Which of the
others leads depends on the learning rates (try --adagrad-lr 0.003) and on when the loss of a
mini-batch is taken: the book's script takes it after the step that has just learnt it.

    python ch06/optimizer_compare_mnist.py

Last line with the default seed: ...
"""

import math

import numpy as np

from ch06.side_by_side import (
    draw_losses,
    end_if_interrupted,
    last_losses,
    resume_option,
    train_side_by_side,
)
from dataset.mnist import load_mnist
from dlscratch import SGD, AdaGrad, Adam, Momentum, MultiLayerNet, batches, figures
from dlscratch.experiment import Claim, number, run

OPTIMIZERS = {"SGD": SGD, "Momentum": Momentum, "AdaGrad": AdaGrad, "Adam": Adam}
BATCH = 128


def options(parser):
    for name, kind in OPTIMIZERS.items():
        parser.add_argument(
            f"--{name.lower()}-lr", type=number(float, above=0), default=kind().lr, metavar="RATE",
            help=f"learning rate of {name} (default: {kind().lr})",
        )
    parser.add_argument(
        "--iterations", type=number(int, at_least=20), default=2000,
        help="how many mini-batches (default: 2000; 300 with --quick)",
    )
    resume_option(parser)


def losses_around_a_step(net, optimizer, x, t):
    """The mean loss of a mini-batch before the step that learns it and after: a hundred steps."""
    before, after = [], []
    for x_batch, t_batch in batches(x[: 100 * BATCH], t, BATCH, np.random.default_rng(0)):
        loss, grads = net.loss_and_gradient(x_batch, t_batch)
        optimizer.update(net.params, grads)
        before.append(loss)
        after.append(net.loss(x_batch, t_batch))
    return {"before": float(np.mean(before)), "after": float(np.mean(after))}


def draw_losses_around_a_step(ax, losses):
    places = np.arange(len(losses))
    for shift, when, colour in ((-0.2, "before", figures.SKY), (0.2, "after", figures.BLUE)):
        heights = [loss[when] for loss in losses.values()]
        bars = ax.bar(places + shift, heights, 0.4, label=f"{when} the step", color=colour)
        ax.bar_label(bars, fmt="%.3f", fontsize=8)
    ax.set(title="A hundred steps more", ylabel="mean loss of a mini-batch")
    ax.set_xticks(places, list(losses))
    ax.legend(frameon=False)


def claims(losses, text, around):
    order = sorted(losses, key=losses.get)
    after = {name: loss["after"] for name, loss in around.items()}
    ours = f"{text}; after the step AdaGrad {after['AdaGrad']:.3f}, Adam {after['Adam']:.3f}"
    why = (
        "the book's script takes the loss of a mini-batch after the step that has just learnt it, "
        "and AdaGrad's steps do that best; on images not just learnt, Adam catches up"
    )
    differs = order[0] != "AdaGrad"
    return [
        Claim("loss of the last 100 mini-batches, slowest", "SGD", text, holds=order[-1] == "SGD"),
        Claim("loss of the last 100 mini-batches, fastest", "AdaGrad, slightly", ours,
              holds=not differs, why=why if differs and min(after, key=after.get) == "AdaGrad" else ""),
    ]  # fmt: skip


def main(args):
    (x, t), _ = load_mnist()
    iterations = 300 if args.quick else args.iterations
    nets = {}
    for name, kind in OPTIMIZERS.items():
        net = MultiLayerNet(784, [100] * 4, 10, rng=np.random.default_rng(args.seed))
        nets[name] = net, kind(getattr(args, f"{name.lower()}_lr"))
    histories = train_side_by_side(
        args, "optimizer_compare_mnist", nets, (x, t), batch_size=BATCH, evaluate=100,
        epochs=math.ceil(iterations / (len(x) / BATCH)),
    )  # fmt: skip

    fig, ax = figures.new(size=(6.4, 4.4))
    draw_losses(ax, histories, iterations, title="Four optimizers on MNIST", ylim=(0, 1))
    args.save(fig, "fig_6-9_optimizers_mnist.png")
    end_if_interrupted(histories)

    around = {name: losses_around_a_step(*nets[name], x, t) for name in nets}
    fig, ax = figures.new()
    draw_losses_around_a_step(ax, around)
    args.save(fig, "fig_6-9_around_a_step.png")
    return claims(*last_losses(histories, iterations), around)


if __name__ == "__main__":
    run(main, __doc__, options)
