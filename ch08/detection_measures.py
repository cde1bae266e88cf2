"""Section 8.4.1: the metrics of detection.py: the digits found, and the cost of a region.

A digit is found by a box of its class whose IoU with it is .5 or more. R-CNN is slow because each
region is resized and sent through the whole trunk, the same pixels again and again where regions
overlap. If all regions are cut out of one feature map, the trunk runs once.
"""

import time

import numpy as np

from dlscratch.vision import (
    Detections,
    Objects,
    RoIAlign,
    iou,
    mean_average_precision,
    non_maximum_suppression,
)

SURE = 0.5  # the score from which a detection is shown, and counted in a scene


def search(detector, images):
    """The detections and the proposals of every image, 50 images at a time."""
    found, proposals = [], []
    for i in range(0, len(images), 50):
        for whole, part in zip((found, proposals), detector.detect(images[i : i + 50])):
            whole += part
    return found, proposals


def sure(found):
    """Those of the Detections with a score of SURE or more; of two on one place, the surer."""
    kept = np.flatnonzero(found.scores >= SURE)
    boxes, scores = found.boxes[kept], found.scores[kept]
    kept = kept[non_maximum_suppression(boxes, scores, 0.5)]  # whatever their classes
    return Detections(*(array[kept] for array in found))


def hits(found, boxes, labels):
    """Which detection finds which object: (found, objects) of bool."""
    return (iou(found.boxes, boxes) >= 0.5) & (found.labels[:, None] == labels)


def all_right(found, boxes, labels):
    """Whether all digits of a scene were found and read, once each, and nothing else."""
    hit = hits(sure(found), boxes, labels)
    return len(hit) == len(boxes) and hit.any(axis=0).all() and hit.any(axis=1).all()


def measure(scenes, found, proposals):
    """The share of digits on which a proposal lies, and of scenes all right; mAP at .75, at .5."""
    best = [iou(*pair).max(axis=1) for pair in zip(scenes.boxes, proposals)]
    right = [all_right(*triple) for triple in zip(found, scenes.boxes, scenes.labels)]
    truth = [Objects(*pair) for pair in zip(scenes.boxes, scenes.labels)]
    mAP = [mean_average_precision(found, truth, threshold) for threshold in (0.75, 0.5)]
    return float((np.concatenate(best) >= 0.5).mean()), float(np.mean(right)), *mAP


def seconds_of_features(detector, images, proposals):
    """Seconds an image for the features of its regions: each by itself; all out of one map.

    images: (N, 1, 64, 64). proposals: of each, (P, 4).
    """
    resize, here = RoIAlign(detector.size, stride=1), np.zeros(1, int)
    start = time.perf_counter()
    for image, boxes in zip(images, proposals):
        for box in boxes:  # as in R-CNN
            detector.trunk.forward(resize.forward(image[None], box[None], here))
    middle = time.perf_counter()
    for image, boxes in zip(images, proposals):  # as in Fast R-CNN
        features = detector.trunk.forward(image[None])
        detector.align.forward(features, boxes, here.repeat(len(boxes)))
    return (middle - start) / len(images), (time.perf_counter() - middle) / len(images)
