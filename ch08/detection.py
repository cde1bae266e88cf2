"""Figure 8-18: R-CNN's four steps to the digits of a scene, in one network (section 8.4.1).

R-CNN (Girshick and others, 2014) took 1 an image, 2 about 2,000 regions of it that might hold
something, 3 the features of each, resized and sent through a CNN by itself, and 4 from these a
class and a better box. Regions, CNN and classes were made or trained one after the other, and
with VGG-16 an image took 47 s. Faster R-CNN (Ren and others, 2015) computes features once and lets
them propose the regions too: 5 images a second, mAP .732 on the photographs of VOC 2007.
region_network.py is that in miniature, for something far easier: digits between clutter, in scenes
of 64 x 64 pixels drawn anew for every step. Training takes 200 s of one core.

1,000 test scenes with 3,040 test digits, used once, with all settings fixed:

    seed                       0      1      2    mean and standard deviation
    mAP at .5                .990   .992   .988   .990, .002
    mAP at .75               .959   .953   .951   .954, .004
    scenes all right         .909   .908   .898   .905, .006
    recall of the proposals  .998   .999   .998   .998, .001

Settings were chosen on scenes of 10,000 training digits held back, as --validate does. mAP at .5
after 600 steps with learning rates .003, .006, .01: .925, .951, .954; with .003 and BatchNorm in
the trunk .941, with more filters and neurons .942. After 1,800 steps .005 and .01 both reach .980.
Not searched: batch, anchors, the weights of the losses.

    python ch08/detection.py
    python ch08/detection.py --evaluate

Last line with the default seed:
    mAP at .5 | book: 0.732 on photographs (quoted) | here: 0.990, at .75 0.959, 90.9 % of the
    scenes all right | holds
"""

from pathlib import Path

import numpy as np

from ch08.detection_measures import measure, search, seconds_of_features
from ch08.detection_pictures import draw_scenes_found, draw_steps
from ch08.region_network import Detector
from dataset.mnist import load_mnist
from dlscratch import Adam, CosineDecay, Warmup, train_validation_split
from dlscratch.book.experiment import Claim, number, run
from dlscratch.book.loop import Loop, resume_option
from dlscratch.vision import draw_scenes
from dlscratch.workers import one_blas_thread

WEIGHTS = Path(__file__).with_name("detection_params.npz")  # seed 0
BATCH, RATE = 12, 0.01  # scenes, and the largest learning rate
TEST_SCENES = 1000


def options(parser):
    parser.add_argument(
        "--steps",
        type=number(int, at_least=1),
        default=5000,
        help="steps of Adam (default: 5000; 40 with --quick)",
    )
    resume_option(parser)
    parser.add_argument(
        "--evaluate",
        action="store_true",
        help="do not train: search the test scenes with the weights beside this script",
    )
    parser.add_argument(
        "--validate",
        action="store_true",
        help="measure on scenes of 10,000 training digits held back, not on the test set",
    )


def load_digits(args):
    """(x, t) to draw training scenes from, and (x, t) for the scenes to judge by."""
    train, test = load_mnist(flatten=False)
    if args.validate:
        train, test = train_validation_split(*train, 10000, rng=0)
    return train, test


def trained(args, digits):
    """A detector that has learned from scenes drawn anew in every step."""
    rng = np.random.default_rng(args.seed)
    steps = min(args.steps, 40) if args.quick else args.steps
    detector = Detector(rng=rng)
    parts = {
        name: (net, Adam(Warmup(CosineDecay(RATE, steps), 50)))
        for name, net in detector.parts.items()
    }
    settings = {"batch": BATCH, "validate": args.validate}
    loop = Loop(args, "detection", steps=steps, parts=parts, rng=rng, settings=settings)
    for _ in loop:
        scenes = draw_scenes(*digits, BATCH, rng=rng)
        first, second = detector.loss(scenes.images, scenes.boxes, scenes.labels)
        detector.backward()
        for name in parts:
            loop.update(name)
        loop.record(proposals=first, regions=second)
    return detector


def claims_of(args, numbers, seconds, regions, anchors):
    """What was measured on scenes, beside what the papers measured on photographs."""
    (recall, right, at_75, at_50), (apart, once) = numbers, seconds
    steps = min(args.steps, 40) if args.quick else args.steps
    why = f"it has learned for {steps} steps"
    return [
        Claim(
            "seconds an image, features of each region apart and once for all",
            "47 and 0.2, on a GPU (quoted)",
            f"{apart:.3f} and {once:.3f}, one core, {apart / once:.0f} to 1",
            apart > once,
        ),
        Claim(
            "regions looked at",
            "300 instead of 2,000 (quoted)",
            f"{regions:.1f} of {anchors} anchors, on {100 * recall:.1f} % of the digits",
            recall >= 0.95,
            why if recall < 0.95 else "",
        ),
        Claim(
            "mAP at .5",
            "0.732 on photographs (quoted)",
            f"{at_50:.3f}, at .75 {at_75:.3f}, {100 * right:.1f} % of the scenes all right",
            at_50 >= 0.732,
            why if at_50 < 0.732 else "",
        ),
    ]


def main(args):
    if args.evaluate and args.validate:
        args.error("--evaluate reads the test digits, --validate others: choose one")
    train, test = load_digits(args)
    scenes = draw_scenes(*test, 100 if args.quick else TEST_SCENES, rng=0)
    with one_blas_thread():
        path = WEIGHTS
        if not args.evaluate:
            path = args.out / WEIGHTS.name
            trained(args, train).save(path)
            print(f"weights: {path}")
        detector = Detector(rng=0)
        detector.load(path)  # as they were saved, in 16 bits
        found, proposals = search(detector, scenes.images)
        numbers = measure(scenes, found, proposals)
        seconds = seconds_of_features(detector, scenes.images[:20], proposals)
    args.save(draw_scenes_found(scenes, found), "fig_8-17_detection.png")
    most = int(np.argmax([len(boxes) for boxes in scenes.boxes]))
    steps = draw_steps(detector, scenes.images[most], scenes.boxes[most], scenes.labels[most])
    args.save(steps, "fig_8-18_regions.png")
    regions = np.mean([len(boxes) for boxes in proposals])
    return claims_of(args, numbers, seconds, regions, len(detector.anchors))


if __name__ == "__main__":
    run(main, __doc__, options)
