"""Section 8.4.1: Faster R-CNN in miniature, one network that finds boxes and says what is in them.

R-CNN (Girshick and others, 2014) ran a whole network on each of 2,000 regions. Here a shared trunk
runs once for the picture. On its features a region proposal network (Ren and others, 2015) gives
each anchor a score and an offset; the best boxes, without duplicates, are the proposals. RoI align
cuts a map of 6 x 6 out of the same features for each of them, and a head says which class it is and
where exactly. All three parts learn together, from one loss.
"""

from functools import partial

import numpy as np

from ch08.region_targets import BoxLoss, match, match_anchors, moved, targets
from dlscratch import Affine, Convolution, Flatten, Network, Pooling, ReLU, softmax
from dlscratch.layers.sliding_windows import channels_first, channels_last
from dlscratch.storage.files import atomic_write
from dlscratch.storage.npz import load_arrays, write_arrays
from dlscratch.vision import (
    BACKGROUND,
    Detections,
    RoIAlign,
    anchor_grid,
    clip_boxes,
    non_maximum_suppression,
)

STRIDE = 4  # pixels of the picture for each position of the features
ANCHORS = (5, 15), (10, 12), (16, 18)  # width and height: a 1, a small digit, a large one
FIRST, PROPOSALS = 60, 15  # boxes of a picture with the best scores; of these, kept
FEW = 20  # an anchor on an object counts so many times: for each, there are 60 on none
BINS = 6  # what RoI align cuts out is 6 x 6


class Detector:
    """trunk, rpn and head, each a Network, for pictures of size x size pixels."""

    def __init__(self, size=64, channels=32, hidden=96, rng=None):
        rng, C = np.random.default_rng(rng), channels
        conv, affine = (partial(layer.init, rng=rng) for layer in (Convolution, Affine))
        # 64 x 64 -> 32 x 32, pooled -> 16 x 16
        edges = [conv(1, 16, 6, stride=2, pad=2), ReLU(), conv(16, 32, 3, pad=1), ReLU()]
        self.trunk = Network([*edges, Pooling(2, 2), conv(32, C, 3, pad=1), ReLU()])
        said = len(ANCHORS) * (2 + 4)  # of each anchor: nothing or something, and offsets
        self.rpn = Network([conv(C, 32, 3, pad=1), ReLU(), conv(32, said, 1, std=0.01)])
        scores = [Flatten(), affine(C * BINS * BINS, hidden), ReLU()]
        self.head = Network([*scores, affine(hidden, BACKGROUND + 1 + 4, std=0.01)])
        self.parts = {"trunk": self.trunk, "rpn": self.rpn, "head": self.head}
        self.size, self.align = size, RoIAlign(BINS, STRIDE)
        self.anchors = anchor_grid(size // STRIDE, size // STRIDE, STRIDE, ANCHORS)  # (M, 4)
        self.rpn_loss = BoxLoss(background=0, weights=(1, FEW))
        self.head_loss = BoxLoss(background=BACKGROUND)

    # ---- from a picture to boxes

    def look(self, images, training=False):
        """The features of the pictures, and what each anchor says: (N, C, H, W), (N, M, 6)."""
        features = self.trunk.forward(images, training)
        maps = channels_last(self.rpn.forward(features, training))
        return features, maps.reshape(len(images), -1, 6)  # (N, H, W, A*6) -> (N, H*W*A, 6)

    def candidates(self, row):
        """The anchors of a picture with the best scores, moved by their offsets; their scores."""
        scores = scores_of(row)  # (M,)
        best = np.argsort(-scores, kind="stable")[:FIRST]
        return moved(self.anchors[best], row[best, 2:]), scores[best]

    def propose(self, rows):
        """The proposals of each picture, the surest first: a list of (P, 4). rows: (N, M, 6)."""
        candidates = [self.candidates(row) for row in rows]
        return [
            boxes[non_maximum_suppression(boxes, scores, 0.6, PROPOSALS)]
            for boxes, scores in candidates
        ]

    def judge(self, features, regions, training=False):
        """What the head says of the regions, a list of (P, 4) for each picture: (R, 11 + 4)."""
        images = np.repeat(np.arange(len(regions)), [len(boxes) for boxes in regions])  # (R,)
        maps = self.align.forward(features, np.concatenate(regions), images)
        return self.head.forward(maps, training)

    def detect(self, images, at_least=0.05):
        """(Detections, proposals) of each picture; detections with a score of `at_least`."""
        features, rows = self.look(images)
        proposals = self.propose(rows)
        said = self.judge(features, proposals)  # (R, 11 + 4)
        boxes = clip_boxes(moved(np.concatenate(proposals), said[:, -4:]), self.size, self.size)
        ends = np.cumsum([len(boxes) for boxes in proposals])[:-1]
        pairs = zip(np.split(boxes, ends), np.split(softmax(said[:, :-4]), ends))
        return [best_of_each_class(*pair, at_least) for pair in pairs], proposals

    # ---- training

    def loss(self, images, boxes, labels):
        """The losses of the two stages; boxes, labels: of the objects of each picture, lists."""
        features, rows = self.look(images, training=True)
        objects = [
            targets(self.anchors, box, np.ones(len(box), int), match_anchors(self.anchors, box), 0)
            for box in boxes
        ]
        first = self.rpn_loss.forward(rows.reshape(-1, 6), joined(objects))
        # the head learns from the proposals and from the true boxes
        regions = [np.concatenate(pair) for pair in zip(self.propose(rows), boxes)]
        digits = [
            targets(region, box, label, match(region, box), BACKGROUND)
            for region, box, label in zip(regions, boxes, labels)
        ]
        said = self.judge(features, regions, training=True)
        self.shape = features.shape
        return first, self.head_loss.forward(said, joined(digits))

    def backward(self):
        """Fill the gradients of all parts; the boxes of the proposals are taken as they are."""
        dmaps = self.head.backward(self.head_loss.backward())
        N, _, H, W = self.shape
        drows = self.rpn_loss.backward().reshape(N, H, W, -1)  # (N*H*W*A, 6) -> (N, H, W, A*6)
        # both stages read the features: their gradients add up
        dfeatures = self.align.backward(dmaps) + self.rpn.backward(channels_first(drows))
        self.trunk.weight_gradients(dfeatures)

    # ---- files

    def arrays(self):
        """What the parts have learned, by name."""
        parts = self.parts.items()
        return {f"{part}_{name}": W for part, net in parts for name, W in net.params.items()}

    def save(self, path):
        """Write the weights with 16 bits each: half the bytes, and as many digits found."""
        with atomic_write(path) as file:
            write_arrays(file, {name: W.astype(np.float16) for name, W in self.arrays().items()})

    def load(self, path):
        load_arrays(path, self.arrays())


def scores_of(row):
    """How sure each anchor is of an object against none: (M, 6) -> (M,)."""
    return row[:, 1] - row[:, 0]


def joined(pairs):
    """[(a, b), (c, d), ..], a pair of arrays for each picture, as one pair for all of them."""
    return tuple(map(np.concatenate, zip(*pairs)))


def best_of_each_class(boxes, p, at_least):
    """The Detections among boxes (P, 4) with probabilities p (P, 11), duplicates left out."""
    found = []
    for label in range(BACKGROUND):
        rows = np.flatnonzero(p[:, label] >= at_least)
        kept = rows[non_maximum_suppression(boxes[rows], p[rows, label], 0.4)]
        found.append((boxes[kept], np.full(len(kept), label), p[kept, label]))
    return Detections(*joined(found))
