"""Section 8.1.1: train the deep network.

The recipe is the book's: Adam with a learning rate of 0.001, 20 epochs of mini-batches of 100, all
60,000 images. After each epoch the first 1000 images of either set are looked at, and at the end
all 10,000 test images. Section 8.1.2 names two ways to go further, and both are options: --augment
shows every image shifted by up to 2 pixels, differently each time, and --lr-decay makes the steps
smaller with each epoch.

    python ch08/train_deepnet.py
    python ch08/train_deepnet.py --augment --lr-decay 0.85

Last line with the default seed: ...
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ch07.long_training import (
    accuracy_of,
    checkpoint_of,
    first,
    save_accuracies,
    train_long,
    training_options,
)
from ch08.deep_convnet import DeepConvNet
from dataset.mnist import load_mnist
from dlscratch import Adam
from dlscratch.experiment import Claim, number, run

REACH = 2  # pixels


class ShiftedImages:
    """Images that are shifted a little whenever they are drawn for a mini-batch (Figure 8-4).

    images: (N, C, H, W). rng: draws the shifts. A list of rows comes shifted; a slice comes as it
    is, for accuracy is measured on the images themselves.
    """

    def __init__(self, images, rng):
        self.images = images
        self.rng = rng

    def __len__(self):
        return len(self.images)

    def __getitem__(self, rows):
        images = self.images[rows]
        return images if isinstance(rows, slice) else shifted(images, self.rng)


def shifted(images, rng):
    """Each image moved by up to REACH pixels, down or up and right or left; 0 moves in."""
    N, _, H, W = images.shape
    padded = np.pad(images, [(0, 0), (0, 0), (REACH, REACH), (REACH, REACH)])
    places = sliding_window_view(padded, (H, W), axis=(2, 3))  # N x C x 5 x 5 x H x W, a view
    down, right = rng.integers(2 * REACH + 1, size=(2, N))
    return places[np.arange(N), :, down, right]


class DecayingAdam(Adam):
    """Adam whose learning rate is multiplied by `decay` after every `epoch` steps."""

    def __init__(self, lr, decay, epoch):
        self.decay = decay
        self.epoch = epoch
        super().__init__(lr)

    @property
    def lr(self):
        return self.first_lr * self.decay ** (self.steps // self.epoch)

    @lr.setter
    def lr(self, rate):
        self.first_lr = rate


def options(parser):
    training_options(parser)
    parser.add_argument(
        "--augment", action="store_true", help=f"shift the images by up to {REACH} pixels"
    )
    parser.add_argument(
        "--lr-decay", type=number(float, above=0, at_most=1), default=1.0, metavar="FACTOR",
        help="multiplies the learning rate after each epoch (default: 1, it stays 0.001)",
    )


def name_of(args):
    """train_deepnet, and what makes this run differ from the plain one."""
    parts = ["train_deepnet"]
    if args.augment:
        parts.append("augment")
    if args.lr_decay != 1:
        parts.append(f"decay{args.lr_decay:g}")
    return "-".join(parts)


def main(args):
    train, test = load_mnist(flatten=False)
    if args.quick:
        train, test = first(2000, train), first(1000, test)
    rng = np.random.default_rng(args.seed)
    net = DeepConvNet(rng=rng)
    x, t = train
    images = ShiftedImages(x, rng) if args.augment else x
    steps = -(-len(x) // 100)
    optimizer = Adam(0.001) if args.lr_decay == 1 else DecayingAdam(0.001, args.lr_decay, steps)
    checkpoint = checkpoint_of(args, name_of(args))
    history = train_long(args, net, optimizer, (images, t), test, rng, checkpoint)

    save_accuracies(args, history, name_of(args), "DeepConvNet")
    if history.interrupted:
        raise KeyboardInterrupt

    net.save(args.out / "deep_convnet_params.npz")
    print(f"weights: {args.out / 'deep_convnet_params.npz'}")
    accuracy = accuracy_of(args, net, test)
    why = "--quick trains on 2,000 images, twice" if args.quick else ""
    if not why and accuracy < 0.9938:
        why = "chance decides about a few images of 10,000: see --help for the seeds tried"
    return [Claim("test accuracy", "0.9938", f"{accuracy:.4f}", accuracy >= 0.9938, why)]


if __name__ == "__main__":
    run(main, __doc__, options)
