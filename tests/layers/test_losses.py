"""The losses: gradients, dout, targets of every kind, and finite for any finite score."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlscratch import IdentityWithLoss, SoftmaxWithLoss, check_gradients

DTYPES = [np.float16, np.float32, np.float64]
HEADS = [SoftmaxWithLoss, IdentityWithLoss]
RNG = np.random.default_rng(0)
SCORES, PROBABILITIES = RNG.standard_normal((4, 3)), RNG.dirichlet(np.ones(3), 4)


@pytest.mark.parametrize(
    "head, t",
    [
        (SoftmaxWithLoss(), [0, 2, 1, 1]),
        (SoftmaxWithLoss(), np.eye(3)[[0, 2, 1, 1]]),
        (SoftmaxWithLoss(), PROBABILITIES),
        (SoftmaxWithLoss(), 3 * PROBABILITIES),  # rows that do not sum to 1
        (IdentityWithLoss(), PROBABILITIES),
    ],
    ids=["classes", "one-hot", "probabilities", "weighted", "regression"],
)
def test_the_gradient_is_right(head, t):
    verdict = check_gradients(head, SCORES, t, tolerance=1e-7)
    assert verdict, verdict


@pytest.mark.parametrize("head", [SoftmaxWithLoss(), IdentityWithLoss()])
def test_one_example_without_a_batch_is_a_batch_of_one(head):
    x, t = SCORES[0], PROBABILITIES[0]
    loss = head.forward(x, t)
    dx = head.backward()
    assert loss == head.forward(x[None], t[None])
    np.testing.assert_array_equal(dx, head.backward()[0])


def test_softmax_with_loss_as_worked_by_hand():
    """Equal scores: y = 1/2 each, the loss is log 2, the gradient (y - t) / N."""
    head = SoftmaxWithLoss()
    assert head.forward(np.array([[3.0, 3.0], [0.0, 0.0]]), [0, 1]) == pytest.approx(math.log(2))
    np.testing.assert_allclose(head.backward(), [[-0.25, 0.25], [0.25, -0.25]])


def test_identity_with_loss_as_worked_by_hand():
    head = IdentityWithLoss()
    x, t = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, 2.0], [5.0, 1.0]])
    assert head.forward(x, t) == (1 + 0 + 4 + 9) / 2 / 2
    np.testing.assert_array_equal(head.backward(), [[0.5, 0], [-1, 1.5]])


@pytest.mark.parametrize("kind", HEADS)
def test_backward_is_scaled_by_dout(kind):
    head = kind()
    head.forward(SCORES, PROBABILITIES)
    np.testing.assert_allclose(head.backward(5.0), 5 * head.backward(1.0), rtol=1e-15)
    np.testing.assert_array_equal(head.backward(), head.backward(1.0))
    assert np.all(head.backward(0.0) == 0)


@pytest.mark.parametrize("kind", HEADS)
def test_the_loss_is_a_mean_over_the_batch(kind):
    head = kind()
    once = head.forward(SCORES, PROBABILITIES)
    dx = head.backward()
    twice = head.forward(np.tile(SCORES, (2, 1)), np.tile(PROBABILITIES, (2, 1)))
    assert twice == pytest.approx(once, rel=1e-12)
    np.testing.assert_allclose(head.backward()[:4], dx / 2, rtol=1e-12)


def test_all_forms_of_a_label_mean_the_same():
    classes, head = np.array([0, 2, 1, 1]), SoftmaxWithLoss()
    expected = head.forward(SCORES, classes)
    dx = head.backward()
    for dtype in (bool, np.uint8, int, np.float32, float):
        assert head.forward(SCORES, np.eye(3)[classes].astype(dtype)) == expected
        np.testing.assert_array_equal(head.backward(), dx)
    for dtype in (np.uint8, np.int16):
        assert head.forward(SCORES, classes.astype(dtype)) == expected


def test_one_example_and_a_table_of_them_are_taken_like_a_batch():
    """Scores (classes,) with one label, or (.., .., classes) with labels (.., ..)."""
    classes, head = np.array([0, 2, 1, 1]), SoftmaxWithLoss()
    expected, dx = head.forward(SCORES, classes), head.backward()
    assert head.forward(SCORES.reshape(2, 2, 3), classes.reshape(2, 2)) == expected
    np.testing.assert_array_equal(head.backward(), dx.reshape(2, 2, 3))
    assert head.forward(SCORES[1], 2) == head.forward(SCORES[1:2], [2])
    np.testing.assert_allclose(head.backward()[0], 4 * dx[1], rtol=1e-15)
    head.forward(SCORES[1], 2)
    np.testing.assert_allclose(head.backward(), 4 * dx[1], rtol=1e-15)


def test_targets_of_probabilities_are_not_rounded_to_a_class():
    """y = 0.2, 0.8 and t = 0.4, 0.6: 0.7777, where the arg-maxed target would give 0.2231."""
    x = np.log([[0.2, 0.8]])
    expected = -(0.4 * math.log(0.2) + 0.6 * math.log(0.8))
    assert SoftmaxWithLoss().forward(x, np.array([[0.4, 0.6]])) == pytest.approx(expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.parametrize("t_dtype", [np.uint8, np.float16, np.float64])
def test_the_gradient_has_the_dtype_of_the_scores(kind, dtype, t_dtype):
    head = kind()
    loss = head.forward(SCORES.astype(dtype), np.eye(3)[[0, 2, 1, 1]].astype(t_dtype))
    assert type(loss) is float
    assert head.backward().dtype == dtype
    assert head.backward(np.float64(2)).dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_loss_is_finite_for_any_finite_scores(dtype):
    """A perfect or a hopeless prediction included; warnings are errors here."""
    most = min(float(np.finfo(dtype).max), 1e300)
    number = st.floats(-most, most, width=np.finfo(dtype).bits)

    @given(hnp.arrays(dtype, (2, 3), elements=number), st.integers(0, 2))
    def check(x, label):
        head = SoftmaxWithLoss()
        assert math.isfinite(head.forward(x, [label, 0])) and head.forward(x, [label, 0]) >= 0
        assert np.all(np.abs(head.backward()) <= 0.5)

    check()


def test_a_sure_and_wrong_prediction_costs_its_full_price():
    """The book's 1e-7 would cap the loss at 16.118, and its gradient would not fit."""
    head = SoftmaxWithLoss()
    assert head.forward(np.array([[0.0, 100.0]]), [0]) == pytest.approx(100)
    np.testing.assert_allclose(head.backward(), [[-1, 1]])


