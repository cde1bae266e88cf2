"""SoftmaxWithLoss over words and pixels, with weights and ignored labels: against plain loops."""

import math

import numpy as np
import pytest

from dlscratch import SoftmaxWithLoss, check_gradients

WEIGHTS = np.array([1.0, 4.0, 0.5])
# one shape for each use: (scores, axis of the classes); always three classes
USES = {
    "examples": ((5, 3), -1),
    "words": ((4, 2, 3), -1),
    "pixels": ((4, 3, 2, 5), 1),
    "voxels": ((2, 3, 2, 2, 3), 1),
    "classes first": ((3, 6), 0),
}
OPTIONS = {
    "plain": {},
    "weights": {"weights": WEIGHTS},
    "ignore": {"ignore": -1},
    "ignore a class": {"ignore": 0},
    "both": {"weights": WEIGHTS, "ignore": 255},
}
every_use = pytest.mark.parametrize("use", USES)
every_option = pytest.mark.parametrize("option", OPTIONS)


def case(use, option, dtype=np.float64):
    """A loss, read-only scores and labels, a third of them ignored if it ignores any."""
    shape, axis = USES[use]
    loss = SoftmaxWithLoss(**OPTIONS[option], axis=axis)
    x = np.random.default_rng(2).standard_normal(shape).astype(dtype)
    rows = x.size // 3
    t = np.arange(rows) % 3
    if loss.ignore is not None:
        t[1::3] = loss.ignore
    t = np.random.default_rng(3).permutation(t).reshape(np.delete(shape, axis))
    x.flags.writeable = t.flags.writeable = False
    return loss, x, t


def looped(loss, x, t):
    """The weighted mean and its accuracy, one row after the other, in plain numbers."""
    total, weight, hits, counted = 0.0, 0.0, 0, 0
    for place, label in np.ndenumerate(t):
        row = [float(scores[place]) for scores in np.moveaxis(x, loss.axis, 0)]
        if label == loss.ignore:
            continue
        w = 1.0 if loss.weights is None else loss.weights[label]
        total += w * (math.log(sum(math.exp(score) for score in row)) - row[label])
        weight += w
        hits += max(row) == row[label]
        counted += 1
    return total / weight, hits / counted


@every_use
@every_option
def test_loss_and_accuracy_are_those_of_a_plain_loop(use, option):
    loss, x, t = case(use, option)
    expected, share = looped(loss, x, t)
    assert loss.forward(x, t) == pytest.approx(expected, rel=1e-12)
    assert loss.accuracy(x, t) == share


@every_use
@every_option
def test_the_gradient_is_right(use, option):
    loss, x, t = case(use, option)
    verdict = check_gradients(loss, x, t, tolerance=1e-7)
    assert verdict, verdict


@every_use
@pytest.mark.parametrize("option", ["plain", "weights"])
def test_the_gradient_for_probabilities_is_right(use, option):
    loss, x, _ = case(use, option)
    t = np.random.default_rng(4).dirichlet(np.ones(3), np.delete(x.shape, loss.axis))
    t = np.moveaxis(t, -1, loss.axis)
    verdict = check_gradients(loss, x, t, tolerance=1e-7)
    assert verdict, verdict


@every_use
@every_option
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_gradient_has_the_shape_and_dtype_of_the_scores(use, option, dtype):
    loss, x, t = case(use, option, dtype)
    exact, x64, _ = case(use, option)
    assert type(loss.forward(x, t)) is float
    exact.forward(x64, t)
    for dout in (1.0, np.float64(-3)):
        dx = loss.backward(dout)
        assert dx.dtype == dtype and dx.shape == x.shape
        np.testing.assert_allclose(dx, exact.backward(dout), atol=8 * np.finfo(dtype).eps)


@every_use
def test_one_hot_targets_mean_the_same_as_labels_with_weights_too(use):
    loss, x, t = case(use, "weights")
    expected, dx = loss.forward(x, t), loss.backward()
    for dtype in (bool, np.uint8, float):
        one_hot = np.moveaxis(np.eye(3)[t], -1, loss.axis).astype(dtype)
        assert loss.forward(x, one_hot) == pytest.approx(expected, rel=1e-14)
        np.testing.assert_allclose(loss.backward(), dx, rtol=1e-13, atol=1e-16)
        assert loss.accuracy(x, one_hot) == loss.accuracy(x, t)


def test_weights_as_worked_by_hand():
    """Equal scores cost log 2 each; the second row counts three times: dx = w (y - t) / 4."""
    loss = SoftmaxWithLoss(weights=[1, 3])
    assert loss.forward(np.zeros((2, 2)), [0, 1]) == pytest.approx(math.log(2))
    np.testing.assert_allclose(loss.backward(), [[-1 / 8, 1 / 8], [3 / 8, -3 / 8]])
    np.testing.assert_allclose(loss.backward(8), [[-1, 1], [3, -3]])


def test_a_whole_weight_is_that_row_so_many_times():
    x, t = np.random.default_rng(5).standard_normal((4, 3)), np.array([0, 1, 1, 2])
    often = np.repeat(np.arange(4), [2, 3, 3, 1])
    weighted = SoftmaxWithLoss(weights=[2, 3, 1]).forward(x, t)
    assert weighted == pytest.approx(SoftmaxWithLoss().forward(x[often], t[often]), rel=1e-14)


