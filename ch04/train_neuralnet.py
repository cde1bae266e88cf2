"""Figures 4-11 and 4-12: a network learns to classify digits (sections 4.5.2 and 4.5.3).

Four steps, again and again: take a mini-batch, compute the gradient, move the weights a little
against it, repeat. The batches are random, so this is stochastic gradient descent, SGD. An
epoch is 600 batches of 100 images: all 60,000, each once, in a new order. (The book draws each
batch anew, so that some images come twice and others not at all; it recommends our way in a note.)
The listing of 4.5.2 measures the gradient: 79,520 forward passes a step, two days for 10,000 steps.
It is shown here on a net of 27 weights, beside the backpropagated gradient that trains the big one.

    python ch04/train_neuralnet.py
    python ch04/train_neuralnet.py --lr 0.5 --steps 3000

Last line with the default seed:
    test accuracy | book: 0.9465 (the authors' notebook) | here: 0.9451 | holds
"""

import numpy as np
from tqdm import tqdm

from ch04.two_layer_net import TwoLayerNet
from dataset.mnist import load_mnist
from dlscratch import SGD, batches, figures
from dlscratch.book.experiment import Claim, number, run
from dlscratch.workers import one_blas_thread

NOTEBOOK = 0.94705, 0.9465  # train, test; from the notebook of the book's code, the text has none


def options(parser):
    parser.add_argument(
        "--lr",
        type=number(float, above=0, at_most=10),
        default=0.1,
        help="learning rate (default: 0.1)",
    )
    parser.add_argument(
        "--steps",
        type=number(int, at_least=1),
        default=10000,
        help="mini-batches to learn from (default: 10000; 600 with --quick)",
    )


def show_numerical_gradient(rng):
    """Both gradients of a net so small that measuring ends: the largest difference."""
    net = TwoLayerNet(4, 3, 3, weight_init_std=1.0, rng=rng, dtype=np.float64)
    x, t = rng.random((5, 4)), np.eye(3)[rng.integers(3, size=5)]
    measured, derived = net.numerical_gradient(x, t), net.gradient(x, t)
    difference = max(float(np.abs(measured[name] - derived[name]).max()) for name in measured)
    assert difference < 1e-7, difference
    print(f"4-3-3 net: measured and derived gradients differ by {difference:.0e} at most")


def endless_batches(x, t, rng):
    """Batches of 100, one epoch after the other."""
    while True:
        yield from batches(x, t, 100, rng)


def main(args):
    show_numerical_gradient(np.random.default_rng(args.seed))
    train, test = load_mnist(one_hot_label=True)
    steps = 600 if args.quick else args.steps

    rng = np.random.default_rng(args.seed)
    net = TwoLayerNet(784, 50, 10, rng=rng)
    optimizer = SGD(args.lr)
    losses = []
    accuracies = [(net.accuracy(*train), net.accuracy(*test))]
    with one_blas_thread():  # the products are small
        bar = tqdm(range(1, steps + 1), "steps", disable=None)
        for step, (x, t) in zip(bar, endless_batches(*train, rng)):  # 1. a mini-batch
            loss, grads = net.loss_and_gradient(x, t)  # 2. its gradient
            optimizer.update(net.params, grads)  # 3. W <- W - lr * dW
            losses.append(loss)
            if step % 600 == 0:
                accuracies.append((net.accuracy(*train), net.accuracy(*test)))
                on_train, on_test = accuracies[-1]
                tqdm.write(f"epoch {step // 600}: train {on_train:.4f}, test {on_test:.4f}")

    fig, axes = figures.new(1, 2, sharey=True)
    figures.loss(axes[0], losses, smooth=100, title="Loss of each batch")
    figures.loss(axes[1], losses[:1000], smooth=50, title="The first 1000")
    axes[1].label_outer()
    args.save(fig, "fig_4-11_loss.png")
    fig, ax = figures.new()
    epochs = range(len(accuracies))
    figures.accuracy(ax, *zip(*accuracies), epochs=epochs, title="Accuracy after each epoch")
    args.save(fig, "fig_4-12_accuracy.png")

    why = f"these are {steps:,} steps of 10,000" if steps < 10000 else ""
    return [
        Claim(
            f"{what} accuracy",
            f"{book} (the authors' notebook)",
            f"{ours:.4f}",
            abs(ours - book) < 0.005,
            why,
        )
        for what, book, ours in zip(("train", "test"), NOTEBOOK, accuracies[-1])
    ]


if __name__ == "__main__":
    run(main, __doc__, options)
