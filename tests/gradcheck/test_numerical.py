"""Numerical differentiation: right, in float64, and x as it was before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlscratch import numerical_diff, numerical_gradient


def squares(x):
    return np.sum(x**2)


@given(st.floats(-10, 10))
def test_the_derivative_of_a_cubic_is_exact_but_for_h_squared(x):
    # the central difference of x^3 is 3 x^2 + h^2
    assert numerical_diff(lambda x: x**3, x) == pytest.approx(3 * x**2 + 1e-8, abs=1e-8)


def test_numerical_diff_takes_integers_and_its_own_h():
    assert numerical_diff(lambda x: x * x, 3) == pytest.approx(6)
    assert numerical_diff(lambda x: x**3, 0.0, h=0.5) == 0.25


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_numbers_too_coarse_for_h_are_refused(dtype):
    with pytest.raises(TypeError, match=rf"numerical_diff needs float64, got {dtype.__name__}"):
        numerical_diff(lambda x: x * x, dtype(3))
    with pytest.raises(TypeError, match=rf"numerical_gradient needs .* got {dtype.__name__}: use"):
        numerical_gradient(squares, np.ones(2, dtype))


def test_the_gradient_of_a_network_in_float32_is_refused_with_the_cure():
    with pytest.raises(TypeError, match=r"net.astype\(np.float64\)"):
        numerical_gradient(squares, np.ones(2, np.float32))


@pytest.mark.parametrize("dtype", [int, np.uint8, np.int8])
def test_integers_are_not_truncated(dtype):
    """Written into an integer array, 3 + 1e-4 is 3 again: the slope would be 25000 or 0."""
    gradient = numerical_gradient(squares, np.array([3, 4], dtype))
    np.testing.assert_allclose(gradient, [6, 8], rtol=1e-9)


@given(hnp.arrays(float, hnp.array_shapes(max_dims=3, max_side=3), elements=st.floats(-5, 5)))
def test_the_gradient_has_the_shape_of_x_and_the_values_of_the_derivative(x):
    factors = np.arange(x.size).reshape(x.shape)
    gradient = numerical_gradient(lambda x: np.sum(factors * np.sin(x)), x)
    assert gradient.shape == x.shape
    np.testing.assert_allclose(gradient, factors * np.cos(x), rtol=1e-6, atol=1e-6)


def test_a_single_number_has_a_gradient_too():
    gradient = numerical_gradient(lambda x: float(x**2), np.array(3.0))
    assert gradient.shape == () and gradient == pytest.approx(6)


def test_a_list_is_taken_as_an_array():
    np.testing.assert_allclose(numerical_gradient(squares, [3.0, 4.0]), [6, 8])


def test_x_is_changed_in_place_so_that_f_may_read_it_elsewhere():
    W = np.array([1.0, 2.0])
    np.testing.assert_allclose(numerical_gradient(lambda _: squares(W), W), [2, 4])


def test_views_that_are_not_contiguous_are_changed_in_place_too():
    W = np.arange(12.0).reshape(3, 4)
    view = W.T[::2]
    np.testing.assert_allclose(numerical_gradient(lambda _: squares(W), view), 2 * view)


def test_x_is_restored_to_the_bit():
    x = np.array([0.1, 1e17, -1e-17])
    before = x.copy()
    numerical_gradient(np.sum, x)
    assert x.tobytes() == before.tobytes()


def test_x_is_restored_when_f_raises():
    x = np.array([1.0, 2.0])

    def f(x):
        if x[1] != 2:
            raise ArithmeticError
        return 0.0

    with pytest.raises(ArithmeticError):
        numerical_gradient(f, x)
    np.testing.assert_array_equal(x, [1, 2])


def test_a_read_only_x_is_left_alone():
    x = np.array([3.0, 4.0])
    x.flags.writeable = False
    np.testing.assert_allclose(numerical_gradient(squares, x), [6, 8])


def test_f_that_answers_an_array_is_refused():
    with pytest.raises(ValueError, match=r"one number .* got an array of shape \(2,\): sum it up"):
        numerical_gradient(lambda x: x**2, np.array([1.0, 2.0]))
