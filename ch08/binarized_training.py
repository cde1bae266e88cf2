"""Section 8.3.4: how to train weights and signals of one bit, beside two networks with more.

The all-binary one has signs for weights and for the signals between layers. A sign has no slope to
learn by, so each weight keeps a float for training, within -1 .. 1, and each Sign passes the
gradient straight through (dlscratch/layers/binary.py). BatchNorm keeps the sums near 0, where signs
still change, and steps that shrink to nothing let the signs settle. The images are of signs too,
white and black; warped anew in each epoch, because binary weights learn 60,000 images by heart.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dataset.mnist import load_mnist
from dlscratch import (
    Adam,
    Affine,
    BatchNorm,
    BinaryAffine,
    CosineDecay,
    Network,
    ReLU,
    Sign,
    Trainer,
    affine_warp,
    train_validation_split,
)
from dlscratch.book.experiment import number
from dlscratch.book.fit import fit
from dlscratch.book.loop import resume_option
from dlscratch.layers.binary import sign

SIZES = 784, 512, 512, 10
BATCH = 100


class Kind(NamedTuple):
    """How one of the networks is built and trained."""

    linear: type
    activation: type
    std: float | str  # of the first weights
    lr: float
    epochs: int
    clip: bool  # whether the weights are kept within -1 .. 1


KINDS = {
    "float": Kind(Affine, ReLU, "he", lr=0.001, epochs=4, clip=False),
    "binary weights": Kind(BinaryAffine, ReLU, 0.1, lr=0.01, epochs=4, clip=True),
    "all binary": Kind(BinaryAffine, Sign, 0.1, lr=0.01, epochs=12, clip=True),
}


def training_options(parser):
    parser.add_argument(
        "--epochs",
        type=number(int, at_least=1),
        help="how often to go through the images (default: 4, all binary 12; 2 with --quick)",
    )
    resume_option(parser)
    parser.add_argument(
        "--validate",
        action="store_true",
        help="measure on 10,000 training images held back, not on the test set: to choose settings",
    )


def black_and_white(x):
    """Pixels 0 .. 1 as signs: +1 for white, -1 for black."""
    return sign(x - x.dtype.type(0.5))


def load_images(args):
    """(x, t) to train with and (x, t) to judge by, black and white: x of +1 and -1."""
    train, test = ((black_and_white(x), t) for x, t in load_mnist())
    if args.validate:
        train, test = train_validation_split(*train, 10000, rng=0)
    if args.quick:
        return (train[0][:6000], train[1][:6000]), (test[0][:1000], test[1][:1000])
    return train, test


def warped(x, rng):
    """Black-and-white digits turned, resized, slanted and moved a little: (N, 784)."""
    images = (x.reshape(-1, 1, 28, 28) + 1) / 2  # (N, 784) -> (N, 1, 28, 28), with 0 for black
    images = affine_warp(images, rng, degrees=8, scale=0.1, shear=0.1, shift=1)
    return black_and_white(images).reshape(x.shape)  # (N, 1, 28, 28) -> (N, 784)


def build(kind, rng):
    """A network of this kind, its weights drawn."""
    layers = []
    for n_in, n_out in pairwise(SIZES):
        linear = kind.linear.init(n_in, n_out, kind.std, rng=rng)
        layers += [linear, BatchNorm.init(n_out, momentum=0.99), kind.activation()]
    return Network(layers[:-1])


def trained(args, name, train):
    """The network of this name, trained: a line for each epoch, a checkpoint for --resume."""
    kind, rng = KINDS[name], np.random.default_rng(args.seed)
    net = build(kind, rng)
    epochs = args.epochs or (2 if args.quick else kind.epochs)

    def after_step(trainer, loss):
        if kind.clip:
            for linear in net.layers[::3]:
                linear.clip()

    schedule = CosineDecay(kind.lr, steps=epochs * -(-len(train[0]) // BATCH))
    trainer = Trainer(net, Adam(schedule), rng=rng, batch_size=BATCH, workers=1, augment=warped)
    fit(args, f"binarized_net {name}", trainer, train, epochs=epochs, on_step=after_step)
    return net