@pytest.mark.parametrize("kind", HEADS)
def test_many_rows_of_float16_do_not_overflow(kind):
    rows, t = 60_000, np.zeros((60_000, 10))
    t[:, 0] = 1
    loss = kind().forward(np.full((rows, 10), 2, np.float16), t)
    expected = math.log(10) if kind is SoftmaxWithLoss else (1 + 9 * 4) / 2
    assert loss == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("kind", HEADS)
def test_backward_before_forward_says_so(kind):
    with pytest.raises(RuntimeError, match=rf"{kind.__name__}\(\).backward needs a forward pass"):
        kind().backward()


@pytest.mark.parametrize("kind", HEADS)
def test_no_argument_is_written_to(kind):
    x, t = SCORES.copy(), PROBABILITIES.copy()
    x.flags.writeable = t.flags.writeable = False
    head = kind()
    head.forward(x, t)
    head.backward()


@pytest.mark.parametrize(
    "kind, t, message",
    [
        (SoftmaxWithLoss, [[0], [2], [1], [1]], r"\(4, 1\) do not fit outputs of shape \(4, 3\)"),
        (SoftmaxWithLoss, [0, 2, 1], r"\(3,\) do not fit outputs of shape \(4, 3\)"),
        (SoftmaxWithLoss, [0, 2, 1, 3], "labels must be classes 0 .. 2"),
        (SoftmaxWithLoss, [0, 2, 1, -1], "labels must be classes 0 .. 2"),
        (IdentityWithLoss, [0.0, 2.0, 1.0, 1.0], r"\(4,\) do not fit outputs of shape \(4, 3\)"),
    ],
)
def test_targets_that_do_not_fit_are_refused(kind, t, message):
    with pytest.raises(ValueError, match=message):
        kind().forward(SCORES, np.array(t))
