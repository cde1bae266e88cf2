"""Section 8.4.2: each pixel of a scene gets its class, by FCN and by SegNet.

TODO
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from ch08 import segmentation_pictures
from ch08.fcn import CLASSES, fcn
from ch08.segnet import encoder, segnet, squares
from dataset.mnist import load_mnist
from dlscratch import Adam, CosineDecay, SoftmaxWithLoss, train_validation_split
from dlscratch.book.experiment import Claim, run
from dlscratch.book.loop import Loop, resume_option
from dlscratch.vision import class_iou, confusion_matrix, draw_scenes, mean_iou, pixel_accuracy
from dlscratch.workers import one_blas_thread

HERE = Path(__file__).parent  # where the weights lie, those of seed 0
SCENES = {"size": 48, "digits": (1, 3), "sides": (22, 28), "overlap": 0.2}
BATCH = 8  # scenes, drawn anew for each step
LR = 0.004
DIGIT = 2.0  # how much a digit's pixel counts in the loss; one of the background counts 1
STEPS = {"FCN": 3500, "SegNet encoder": 800, "SegNet": 1500}  # about as long on one core
JUDGED = 1000  # scenes of digits that were never trained on
SHOWN = 8  # of them, in the figure


class Paper(NamedTuple):
    """What the authors of a network measured: the mean IoU, and of which photographs."""

    mean_iou: float
    photographs: str


PAPERS = {"FCN": Paper(0.622, "PASCAL VOC"), "SegNet": Paper(0.601, "streets")}


def options(parser):
    resume_option(parser)
    parser.add_argument(
        "--evaluate", action="store_true", help="do not train: take the weights beside this script"
    )
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


def weights_of(name, folder):
    """The file of a network's weights."""
    return folder / f"{name.lower()}_params.npz"


def learn(args, name, net, digits, rng, truth=lambda masks: masks):
    """Train the network in place, on scenes that are never shown twice.

    truth: from masks (N, H, W) to what the network should say.
    """
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
    """The network of this name, trained from nothing; its weights are left in a file."""
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
    return net


def loaded(name, folder=HERE):
    """The network of this name, with the weights in this folder."""
    net = fcn(pixel_loss(), rng=0) if name == "FCN" else segnet(encoder(rng=0), pixel_loss(), rng=0)
    net.load(weights_of(name, folder))
    return net


def masks_of(net, images):
    """The class with the highest score at each pixel: (N, 1, H, W) -> (N, H, W) of uint8."""
    parts = [net.forward(images[i : i + 16]) for i in range(0, len(images), 16)]
    return np.concatenate([scores.argmax(axis=1).astype(np.uint8) for scores in parts])


def claim_of(args, name, scenes, masks):
    """The mean IoU of a network beside the one that its authors measured, on photographs."""
    confusion = confusion_matrix(scenes.masks, masks, CLASSES)
    ours, paper = mean_iou(confusion), PAPERS[name]
    each = ", ".join(f"{iou:.2f}" for iou in class_iou(confusion))
    print(f"{name}: of the pixels {pixel_accuracy(confusion):.4f} are right")
    print(f"{name}: IoU of 0 to 9 and of the background {each}")
    quoted = f"{paper.mean_iou}, {paper.photographs} (quoted)"
    holds = ours >= paper.mean_iou
    why = "--quick stops after 6 steps" if args.quick and not holds else ""
    return Claim(f"mean IoU, {name}", quoted, f"{ours:.4f}", holds, why)


def main(args):
    if args.evaluate and args.validate:
        args.error("--evaluate takes weights that saw all training digits: leave --validate out")
    train, test = load_digits(args)
    scenes = draw_scenes(*test, 24 if args.quick else JUDGED, **SCENES, rng=0)
    masks, claims = {}, []
    with one_blas_thread():
        for name in PAPERS:
            net = loaded(name) if args.evaluate else trained(args, name, train)
            masks[name] = masks_of(net, scenes.images)
            claims.append(claim_of(args, name, scenes, masks[name]))
    full = [n for n, labels in enumerate(scenes.labels) if len(labels) == 3][:SHOWN]
    rows = {name: of_all[full] for name, of_all in masks.items()}
    fig = segmentation_pictures.draw(scenes[full], {"truth": scenes[full].masks, **rows})
    args.save(fig, "segmentation.png")
    return claims


if __name__ == "__main__":
    run(main, __doc__, options)
