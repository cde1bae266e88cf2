"""Section 3.6.2: where the weights of neuralnet_mnist.py come from.

The book loads a file of learned weights and explains only later how learning works. Ours were made
by this script: the network of section 3.6.2, 784-50-100-10 with sigmoid neurons, Xavier's initial
weights and Adam (both chapter 6), and 10 epochs of the 60,000 training images. With the default
seed it writes ch03/sample_weight.npz, in about 10 seconds.

    python ch03/train_weights.py

Last line with the default seed: test accuracy | book: 0.9352 | here: 0.9660 | holds
"""

import numpy as np

from dataset.mnist import load_mnist
from dlscratch import Adam, Affine, Network, Sigmoid, Trainer, figures
from dlscratch.book.experiment import Claim, number, run


def options(parser):
    parser.add_argument(
        "--epochs",
        type=number(int, at_least=1),
        default=10,
        help="how often to go through the training images (default: 10; 2 with --quick)",
    )


def main(args):
    train, test = load_mnist()
    epochs = args.epochs
    if args.quick:
        train, epochs = (train[0][:5000], train[1][:5000]), 2

    rng = np.random.default_rng(args.seed)
    net = Network(
        [
            Affine.init(784, 50, std="xavier", rng=rng),
            Sigmoid(),
            Affine.init(50, 100, std="xavier", rng=rng),
            Sigmoid(),
            Affine.init(100, 10, std="xavier", rng=rng),
        ]
    )
    history = Trainer(net, Adam(), rng=rng).fit(train, test, epochs, progress=True)

    net.save(args.out / "sample_weight.npz")
    print(f"weights: {args.out / 'sample_weight.npz'}")
    fig, ax = figures.new()
    figures.accuracy(
        ax,
        history.train_accuracy,
        history.test_accuracy,
        title="784-50-100-10, sigmoid",
        ylim=(0.8, 1.0),
    )
    args.save(fig, "train_weights.png")

    accuracy = history.test_accuracy[-1]
    why = "--quick trains on 5,000 images, twice" if args.quick else ""
    return [Claim("test accuracy", "0.9352", f"{accuracy:.4f}", accuracy >= 0.9352, why)]


if __name__ == "__main__":
    run(main, __doc__, options)