def test_equal_weights_change_nothing():
    _, x, t = case("pixels", "plain")
    plain, doubled = SoftmaxWithLoss(axis=1), SoftmaxWithLoss(weights=[2, 2, 2], axis=1)
    assert doubled.forward(x, t) == pytest.approx(plain.forward(x, t), rel=1e-14)
    np.testing.assert_allclose(doubled.backward(), plain.backward(), rtol=1e-13)


@pytest.mark.parametrize("ignore", [-1, 0, 2, 255])
def test_what_is_ignored_might_as_well_not_be_there(ignore):
    x, t = np.random.default_rng(5).standard_normal((6, 3)), np.array([1, 2, ignore, 0, ignore, 1])
    loss, kept = SoftmaxWithLoss(ignore=ignore), t != ignore
    assert loss.forward(x, t) == pytest.approx(SoftmaxWithLoss().forward(x[kept], t[kept]))
    dx = loss.backward()
    assert np.all(dx[~kept] == 0) and np.all(dx[kept] != 0)
    assert loss.accuracy(x, t) == SoftmaxWithLoss().accuracy(x[kept], t[kept])


@pytest.mark.parametrize("weights", [None, [1, 1]])
def test_a_batch_in_which_nothing_counts_has_loss_0_and_gradient_0_but_no_accuracy(weights):
    loss, x, t = SoftmaxWithLoss(weights, ignore=-1), np.array([[1.0, 2.0], [3.0, 4.0]]), [-1, -1]
    assert loss.forward(x, t) == 0.0
    np.testing.assert_array_equal(loss.backward(), np.zeros((2, 2)))
    with pytest.raises(
        ValueError, match="expected a label other than -1, which is ignored, got none"
    ):
        loss.accuracy(x, t)


@pytest.mark.parametrize("t", [[0, 0], [[1, 0], [1, 0]]], ids=["labels", "one-hot"])
def test_so_has_a_batch_of_classes_that_weigh_nothing(t):
    loss = SoftmaxWithLoss(weights=[0, 1])
    assert loss.forward(np.array([[1.0, 2.0], [3.0, 4.0]]), t) == 0.0
    np.testing.assert_array_equal(loss.backward(), np.zeros((2, 2)))


@every_use
@every_option
@pytest.mark.parametrize("dtype, far", [(np.float16, 1e4), (np.float32, 1e30), (np.float64, 1e30)])
def test_scores_may_be_as_far_apart_as_they_like(use, option, dtype, far):
    loss, x, t = case(use, option, dtype)
    x = far * np.sign(x)
    assert 0 < loss.forward(x, t) <= 2.01 * far
    dx = loss.backward()
    assert np.all(np.isfinite(dx)) and np.any(dx != 0)


def test_a_batch_may_be_split_only_if_every_row_counts_the_same():
    assert not SoftmaxWithLoss().whole_batch
    assert SoftmaxWithLoss(weights=[1, 2]).whole_batch
    assert SoftmaxWithLoss(ignore=0).whole_batch


def test_labels_and_weights_stay_as_they_are():
    weights = np.array([1.0, 2.0, 3.0])
    loss = SoftmaxWithLoss(weights, ignore=-1)
    weights[:] = 0  # the loss has its own
    t = np.array([0, -1, 2])
    assert loss.forward(np.zeros((3, 3)), t) == pytest.approx(math.log(3))
    loss.backward()
    assert t.tolist() == [0, -1, 2] and loss.weights.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "options, shape, t, message",
    [
        ({}, (4, 3, 2, 2), np.zeros((4, 2, 2), int), r"\(4, 2, 2\) do not fit .*\(axis=1\)"),
        ({"axis": 1}, (4, 3, 2, 2), np.zeros((4, 3, 2), int), r"integer labels of shape \(4, 2, 2"),
        ({"axis": 1}, (4,), np.zeros(4, int), r"\(axis=1\) expects classes along axis 1, got \(4,"),
        ({"axis": -3}, (4, 3), np.zeros(4, int), r"expects classes along axis -3, got \(4, 3\)"),
        ({"ignore": -1}, (4, 3), [[0], [1], [2], [1]], r"\(4, 1\) do not fit .*\(4, 3\)"),
        ({"ignore": -1}, (4, 3), [0, -2, 1, 1], "classes 0 .. 2 or -1, which is ignored"),
        ({"ignore": -1}, (4, 3), [0, 3, 1, 1], "classes 0 .. 2 or -1, which is ignored"),
        ({"ignore": -1}, (2, 3), np.eye(3)[:2], r"got probabilities .*use t.argmax\(-1\)"),
        ({"weights": [1, 2]}, (4, 3), [0, 1, 1, 1], r"scores of 2 classes .*got \(4, 3\)"),
    ],
)
def test_what_does_not_fit_is_refused_by_forward_and_by_accuracy(options, shape, t, message):
    loss = SoftmaxWithLoss(**options)
    for method in (loss.forward, loss.accuracy):
        with pytest.raises(ValueError, match=message):
            method(np.zeros(shape), np.array(t))


@pytest.mark.parametrize("weights", [[1, -1], [1, np.nan], [np.inf, 1], [[1, 2]], 3])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ValueError, match="one number >= 0 for each class, got"):
        SoftmaxWithLoss(weights)


def test_the_repr_shows_what_was_chosen():
    assert repr(SoftmaxWithLoss()) == "SoftmaxWithLoss()"
    loss = SoftmaxWithLoss(weights=[1, 4], ignore=-1, axis=1)
    assert repr(loss) == "SoftmaxWithLoss(weights=(2,), ignore=-1, axis=1)"
