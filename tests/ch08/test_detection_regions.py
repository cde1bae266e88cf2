"""The region network: what its boxes are taught, its gradients, and what it does with boxes."""

import numpy as np
import pytest

from ch08 import region_network
from ch08.region_network import Detector, best_of_each_class
from ch08.region_targets import NOTHING, UNCLEAR, BoxLoss, match, match_anchors, moved, targets
from dlscratch import check_gradients, numerical_gradient
from dlscratch.storage.files import DataError
from dlscratch.vision import BACKGROUND, iou

BOXES = np.array([[0, 0, 4, 4], [0, 0, 4, 1.6], [4, 4, 8, 8], [8, 8, 12, 11.0]])
OBJECTS = np.array([[0, 0, 4, 4], [8, 8, 12, 12.0]])


def read_only(*arrays):
    for array in arrays:
        array.flags.writeable = False
    return arrays


read_only(BOXES, OBJECTS)

# ---- what a box is taught


def test_a_box_belongs_to_the_object_that_it_overlaps_enough():
    np.testing.assert_array_equal(match(BOXES, OBJECTS), [0, NOTHING, NOTHING, 1])


def test_between_the_two_bounds_it_counts_for_nothing():
    assert iou(BOXES, OBJECTS)[1, 0] == pytest.approx(0.4)
    np.testing.assert_array_equal(match(BOXES, OBJECTS, low=0.3), [0, UNCLEAR, NOTHING, 1])


def test_an_object_that_no_anchor_fits_gets_the_nearest_of_them():
    anchors = np.array([[0, 0, 4, 4], [10, 0, 12, 1.0]])
    objects = np.array([[0, 0, 4, 4], [8, 0, 12, 4.0]])
    assert iou(anchors, objects)[1, 1] < 0.3
    np.testing.assert_array_equal(match(anchors, objects), [0, NOTHING])
    np.testing.assert_array_equal(match_anchors(anchors, objects), [0, 1])


def test_targets_are_the_label_and_the_way_to_the_object():
    what, t = targets(BOXES, OBJECTS, np.array([7, 3]), np.array([0, UNCLEAR, NOTHING, 1]), 10)
    np.testing.assert_array_equal(what, [7, UNCLEAR, 10, 3])
    # the last box is 4 x 3, its object 4 x 4 and half a pixel lower: 1/6 of 3, in quarters
    np.testing.assert_allclose(t[3], [0, 4 * 0.5 / 3, 0, 4 * np.log(4 / 3)])
    assert not t[:3].any()


def test_offsets_lead_to_the_object_and_keep_float32():
    boxes, objects = BOXES.astype(np.float32), OBJECTS.astype(np.float32)
    _, t = targets(boxes, objects, np.array([7, 3]), np.array([0, 0, 1, 1]), 10)
    assert t.dtype == np.float32 and moved(boxes, t).dtype == np.float32
    np.testing.assert_allclose(moved(boxes, t), objects[[0, 0, 1, 1]], atol=1e-5)


# ---- the loss of a stage

LABELS = np.array([1, UNCLEAR, 0, 1, 0])
OFFSETS = np.random.default_rng(1).standard_normal((5, 4)) * (LABELS == 1)[:, None]
ROWS = np.random.default_rng(2).standard_normal((5, 6))
read_only(LABELS, OFFSETS, ROWS)


def test_the_loss_is_what_a_loop_finds():
    entropy = where = weights = 0
    for row, label, t in zip(ROWS, LABELS, OFFSETS):
        if label == UNCLEAR:
            continue
        w = (1, 20)[label]
        entropy -= w * np.log(np.exp(row[label]) / np.exp(row[:2]).sum())
        weights += w
        for e in np.abs(row[2:] - t) * label:
            where += e**2 / 2 if e <= 1 else e - 0.5
    loss = BoxLoss(0, (1, 20)).forward(ROWS, (LABELS, OFFSETS))
    assert loss == pytest.approx(entropy / weights + where / 2)


@pytest.mark.parametrize("weights", [None, (1, 20)])
def test_the_gradient_of_the_loss_is_right(weights):
    class Fixed(BoxLoss):
        """The loss as a function of x alone, for the check."""

        def forward(self, x):
            return super().forward(x, (LABELS, OFFSETS))

    check = check_gradients(Fixed(0, weights), ROWS, tolerance=1e-7)
    assert check, check


def test_boxes_without_any_object_teach_what_they_are_and_no_place():
    loss = BoxLoss(0)
    loss.forward(ROWS, (np.zeros(5, int), np.zeros((5, 4))))
    dx = loss.backward()
    assert dx[:, :2].all() and not dx[:, 2:].any()


# ---- the network


def small_detector(dtype=np.float64, size=16):
    detector = Detector(size=size, channels=3, hidden=4, rng=0)
    rng = np.random.default_rng(1)
    for name, net in detector.parts.items():
        net = net.astype(dtype)
        # weights so large that all that is said depends on the picture
        net.params.flat[:] = 0.3 * rng.standard_normal(net.params.flat.size)
        setattr(detector, name, net)
        detector.parts[name] = net
    detector.anchors = detector.anchors.astype(dtype)
    return detector


def pictures(dtype=np.float64):
    rng = np.random.default_rng(3)
    images = rng.random((2, 1, 16, 16)).astype(dtype)
    boxes = [np.array([[2, 1, 7, 14]]), np.array([[0, 0, 9, 12], [9, 3, 15, 15]])]
    read_only(images)
    return images, [box.astype(dtype) for box in boxes], [np.array([1]), np.array([4, 9])]


