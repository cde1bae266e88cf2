"""Reshape: the same numbers in the same order, and back."""

import re

import numpy as np
import pytest

from dlscratch import Flatten, Reshape


def test_rows_become_images_channel_by_channel_and_back():
    x = np.arange(24.0).reshape(2, 12)
    layer = Reshape(3, 2, 2)
    images = layer.forward(x)
    for n, c, h, w in np.ndindex(2, 3, 2, 2):
        assert images[n, c, h, w] == 12 * n + 4 * c + 2 * h + w
    np.testing.assert_array_equal(layer.backward(images), x)


def test_it_undoes_flatten():
    images = np.random.default_rng(0).standard_normal((4, 2, 3, 5))
    np.testing.assert_array_equal(Reshape(2, 3, 5).forward(Flatten().forward(images)), images)


@pytest.mark.parametrize("shape", [(4, 24), (4, 2, 12), (4, 2, 3, 4)])
@pytest.mark.parametrize(
    "sizes, expected",
    [((6, 4), (6, 4)), ((-1, 4), (6, 4)), ((-1,), (24,)), ((2, -1, 3), (2, 4, 3))],
)
def test_any_shape_becomes_any_other_of_as_many_numbers(shape, sizes, expected):
    layer, x = Reshape(*sizes), np.random.default_rng(0).standard_normal(shape)
    y = layer.forward(x)
    assert y.shape == (4, *expected)
    np.testing.assert_array_equal(y.ravel(), x.ravel())
    assert layer.backward(y).shape == shape


def test_one_number_an_example_may_stand_without_an_axis():
    assert Reshape().forward(np.zeros((4, 1))).shape == (4,)


@pytest.mark.parametrize(
    "sizes, expected, cure",
    [
        (
            (5, 5),
            "examples of 25 numbers",
            "an example has 24 numbers, the product of the sizes is 25",
        ),
        ((-1, 5), "examples of a multiple of 5 numbers", "an example has 24 numbers"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(sizes, expected, cure):
    layer = Reshape(*sizes)
    message = f"{layer!r} expects {expected}, got an array of shape (4, 2, 12): {cure}"
    with pytest.raises(ValueError, match=re.escape(message)):
        layer.forward(np.zeros((4, 2, 12)))


@pytest.mark.parametrize("sizes", [(-1, 2, -1), (0, 3), (-2,)])
def test_impossible_sizes_are_refused(sizes):
    message = f"Reshape expects sizes of 1 or more, and -1 at most once, got {sizes}"
    with pytest.raises(ValueError, match=re.escape(message)):
        Reshape(*sizes)


@pytest.mark.parametrize("sizes", [((1, 28, 28),), (2.0,), ("3",)])
def test_sizes_that_are_no_integers_are_refused_and_the_right_way_is_shown(sizes):
    with pytest.raises(TypeError, match=r"expects sizes, such as Reshape\(1, 28, 28\), got"):
        Reshape(*sizes)


def test_the_repr_can_be_typed():
    assert repr(Reshape(3, -1, 2)) == "Reshape(3, -1, 2)"
