"""The activations: values, slopes, and a caller's gradient that stays as it was."""

import math

import numpy as np
import pytest

from dlscratch import LeakyReLU, ReLU, Sigmoid, Tanh


def test_relu_passes_what_is_positive_both_ways():
    relu = ReLU()
    np.testing.assert_array_equal(relu.forward(np.array([[3.0, -1.0, 0.0]])), [[3, 0, 0]])
    np.testing.assert_array_equal(relu.backward(np.array([[5.0, 7.0, 9.0]])), [[5, 0, 0]])


def test_relu_does_not_write_into_the_gradient_of_a_residual_block():
    """y = relu(x) + x: both branches receive the same dout, and their gradients add up."""
    relu, x, dout = ReLU(), np.array([[1.0, -2.0]]), np.array([[10.0, 10.0]])
    relu.forward(x)
    dx = relu.backward(dout) + dout
    np.testing.assert_array_equal(dx, [[20, 10]])


def test_leaky_relu_passes_a_part_of_what_is_negative_both_ways():
    layer = LeakyReLU(0.25)
    np.testing.assert_array_equal(layer.forward(np.array([[3.0, -2.0, 0.0]])), [[3, -0.5, 0]])
    np.testing.assert_array_equal(layer.backward(np.array([[4.0, 8.0, 16.0]])), [[4, 2, 4]])


def test_leaky_relu_of_slope_zero_is_relu():
    x, dout = np.random.default_rng(0).standard_normal((2, 4, 5))
    leaky, relu = LeakyReLU(0), ReLU()
    np.testing.assert_array_equal(leaky.forward(x), relu.forward(x))
    np.testing.assert_array_equal(leaky.backward(dout), relu.backward(dout))


@pytest.mark.parametrize("slope", [-0.1, 1, 1.5, float("nan")])
def test_a_slope_that_does_not_bend_is_refused(slope):
    with pytest.raises(ValueError, match="slope must be a number at least 0 and below 1, got"):
        LeakyReLU(slope)


def test_a_slope_of_numpy_does_not_change_the_dtype():
    layer = LeakyReLU(np.float64(0.2))
    assert layer.forward(np.ones((2, 2), np.float32)).dtype == np.float32
    assert repr(layer) == "LeakyReLU(0.2)"


def test_sigmoid_has_slope_y_times_one_minus_y():
    sigmoid = Sigmoid()
    y = sigmoid.forward(np.array([[0.0, math.log(3)]]))
    np.testing.assert_allclose(y, [[0.5, 0.75]])
    np.testing.assert_allclose(sigmoid.backward(np.array([[1.0, 2.0]])), [[0.25, 2 * 0.1875]])


def test_tanh_has_slope_one_minus_y_squared():
    tanh = Tanh()
    y = tanh.forward(np.array([[0.0, math.atanh(0.5)]]))
    np.testing.assert_allclose(y, [[0, 0.5]], atol=1e-16)
    np.testing.assert_allclose(tanh.backward(np.array([[1.0, 2.0]])), [[1, 2 * 0.75]])


def test_saturated_units_pass_no_gradient_and_raise_no_warning():
    far = np.array([[-1e4, 1e4]])
    for layer in (Sigmoid(), Tanh()):
        layer.forward(far)
        np.testing.assert_array_equal(layer.backward(np.ones((1, 2))), [[0, 0]])
