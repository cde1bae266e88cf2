"""Section 8.4.2: each pixel of a scene gets its class, by FCN and by SegNet.

DOC

    python ch08/segmentation.py
    python ch08/segmentation.py --evaluate

Last line with the default seed:
    mean IoU, SegNet | book: 0.601, streets (quoted) | here: 0.8229 | holds
"""

import numpy as np

from ch08 import segmentation_pictures
from ch08.fcn import CLASSES
from ch08.segmentation_training import (
    NAMES,
    SCENES,
    load_digits,
    loaded,
    trained,
    training_options,
)
from dlscratch.book.experiment import Claim, run
from dlscratch.vision import class_iou, confusion_matrix, draw_scenes, mean_iou, pixel_accuracy
from dlscratch.workers import one_blas_thread

JUDGED = 1000  # scenes of digits that were never trained on
SHOWN = 8  # of them, in the figure
PAPERS = {"FCN": "0.622, PASCAL VOC (quoted)", "SegNet": "0.601, streets (quoted)"}


def options(parser):
    training_options(parser)
    parser.add_argument(
        "--evaluate", action="store_true", help="do not train: take the weights beside this script"
    )


def masks_of(net, images):
    """The class with the highest score at each pixel: (N, 1, H, W) -> (N, H, W) of uint8."""
    parts = [net.forward(images[i : i + 16]) for i in range(0, len(images), 16)]
    return np.concatenate([scores.argmax(axis=1).astype(np.uint8) for scores in parts])


def mean_iou_of(name, scenes, masks):
    """The mean IoU of a network's masks; what is behind it is printed."""
    confusion = confusion_matrix(scenes.masks, masks, CLASSES)
    each = ", ".join(f"{iou:.2f}" for iou in class_iou(confusion))
    print(f"{name}: of the pixels {pixel_accuracy(confusion):.4f} are right")
    print(f"{name}: IoU of 0 to 9 and of the background {each}")
    return mean_iou(confusion)


def claims_of(args, ious):
    """Each network beside its paper's number, and the two beside each other."""
    early = "--quick stops after 6 steps" if args.quick and not args.evaluate else ""
    claims = []
    for name, iou in ious.items():
        holds = iou >= float(PAPERS[name].split(",")[0])
        why = "" if holds else early
        claims.append(Claim(f"mean IoU, {name}", PAPERS[name], f"{iou:.4f}", holds, why))
    better = max(ious, key=ious.get)
    both = " to ".join(f"{iou:.3f}" for iou in sorted(ious.values(), reverse=True))
    quoted = "SegNet, 0.601 to 0.520 on streets (quoted)"
    why = early or "this FCN has scores at full size too, the paper's at an eighth of it and below"
    holds = better == "SegNet"
    claims.insert(
        0, Claim("better of the two", quoted, f"{better}, {both}", holds, "" if holds else why)
    )
    return claims


def main(args):
    if args.evaluate and args.validate:
        args.error("--evaluate takes weights that saw all training digits: leave --validate out")
    train, test = load_digits(args)
    scenes = draw_scenes(*test, 24 if args.quick else JUDGED, **SCENES, rng=0)
    masks, ious = {}, {}
    with one_blas_thread():
        for name in NAMES:
            net = loaded(name) if args.evaluate else trained(args, name, train)
            masks[name] = masks_of(net, scenes.images)
            ious[name] = mean_iou_of(name, scenes, masks[name])
    full = [n for n, labels in enumerate(scenes.labels) if len(labels) == 3][:SHOWN]
    rows = {name: of_all[full] for name, of_all in masks.items()}
    fig = segmentation_pictures.draw(scenes[full], {"truth": scenes[full].masks, **rows})
    args.save(fig, "segmentation.png")
    return claims_of(args, ious)


if __name__ == "__main__":
    run(main, __doc__, options)
