"""The pure functions: overflow-free, dtype kept, labels taken at their word."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlscratch import functions as F
from dlscratch.functions import check_labels, cross_entropy_error, mean_squared_error

DTYPES = [np.float16, np.float32, np.float64]
ELEMENTWISE = [F.sigmoid, F.relu, F.identity_function]
OUTPUTS = [F.softmax, F.log_softmax]


def scores(dtype, largest=None):
    """Rows of finite scores, up to the largest number of the dtype if none is given."""
    largest = float(np.finfo(dtype).max if largest is None else largest)
    numbers = st.floats(-largest, largest, width=np.finfo(dtype).bits)
    return hnp.arrays(dtype, hnp.array_shapes(min_dims=1, max_dims=2), elements=numbers)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", ELEMENTWISE + OUTPUTS)
def test_a_function_keeps_the_dtype_and_leaves_its_argument_alone(function, dtype):
    x = np.linspace(-3, 3, 6, dtype=dtype).reshape(2, 3)
    x.flags.writeable = False
    y = function(x)
    assert y.dtype == dtype and y.shape == x.shape


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("t", [[2, 0], [[0, 0, 1], [1, 0, 0]]], ids=["classes", "one-hot"])
def test_an_error_keeps_the_dtype_of_the_outputs(dtype, t):
    y = np.array([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]], dtype)
    assert cross_entropy_error(y, t).dtype == dtype
    assert mean_squared_error(y, y[::-1]).dtype == dtype


def test_sigmoid_does_not_overflow_at_any_number():
    x = np.array([-1e308, -1000, -1, 0, 1, 1000, 1e308])
    expected = [0, 0, 1 / (1 + math.e), 0.5, 1 / (1 + 1 / math.e), 1, 1]
    np.testing.assert_allclose(F.sigmoid(x), expected, rtol=1e-15)


def test_sigmoid_keeps_its_small_values_exact():
    np.testing.assert_allclose(F.sigmoid(np.array([-50.0])), math.exp(-50), rtol=1e-15)


@given(hnp.arrays(float, 5, elements=st.floats(-700, 700)))
def test_sigmoid_of_the_opposite_is_what_is_missing_to_one(x):
    np.testing.assert_allclose(F.sigmoid(x) + F.sigmoid(-x), 1, rtol=1e-15)


def test_functions_take_plain_numbers_too():
    assert F.sigmoid(0) == 0.5
    assert F.relu(-2) == 0
    assert F.step_function(3.0) == 1 and F.step_function(0) == 0
    assert F.identity_function(7) == 7


def test_step_and_relu_agree_that_zero_is_not_positive():
    x = np.array([-2.0, -0.0, 0.0, 1e-300])
    np.testing.assert_array_equal(F.step_function(x), [0, 0, 0, 1])
    np.testing.assert_array_equal(F.relu(x), [0, 0, 0, 1e-300])


@pytest.mark.parametrize("dtype", DTYPES)
def test_softmax_of_any_finite_scores_is_a_probability(dtype):
    @given(scores(dtype))
    def check(a):
        y = F.softmax(a)
        assert np.all((y >= 0) & (y <= 1))
        np.testing.assert_allclose(y.sum(axis=-1), 1, rtol=10 * np.finfo(dtype).eps)

    check()


def test_softmax_takes_each_row_by_itself():
    a = np.array([[0.0, 1.0, 2.0], [1000.0, 1000.0, 1000.0]])
    np.testing.assert_array_equal(F.softmax(a)[0], F.softmax(a[0]))
    np.testing.assert_allclose(F.softmax(a)[1], [1 / 3] * 3)


@given(scores(np.float64, 100), st.floats(-100, 100))
def test_softmax_does_not_change_when_all_scores_move(a, shift):
    np.testing.assert_allclose(F.softmax(a + shift), F.softmax(a), rtol=1e-9)


@given(scores(np.float64, 100))
def test_log_softmax_is_the_logarithm_of_softmax(a):
    np.testing.assert_allclose(F.log_softmax(a), np.log(F.softmax(a)), rtol=1e-9, atol=1e-12)


def test_log_softmax_stays_exact_where_softmax_is_zero():
    np.testing.assert_array_equal(F.log_softmax(np.array([0.0, 5000.0])), [-5000, 0])


def test_mean_squared_error_is_half_the_sum_of_squares():
    y, t = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, 2.0], [5.0, 1.0]])
    assert mean_squared_error(y, t) == (1 + 0 + 4 + 9) / 2


def test_mean_squared_error_refuses_targets_that_would_broadcast():
    with pytest.raises(ValueError, match=r"targets of shape \(3,\) do not fit .*\(3, 1\)"):
        mean_squared_error(np.zeros((3, 1)), np.zeros(3))


@pytest.mark.parametrize("dtype", [bool, np.uint8, int, np.float32])
def test_one_hot_labels_of_any_dtype_mean_the_same_as_classes(dtype):
    y = np.array([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]])
    one_hot = np.eye(3)[[1, 0]].astype(dtype)
    expected = -(math.log(0.3 + 1e-7) + math.log(0.7 + 1e-7)) / 2
    assert cross_entropy_error(y, [1, 0]) == pytest.approx(expected, rel=1e-15)
    assert cross_entropy_error(y, one_hot) == pytest.approx(expected, rel=1e-15)


def test_cross_entropy_takes_probabilities_as_targets_and_never_rounds_them_to_a_class():
    y, t = np.array([[0.2, 0.8]]), np.array([[0.4, 0.6]])
    expected = -(0.4 * math.log(0.2 + 1e-7) + 0.6 * math.log(0.8 + 1e-7))
    assert cross_entropy_error(y, t) == pytest.approx(expected, rel=1e-12)
    assert expected == pytest.approx(0.7777, abs=1e-4)  # arg-maxed it would be 0.2231


def test_cross_entropy_of_one_example_is_that_of_a_batch_of_one():
    y = np.array([0.2, 0.3, 0.5])
    assert cross_entropy_error(y, 2) == cross_entropy_error(y[None], np.array([2]))
    assert cross_entropy_error(y, [0, 0, 1]) == cross_entropy_error(y[None], [[0, 0, 1]])


def test_cross_entropy_of_many_float16_rows_does_not_overflow():
    y = np.full((60_000, 10), 0.1, np.float16)
    assert cross_entropy_error(y, np.zeros(60_000, int)) == pytest.approx(math.log(10), abs=2e-3)
    one_hot = np.eye(10)[np.zeros(60_000, int)]
    assert cross_entropy_error(y, one_hot) == pytest.approx(math.log(10), abs=2e-3)


def test_errors_and_accuracy_take_any_number_of_axes_before_the_classes():
    """Two sentences of three words: the same as six rows."""
    rng = np.random.default_rng(3)
    y = rng.dirichlet(np.ones(4), (2, 3))
    t = np.array([[row.argmax() for row in y[0]], [(row.argmax() + 1) % 4 for row in y[1]]])
    for targets in (t, np.eye(4)[t], rng.dirichlet(np.ones(4), (2, 3))):
        rows = targets.reshape(6, *targets.shape[2:])
        assert cross_entropy_error(y, targets) == cross_entropy_error(y.reshape(6, 4), rows)
        assert F.accuracy(y, targets) == F.accuracy(y.reshape(6, 4), rows)
    assert F.accuracy(y, t) == 0.5  # the first sentence is right, the second wrong


def test_the_accuracy_of_one_example_is_0_or_1():
    assert F.accuracy(np.array([0.1, 0.9]), 1) == 1.0
    assert F.accuracy(np.array([0.1, 0.9]), [1, 0]) == 0.0


@pytest.mark.parametrize("axis", [1, -3])
def test_labels_of_images_leave_out_the_axis_that_is_named(axis):
    y, t = np.zeros((2, 3, 4, 5)), np.full((2, 4, 5), 2)
    assert check_labels(y, t, axis) is t
    with pytest.raises(ValueError, match=r"integer labels of shape \(2, 4, 5\) or"):
        check_labels(y, t[:, :, 0], axis)
    with pytest.raises(ValueError, match=r"classes 0 .. 2 .* got 2 .. 3"):
        check_labels(y, np.where(np.arange(5) == 1, 3, t), axis)


def test_an_ignored_label_need_not_be_a_class():
    assert check_labels(np.zeros((3, 2)), [0, -1, 1], ignore=-1).tolist() == [0, -1, 1]
    assert check_labels(np.zeros((2, 2)), [255, 255], ignore=255).tolist() == [255, 255]
    with pytest.raises(ValueError, match=r"0 .. 1 or -1, which is ignored, .* got -2 .. 0"):
        check_labels(np.zeros((3, 2)), [0, -1, -2], ignore=-1)


@pytest.mark.parametrize(
    "shape, t_shape, cure",
    [
        ((4, 3), (4, 1), r"use np.squeeze\(t, 1\)$"),
        ((4, 3, 5, 6), (4, 5, 6), r"use SoftmaxWithLoss\(axis=1\)$"),
        ((4, 3), (3, 4), r"probabilities of shape \(4, 3\)$"),
    ],
)
def test_the_cure_for_labels_that_do_not_fit_is_named_where_the_shapes_show_it(
    shape, t_shape, cure
):
    with pytest.raises(ValueError, match=cure):
        check_labels(np.zeros(shape), np.zeros(t_shape, int))


def test_classes_are_told_by_their_dimensions_even_when_the_sizes_agree():
    """4 labels and 4 outputs: `t.size == y.size` must not make one-hot labels of them."""
    y = np.array([[0.1, 0.2, 0.3, 0.4]])
    assert cross_entropy_error(y, np.array([3])) == pytest.approx(-math.log(0.4 + 1e-7))
    with pytest.raises(ValueError):
        cross_entropy_error(y, np.array([0, 0, 0, 1]))


@pytest.mark.parametrize(
    "t, message",
    [
        ([[1], [0]], r"shape \(2, 1\) do not fit outputs of shape \(2, 3\): expected integer"),
        ([1, 0, 2], r"shape \(3,\) do not fit outputs of shape \(2, 3\)"),
        (1, r"shape \(\) do not fit"),
        ([1.0, 0.0], r"must be integers, got float64: use t.astype\(int\)"),
        ([True, False], "must be integers, got bool"),
        ([0, 3], r"classes 0 .. 2 for outputs of shape \(2, 3\), got 0 .. 3"),
        ([-1, 0], r"classes 0 .. 2 .* got -1 .. 0"),
    ],
)
def test_labels_that_do_not_fit_are_refused_with_both_shapes(t, message):
    with pytest.raises(ValueError, match=message):
        check_labels(np.zeros((2, 3)), t)
    with pytest.raises(ValueError, match=message):
        cross_entropy_error(np.full((2, 3), 1 / 3), t)
