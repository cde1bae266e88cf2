"""Mean average precision, against numbers worked by hand."""

import numpy as np
import pytest

from dlscratch.vision import Detections, Objects, average_precisions, mean_average_precision
from dlscratch.vision.average_precision import average_precision


def square(x, side=10):
    return [x, 0.0, x + side, float(side)]


def objects(*pairs):
    """(x, label) of each object: squares of 10 pixels."""
    boxes = np.array([square(x) for x, _ in pairs], float).reshape(-1, 4)
    return Objects(boxes, np.array([label for _, label in pairs], int))


def detections(*triples):
    """(x, label, score) of each detection."""
    boxes, labels = objects(*(triple[:2] for triple in triples))
    return Detections(boxes, labels, np.array([score for *_, score in triples], float))


def test_a_detector_that_is_always_right_has_one():
    truth = [objects((0, 3), (20, 5)), objects(), objects((0, 3))]
    found = [detections((0, 3, 0.2), (20, 5, 0.9)), detections(), detections((0, 3, 0.6))]
    assert average_precisions(found, truth) == {3: 1.0, 5: 1.0}


def test_a_curve_by_hand():
    """Right, wrong, right, wrong, right; of 4 objects: precisions 1, 1/2, 2/3, 2/4, 3/5."""
    scores, correct = np.array([0.9, 0.8, 0.7, 0.6, 0.5]), np.array([1, 0, 1, 0, 1], bool)
    assert average_precision(scores, correct, 4) == pytest.approx((1 + 2 / 3 + 3 / 5) / 4)


def test_the_precision_at_a_recall_is_the_best_at_that_recall_or_higher():
    """Wrong, right, right: precisions 0, 1/2, 2/3, and 2/3 counts for both."""
    scores, correct = np.array([0.9, 0.8, 0.7]), np.array([0, 1, 1], bool)
    assert average_precision(scores, correct, 2) == pytest.approx(2 / 3)


def test_detections_of_all_images_are_taken_from_the_surest_on():
    """The mistake in the second image is surer than the hit in the first."""
    truth = [objects((0, 1)), objects((0, 1))]
    found = [detections((0, 1, 0.6)), detections((50, 1, 0.9), (0, 1, 0.3))]
    # wrong, right, right: precisions 0, 1/2, 2/3
    assert mean_average_precision(found, truth) == pytest.approx(2 / 3)


def test_a_second_box_on_an_object_is_a_mistake():
    truth = [objects((0, 1), (30, 1))]
    found = [detections((0, 1, 0.9), (1, 1, 0.8), (30, 1, 0.7))]
    # right, wrong, right: precisions 1, 1/2, 2/3
    assert mean_average_precision(found, truth) == pytest.approx((1 + 2 / 3) / 2)


def test_of_two_boxes_on_an_object_the_surer_one_counts_wherever_it_is_in_the_list():
    truth = [objects((0, 1))]
    found = [detections((1, 1, 0.3), (0, 1, 0.9))]
    assert mean_average_precision(found, truth) == 1


def test_a_box_of_another_class_finds_nothing():
    found = [detections((0, 2, 0.9))]
    assert average_precisions(found, [objects((0, 1))]) == {1: 0.0}


def test_a_class_that_is_nowhere_true_is_not_in_the_mean():
    found = [detections((0, 1, 0.9), (0, 2, 0.9))]
    assert mean_average_precision(found, [objects((0, 1))]) == 1


@pytest.mark.parametrize("shift, overlap", [(0, 1), (1, 9 / 11), (2, 8 / 12), (5, 5 / 15)])
def test_the_threshold_is_that_of_the_iou_and_belongs_to_the_hits(shift, overlap):
    found, truth = [detections((shift, 1, 0.9))], [objects((0, 1))]
    assert mean_average_precision(found, truth, threshold=overlap - 1e-9) == 1
    assert mean_average_precision(found, truth, threshold=min(1.0, overlap + 1e-9)) == (shift == 0)


def test_arguments_stay_as_they_are():
    found, truth = [detections((0, 1, 0.9), (2, 1, 0.95))], [objects((0, 1))]
    for array in (*found[0], *truth[0]):
        array.flags.writeable = False
    assert mean_average_precision(found, truth, 0.75) == pytest.approx(1 / 2)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="an entry for each image, got 1 found and 2 truth"):
        average_precisions([detections()], [objects(), objects()])
    with pytest.raises(ValueError, match="expected one true object or more"):
        mean_average_precision([detections()], [objects()])
    boxes, labels, scores = detections((0, 1, 0.9))
    with pytest.raises(ValueError, match=r"got boxes \(1, 4\), labels \(1,\), scores \(2,\)"):
        average_precisions([(boxes, labels, np.zeros(2))], [objects()])
