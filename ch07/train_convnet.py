"""Section 7.5: train the small convolutional network.

The same digits as in chapter 4, but as images of 28 x 28 instead of rows of 784 numbers, and 20
epochs with Adam: 99 of 100 digits are read that no network has seen. After each epoch the first
1000 images of either set are looked at, as in the book; at the end, all 60,000 and all 10,000.
The file ch07/simple_convnet_params.npz is what this script writes with the default seed, numbers of
16 bits to keep it small; that they read as many digits is checked before it is written.

    python ch07/train_convnet.py

Last lines with the default seed: ...
"""

import numpy as np

from ch07.long_training import (
    accuracy_of,
    checkpoint_of,
    first,
    save_accuracies,
    train_long,
    training_options,
)
from ch07.simple_convnet import SimpleConvNet
from dataset.mnist import load_mnist
from dlscratch import Adam
from dlscratch.experiment import Claim, run


def options(parser):
    training_options(parser)


def save_half(net, path):
    """Write the weights as numbers of 16 bits, and give these back to the network."""
    net.astype(np.float16).save(path)
    net.load(path)  # the rounded numbers, in 32 bits again
    print(f"weights: {path} ({path.stat().st_size:,} bytes)")


def main(args):
    train, test = load_mnist(flatten=False)
    if args.quick:
        train, test = first(2000, train), first(1000, test)
    rng = np.random.default_rng(args.seed)
    net = SimpleConvNet(rng=rng)
    checkpoint = checkpoint_of(args, "train_convnet")
    history = train_long(args, net, Adam(0.001), train, test, rng, checkpoint)

    save_accuracies(args, history, "train_convnet", "SimpleConvNet")
    if history.interrupted:
        raise KeyboardInterrupt

    ours = {"train": accuracy_of(args, net, train), "test": accuracy_of(args, net, test)}
    save_half(net, args.out / "simple_convnet_params.npz")
    half = accuracy_of(args, net, test)
    print(f"test accuracy with 32 bits {ours['test']:.4f}, with the weights' 16 bits {half:.4f}")
    why = "--quick trains on 2,000 images, twice" if args.quick else ""
    return [
        Claim(f"{what} accuracy", f"{book:.4f}", f"{ours[what]:.4f}", ours[what] >= book, why)
        for what, book in (("train", 0.9982), ("test", 0.9896))
    ]


if __name__ == "__main__":
    run(main, __doc__, options)
