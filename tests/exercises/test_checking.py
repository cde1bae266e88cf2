"""The tools of a check: what is recognised, in which order."""

import numpy as np
import pytest

from dlscratch.exercises import checking
from dlscratch.exercises.checking import Mistake, draw, expect, expect_gradients, given, shown
from dlscratch.exercises.texts import COMMON


def key_of(function, *args, **options):
    with pytest.raises(Mistake) as caught:
        function(*args, **options)
    return caught.value.key


def test_given_and_draw_are_read_only_and_always_the_same():
    assert not given([1.0]).flags.writeable and not draw(2, 3).flags.writeable
    np.testing.assert_array_equal(draw(2, 3), draw(2, 3))


def test_what_is_right_is_never_a_mistake():
    expect(np.ones(2), [1, 1], "f()", same=np.ones(2))


def test_a_mistake_of_another_shape_is_recognised_before_the_shape_is_complained_about():
    assert key_of(expect, np.ones(2), 1.0, "f()", each=[1, 1]) == "each"
    assert key_of(expect, np.ones(2), 1.0, "f()", each=[2, 2]) == "shape"


def test_a_mistake_that_does_not_apply_is_none():
    assert key_of(expect, 1, 2, "f()", wrong=None) == "value"


def test_numbers_may_differ_by_rounding_only():
    expect(1 / 3, 0.33333333333, "f()")
    assert key_of(expect, 6.0001, 6.0, "f()") == "value"


def test_the_dtype_is_looked_at_last():
    assert key_of(expect, np.ones(2), [1, 1], "f()", dtype=np.float32) == "dtype"
    assert key_of(expect, np.ones(2), [1, 2], "f()", dtype=np.float32) == "value"


@pytest.mark.parametrize(
    "value, text",
    [
        (np.array([[1.0, 2.5], [0.0, -1.0]]), "[[1, 2.5], [0, -1]]"),
        (np.float64(0.1), "0.1"),
        (3, "3"),
        ([1, 0], "[1, 0]"),
        (None, "None"),
        (np.array([-0.0, np.nan]), "[0, nan]"),
        (np.arange(99.0), "[ 0., 1., ..., 97., 98.]"),
    ],
)
def test_values_are_shown_in_one_line(value, text):
    assert shown(value) == text


class Plain:
    """A ReLU whose dx is changed."""

    def __init__(self, change):
        self.change = change

    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        return self.change(dout * self.mask)


@pytest.mark.parametrize(
    "change, key",
    [
        (lambda dx: None, "gradient_no_dx"),
        (lambda dx: dx * np.nan, "gradient_nan"),
        (lambda dx: dx[0], "gradient_shape"),
        (lambda dx: 0 * dx, "gradient_zero"),
        (lambda dx: -dx, "gradient_sign"),
        (lambda dx: 4 * dx, "gradient_batch_factor"),
        (lambda dx: 1.5 * dx, "gradient_factor"),
        (lambda dx: dx**2, "gradient"),
    ],
)
def test_each_diagnosis_of_the_gradient_checker_has_plain_words(change, key):
    assert key_of(expect_gradients, Plain(change), draw(4, 3)) == key


def test_every_key_of_a_diagnosis_has_its_text():
    assert set(checking.HINTS.values()) <= set(COMMON)
