"""Section 8.4.2: how FCN and SegNet learn to segment, on scenes that are drawn while they learn.

A scene of 48 x 48 pixels holds one to three handwritten digits, which may touch; short strokes that
are not digits; and noise. Drawing one takes half a millisecond, so each training step gets 8 new
ones: no scene is repeated, only the digits are. Nine pixels in ten are background, so a digit's
pixel counts twice in the loss. Both networks start from random weights; what SegNet's encoder
learns first (segnet.py) is part of its training.
"""

from pathlib import Path

import numpy as np

from ch08.fcn import CLASSES, fcn
from ch08.segnet import encoder, segnet, squares
from dataset.mnist import load_mnist
from dlscratch import Adam, CosineDecay, SoftmaxWithLoss, train_validation_split
from dlscratch.book.loop import Loop, resume_option
from dlscratch.vision import draw_scenes

HERE = Path(__file__).parent  # where the weights lie, those of seed 0
NAMES = "FCN", "SegNet"
SCENES = {"size": 48, "digits": (1, 3), "sides": (22, 28), "overlap": 0.2}
BATCH = 8
LR = 0.004
STEPS = {"FCN": 3500, "SegNet encoder": 800, "SegNet": 1500}
DIGIT = 2.0  # how much a digit's pixel counts in the loss; one of the background counts 1


def training_options(parser):
    resume_option(parser)
    parser.add_argument(
        "--validate",
        action="store_true",
        help="judge by scenes of training digits held back, not of test digits: to choose settings",
    )


def load_digits(args):
    """The digits (x, t) that scenes to train with are drawn from, and those to judge by."""
    train, test = load_mnist(flatten=False)
    return train_validation_split(*train, 10000, rng=0) if args.validate else (train, test)


def pixel_loss():
    return SoftmaxWithLoss(weights=[DIGIT] * (CLASSES - 1) + [1.0], axis=1)


def learn(args, name, net, digits, rng, truth=lambda masks: masks):
    """Train the network in place. truth: from masks (N, H, W) to what it should say."""
    steps = 6 if args.quick else STEPS[name]
    parts = {"net": (net, Adam(CosineDecay(LR, steps)))}
    settings = {"validate": args.validate, "batch": BATCH}
    loop = Loop(args, name, steps=steps, parts=parts, rng=rng, settings=settings)
    for _ in loop:
        scenes = draw_scenes(*digits, BATCH, **SCENES, rng=rng)
        loss, _ = net.loss_and_gradient(scenes.images, truth(scenes.masks))
        loop.update("net")
        loop.record(loss=loss)


def trained(args, name, digits):
    """The network of this name, trained from nothing, with the weights that its file holds."""
    rng = np.random.default_rng(args.seed)
    if name == "FCN":
        net = fcn(pixel_loss(), rng)
    else:
        first = encoder(rng)
        learn(args, f"{name} encoder", first, digits, rng, truth=squares)
        net = segnet(first, pixel_loss(), rng)
    learn(args, name, net, digits, rng)
    net.astype(np.float16).save(weights_of(name, args.out))
    print(f"weights: {weights_of(name, args.out)}")
    return loaded(name, args.out)


def loaded(name, folder=HERE):
    """The network of this name, with the weights in this folder."""
    net = fcn(pixel_loss(), rng=0) if name == "FCN" else segnet(encoder(rng=0), pixel_loss(), rng=0)
    net.load(weights_of(name, folder))
    return net


def weights_of(name, folder):
    """The file of a network's weights."""
    return folder / f"{name.lower()}_params.npz"