@pytest.mark.parametrize("part", ["trunk", "rpn", "head"])
def test_the_gradients_of_the_whole_are_right(part, monkeypatch):
    """With the proposals as they were: which boxes are looked at has no gradient."""
    detector, batch = small_detector(), pictures()
    _, rows = detector.look(batch[0])
    proposals = detector.propose(rows)
    monkeypatch.setattr(detector, "propose", lambda rows: proposals)
    net = detector.parts[part]

    def loss(flat):
        net.params.flat[:] = flat
        return sum(detector.loss(*batch))

    flat = net.params.flat.copy()
    loss(flat)
    detector.backward()
    right = net.grads.flat.copy()
    chosen = np.random.default_rng(5).permutation(flat.size)[:40]

    def along(some):
        moved_flat = flat.copy()
        moved_flat[chosen] = some
        return loss(moved_flat)

    slopes = numerical_gradient(along, flat[chosen])
    assert np.abs(slopes).max() > 1e-3
    np.testing.assert_allclose(right[chosen], slopes, rtol=1e-4, atol=1e-6)


def test_both_stages_reach_the_trunk():
    detector, batch = small_detector(), pictures()
    detector.loss(*batch)
    detector.backward()
    both = detector.trunk.grads.flat.copy()
    halves = []
    for stage in (detector.rpn_loss, detector.head_loss):
        detector.loss(*batch)
        whole = stage.backward
        stage.backward = lambda whole=whole: 0 * whole()
        detector.backward()
        stage.backward = whole
        halves.append(detector.trunk.grads.flat.copy())
    assert all(half.any() for half in halves)
    np.testing.assert_allclose(sum(halves), both, atol=1e-10)


def test_what_an_anchor_says_stands_in_the_row_of_the_anchor():
    detector = small_detector()
    images, *_ = pictures()
    features, rows = detector.look(images)
    maps = detector.rpn.forward(features)  # (N, A*6, H, W)
    y, x, a = 2, 1, 1
    row = (y * 4 + x) * len(region_network.ANCHORS) + a
    np.testing.assert_array_equal(rows[1, row], maps[1, 6 * a : 6 * a + 6, y, x])
    w, h = region_network.ANCHORS[a]
    np.testing.assert_allclose(
        detector.anchors[row], [6 - w / 2, 10 - h / 2, 6 + w / 2, 10 + h / 2]
    )


def test_proposals_are_the_surest_without_duplicates():
    detector = small_detector()
    rows = np.zeros((1, len(detector.anchors), 6))
    rows[0, 20, 1], rows[0, 7, 1], rows[0, 8, 1] = 9, 5, 7
    rows[0, 20, 2:] = 4 * np.log(2)  # its centre moves by log 2 of its sides, which double
    (proposals,) = detector.propose(rows)
    x0, y0, x1, y1 = detector.anchors[20]
    np.testing.assert_allclose(proposals[0, 2:] - proposals[0, :2], [2 * (x1 - x0), 2 * (y1 - y0)])
    np.testing.assert_allclose(proposals[1:3], detector.anchors[[8, 7]])
    overlap = iou(proposals, proposals)
    assert (overlap[~np.eye(len(overlap), dtype=bool)] <= 0.6).all()
    assert len(proposals) <= region_network.PROPOSALS


def test_each_class_keeps_its_best_box_alone():
    boxes = np.array([[0, 0, 4, 4], [0, 0, 4, 5], [8, 8, 12, 12.0]])
    p = np.full((3, BACKGROUND + 1), 0.01)
    p[0, 3], p[1, 3], p[2, 3], p[1, 8] = 0.6, 0.9, 0.3, 0.06
    found = best_of_each_class(boxes, p, at_least=0.05)
    np.testing.assert_array_equal(found.labels, [3, 3, 8])
    np.testing.assert_array_equal(found.scores, [0.9, 0.3, 0.06])
    np.testing.assert_array_equal(found.boxes, boxes[[1, 2, 1]])


def test_everything_stays_in_float32_and_inside_the_picture():
    detector = small_detector(np.float32)
    images, boxes, labels = pictures(np.float32)
    read_only(*boxes, *labels)
    detector.loss(images, boxes, labels)
    detector.backward()
    assert all(net.grads.flat.dtype == np.float32 for net in detector.parts.values())
    found, proposals = detector.detect(images)
    assert len(found) == len(proposals) == 2
    for image in found:
        assert image.boxes.dtype == image.scores.dtype == np.float32
        assert image.boxes.min() >= 0 and image.boxes.max() <= 16


def test_a_picture_alone_gives_what_it_gives_among_others():
    detector = small_detector()
    images, *_ = pictures()
    together, _ = detector.detect(images)
    for i in range(2):
        (alone,), _ = detector.detect(images[i : i + 1])
        for a, b in zip(alone, together[i]):
            np.testing.assert_allclose(a, b)


def test_weights_are_written_in_16_bits_and_read_back(tmp_path):
    detector, other = (Detector(channels=3, hidden=4, rng=seed) for seed in (0, 1))
    path = tmp_path / "weights.npz"
    detector.save(path)
    other.load(path)
    for name, W in other.arrays().items():
        np.testing.assert_array_equal(W, detector.arrays()[name].astype(np.float16))
        assert W.dtype == np.float32
    with pytest.raises(DataError, match="does not fit"):
        Detector(channels=4, hidden=4, rng=0).load(path)
