"""Bilinear interpolation: what lies between pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dlscratch.vision import hat_weights, resize


def test_a_point_at_a_centre_takes_that_pixel_alone():
    np.testing.assert_array_equal(hat_weights(np.arange(4) + 0.5, size=4), np.eye(4))


@given(st.floats(-3, 9), st.integers(1, 6), st.integers(0, 99))
def test_a_point_sees_the_straight_line_between_its_two_neighbours(point, size, seed):
    x = np.random.default_rng(seed).standard_normal(size)
    (weights,) = hat_weights(np.array([point]), size)
    assert weights @ x == pytest.approx(np.interp(point, np.arange(size) + 0.5, x))


@given(st.floats(-3, 9), st.floats(1, 5), st.integers(1, 6))
def test_the_shares_sum_to_one(point, width, size):
    weights = hat_weights(np.array([point]), size, width)
    assert weights.sum() == pytest.approx(1) and (weights >= 0).all()


@pytest.mark.parametrize("side", [9, 16, 28, 30, 41])
def test_digits_are_resized_as_pillow_resizes_them(side):
    image = np.random.default_rng(side).random((28, 28), np.float32)
    pillow = Image.fromarray(image).resize((side, side + 2), Image.Resampling.BILINEAR)
    np.testing.assert_allclose(resize(image, side + 2, side), np.asarray(pillow), atol=1e-5)


def test_the_middle_of_four_pixels_is_their_mean():
    x = np.array([[1.0, 2.0], [5.0, 8.0]])
    np.testing.assert_array_equal(resize(x, 1, 1), [[4.0]])
    np.testing.assert_array_equal(resize(x, 3, 3)[1, 1], 4.0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_dtype_and_the_input_are_kept(dtype):
    x = np.random.default_rng(0).random((2, 3, 5, 4)).astype(dtype)
    before = x.copy()
    x.flags.writeable = False
    y = resize(x, 7, 3)
    assert y.shape == (2, 3, 7, 3) and y.dtype == dtype
    np.testing.assert_array_equal(x, before)
    np.testing.assert_allclose(y, resize(before.astype(float), 7, 3), atol=2e-3)


def test_integers_have_nothing_between_them():
    with pytest.raises(ValueError, match=r"floats, got uint8: use x.astype"):
        resize(np.zeros((4, 4), np.uint8), 2, 2)
    with pytest.raises(ValueError, match="height must be a whole number, 1 or more, got 0"):
        resize(np.zeros((4, 4)), 0, 2)
