"""The losses: gradients, dout, targets of every kind, accuracy, and finite for finite scores."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlscratch import (
    HuberWithLoss,
    IdentityWithLoss,
    Loss,
    SigmoidWithLoss,
    SoftmaxWithLoss,
    check_gradients,
)

DTYPES = [np.float16, np.float32, np.float64]
HEADS = [SoftmaxWithLoss, IdentityWithLoss, HuberWithLoss, SigmoidWithLoss]
ELEMENTWISE = [IdentityWithLoss, HuberWithLoss, SigmoidWithLoss]  # each output by itself
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
        (HuberWithLoss(), PROBABILITIES),
        (HuberWithLoss(0.3), PROBABILITIES),
        (SigmoidWithLoss(), PROBABILITIES),
        (SigmoidWithLoss(), np.eye(3)[[0, 2, 1, 1]].astype(np.uint8)),
    ],
    ids="""classes one-hot probabilities unnormalised regression huber huber-0.3
    binary-probabilities binary-labels""".split(),
)
def test_the_gradient_is_right(head, t):
    verdict = check_gradients(head, SCORES, t, tolerance=1e-7)
    assert verdict, verdict


@pytest.mark.parametrize("head", [kind() for kind in HEADS], ids=repr)
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


def test_huber_with_loss_as_worked_by_hand():
    """Errors 0.5, -2, 2 and 7 with delta 2: 1/8 + 2 + 2 near, 2 (7 - 1) far."""
    head = HuberWithLoss(delta=2)
    x, t = np.array([[0.5, 1.0], [3.0, 4.0]]), np.array([[0.0, 3.0], [1.0, -3.0]])
    assert head.forward(x, t) == (0.125 + 2 + 2 + 12) / 2
    np.testing.assert_array_equal(head.backward(), [[0.25, -1], [1, 1]])


def test_sigmoid_with_loss_as_worked_by_hand():
    """y = 1/2 and 4/5: a sure yes, a sure no, and a target of 1/4."""
    head = SigmoidWithLoss()
    x, t = np.log([[1.0, 4.0], [4.0, 1.0]]), np.array([[1, 0], [0.25, 1]])
    y = np.array([[0.5, 0.8], [0.8, 0.5]])
    quarter = -(0.25 * math.log(0.8) + 0.75 * math.log(0.2))
    assert head.forward(x, t) == pytest.approx((2 * math.log(2) - math.log(0.2) + quarter) / 2)
    np.testing.assert_allclose(head.backward(), (y - t) / 2)


def squared(x, t):
    return (x - t) ** 2 / 2


def huber(x, t):
    return squared(x, t) if abs(x - t) <= 1 else abs(x - t) - 0.5


def cross_entropy(x, t):
    y = 1 / (1 + math.exp(-x))
    return -t * math.log(y) - (1 - t) * math.log(1 - y)


@pytest.mark.parametrize("shape", [(4, 3), (4, 2, 3), (4, 1, 2, 3), (4, 1)])
@pytest.mark.parametrize("kind, cost", list(zip(ELEMENTWISE, [squared, huber, cross_entropy])))
def test_the_loss_is_that_of_a_plain_loop_for_any_shape(kind, cost, shape):
    """The sum over all outputs of an example, the mean over the batch alone."""
    rng = np.random.default_rng(6)
    x, t = 2 * rng.standard_normal(shape), rng.random(shape)
    head = kind()
    expected = sum(cost(float(a), float(b)) for a, b in zip(x.ravel(), t.ravel())) / 4
    assert head.forward(x, t) == pytest.approx(expected, rel=1e-12)
    verdict = check_gradients(head, x, t, tolerance=1e-7)
    assert verdict, verdict


def test_huber_is_the_square_where_delta_is_large_and_the_distance_where_it_is_small():
    far = HuberWithLoss(delta=1e6).forward(SCORES, PROBABILITIES)
    assert far == pytest.approx(IdentityWithLoss().forward(SCORES, PROBABILITIES), rel=1e-15)
    near = HuberWithLoss(delta=1e-9).forward(SCORES, PROBABILITIES) / 1e-9
    assert near == pytest.approx(np.abs(SCORES - PROBABILITIES).sum() / 4, rel=1e-8)


def test_an_outlier_pulls_no_harder_than_delta():
    head = HuberWithLoss(delta=3)
    head.forward(np.array([[0.0], [0.0]]), np.array([[1e9], [-1e9]]))
    np.testing.assert_array_equal(head.backward(), [[-1.5], [1.5]])


def test_one_sigmoid_is_a_softmax_of_two_scores_of_which_one_is_0():
    x, t = SCORES[:, :1], np.array([[0], [1], [1], [0]])
    two = np.hstack([np.zeros_like(x), x])
    binary, softmax = SigmoidWithLoss(), SoftmaxWithLoss()
    assert binary.forward(x, t) == pytest.approx(softmax.forward(two, t[:, 0]), rel=1e-14)
    np.testing.assert_allclose(binary.backward()[:, 0], softmax.backward()[:, 1], rtol=1e-13)
    assert binary.accuracy(x, t) == softmax.accuracy(two, t[:, 0])


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


@pytest.mark.parametrize("dtype, far", [(np.float16, 1e4), (np.float32, 1e30), (np.float64, 1e30)])
@pytest.mark.parametrize("kind", ELEMENTWISE)
def test_extreme_scores_neither_overflow_nor_warn(kind, dtype, far):
    x = np.array([[far, -far, 0.0], [-far, far, 1.0]], dtype)
    head, t = kind(), np.array([[1, 0, 0], [1, 0, 1]])
    assert 0 < head.forward(x, t) < math.inf
    assert np.all(np.isfinite(head.backward()))


@pytest.mark.parametrize("dtype", DTYPES)
def test_binary_cross_entropy_is_finite_for_any_finite_scores(dtype):
    """Right or wrong by any margin; the gradient is never more than 1 for each output."""
    most = min(float(np.finfo(dtype).max), 1e300)
    number = st.floats(-most, most, width=np.finfo(dtype).bits)

    @given(hnp.arrays(dtype, (2, 3), elements=number), st.floats(0, 1))
    def check(x, t):
        head = SigmoidWithLoss()
        assert 0 <= head.forward(x, np.full((2, 3), t)) < math.inf
        assert np.all(np.abs(head.backward()) <= 0.5)

    check()


def test_a_binary_loss_stays_exact_where_the_probability_is_nothing():
    head = SigmoidWithLoss()
    assert head.forward(np.array([[-5000.0]]), [[1]]) == 5000
    assert head.forward(np.array([[50.0]]), [[1]]) == pytest.approx(math.exp(-50), rel=1e-14)


@pytest.mark.parametrize("kind", HEADS)
def test_many_rows_of_float16_do_not_overflow(kind):
    rows, t = 60_000, np.zeros((60_000, 10))
    t[:, 0] = 1
    loss = kind().forward(np.full((rows, 10), 2, np.float16), t)
    expected = {
        SoftmaxWithLoss: math.log(10),
        IdentityWithLoss: (1 + 9 * 4) / 2,
        HuberWithLoss: 1 / 2 + 9 * 1.5,
        SigmoidWithLoss: math.log(1 + math.exp(-2)) + 9 * math.log(1 + math.exp(2)),
    }[kind]
    assert loss == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("kind", HEADS)
def test_backward_before_forward_says_so(kind):
    with pytest.raises(RuntimeError, match=rf"{kind.__name__}\(.*\).backward needs a forward pass"):
        kind().backward()


@pytest.mark.parametrize("kind", HEADS)
def test_no_argument_is_written_to(kind):
    x, t = SCORES.copy(), PROBABILITIES.copy()
    x.flags.writeable = t.flags.writeable = False
    head = kind()
    head.forward(x, t)
    head.backward()
    if head.has_accuracy:
        head.accuracy(x, t)


@pytest.mark.parametrize("kind", HEADS)
def test_what_backward_returned_is_the_callers_to_change(kind):
    head = kind()
    head.forward(SCORES, PROBABILITIES)
    first = head.backward()
    kept = first.copy()
    first[:] = 0
    np.testing.assert_array_equal(head.backward(), kept)


def test_the_accuracy_of_a_softmax_is_the_share_of_its_largest_scores_that_are_right():
    x = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.4]])
    assert SoftmaxWithLoss().accuracy(x, [1, 1, 1]) == 2 / 3
    assert SoftmaxWithLoss().accuracy(x, np.eye(2)[[1, 1, 1]]) == 2 / 3


def test_the_accuracy_of_a_sigmoid_is_the_share_of_outputs_on_the_right_side_of_0():
    """Four questions: right, wrong, right by a target of 0.6, and 0, which counts as no."""
    x = np.array([[2.0, 1.0], [0.1, 0.0]])
    assert SigmoidWithLoss().accuracy(x, np.array([[1, 0], [0.6, 0]])) == 3 / 4
    assert type(SigmoidWithLoss().accuracy(x, np.array([[1, 0], [1, 1]]))) is float


@pytest.mark.parametrize("head", [IdentityWithLoss(), HuberWithLoss()], ids=repr)
def test_a_regression_has_no_accuracy_and_says_what_to_look_at(head):
    assert not head.has_accuracy
    with pytest.raises(ValueError, match=r"WithLoss\(.*\) has no accuracy: .* look at the loss"):
        head.accuracy(SCORES, PROBABILITIES)


def test_every_loss_derives_from_loss_and_only_some_have_an_accuracy():
    assert all(issubclass(kind, Loss) for kind in HEADS)
    assert [kind.has_accuracy for kind in HEADS] == [True, False, False, True]
    assert not any(kind().whole_batch for kind in HEADS)
    with pytest.raises(TypeError, match="abstract"):
        Loss()


def test_a_loss_of_ones_own_needs_forward_and_backward_alone():
    class Absolute(Loss):
        def forward(self, x, t):
            self.cache = (np.sign(x - t),)
            return float(np.abs(x - t).sum())

        def backward(self, dout=1.0):
            return dout * self.saved()[0]

    verdict = check_gradients(Absolute(), SCORES, PROBABILITIES, tolerance=1e-7)
    assert verdict, verdict
    assert repr(Absolute()) == "Absolute()" and not Absolute().has_accuracy
    with pytest.raises(RuntimeError, match="needs a forward pass before it: call forward"):
        Absolute().backward()


@pytest.mark.parametrize("delta", [0, -1, math.inf, math.nan])
def test_a_delta_that_bounds_nothing_is_refused(delta):
    with pytest.raises(ValueError, match=f"delta must be a number above 0, got {delta}"):
        HuberWithLoss(delta)
    assert repr(HuberWithLoss(0.5)) == "HuberWithLoss(delta=0.5)"


@pytest.mark.parametrize(
    "t, message",
    [
        ([[-1, 1, 1]], r"0 .. 1, got -1 .. 1: .*by \(t \+ 1\) / 2"),
        ([[0.0, 0.5, 1.5]], r"0 .. 1, got 0.0 .. 1.5"),
        ([[0.0, np.nan, 1.0]], r"0 .. 1, got nan .. nan"),
    ],
)
def test_binary_targets_that_are_no_probabilities_are_refused(t, message):
    for method in (SigmoidWithLoss().forward, SigmoidWithLoss().accuracy):
        with pytest.raises(ValueError, match=message):
            method(np.zeros((1, 3)), np.array(t))


@pytest.mark.parametrize(
    "kind, t, message",
    [
        (SoftmaxWithLoss, [[0], [2], [1], [1]], r"\(4, 1\) do not fit outputs of shape \(4, 3\)"),
        (SoftmaxWithLoss, [0, 2, 1], r"\(3,\) do not fit outputs of shape \(4, 3\)"),
        (SoftmaxWithLoss, [0, 2, 1, 3], "labels must be classes 0 .. 2"),
        (SoftmaxWithLoss, [0, 2, 1, -1], "labels must be classes 0 .. 2"),
        (IdentityWithLoss, [0.0, 2.0, 1.0, 1.0], r"\(4,\) do not fit outputs of shape \(4, 3\)"),
        (HuberWithLoss, [0.0, 2.0, 1.0, 1.0], r"\(4,\) do not fit outputs of shape \(4, 3\)"),
        (HuberWithLoss, [[0.0], [2.0], [1.0], [1.0]], r"\(4, 1\) do not fit outputs of shape"),
        (SigmoidWithLoss, [0, 1, 1, 1], r"\(4,\) do not fit outputs of shape \(4, 3\)"),
        (SigmoidWithLoss, [[0, 1, 1]], r"\(1, 3\) do not fit outputs of shape \(4, 3\)"),
    ],
)
def test_targets_that_do_not_fit_are_refused(kind, t, message):
    with pytest.raises(ValueError, match=message):
        kind().forward(SCORES, np.array(t))
