"""dlscratch.common.functions: what has no twin of the same name in the library."""

import numpy as np
import pytest

from dlscratch import SoftmaxWithLoss, numerical_diff
from dlscratch.common import functions

AWAY_FROM_THE_KINK = np.array([[-30.0, -1.5, -0.2], [0.3, 1.0, 20.0]])


@pytest.mark.parametrize("name", ["sigmoid", "relu"])
def test_a_slope_is_the_one_measured(name):
    function, slope = getattr(functions, name), getattr(functions, name + "_grad")
    measured = numerical_diff(function, AWAY_FROM_THE_KINK)
    np.testing.assert_allclose(slope(AWAY_FROM_THE_KINK), measured, atol=1e-8)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("slope", [functions.sigmoid_grad, functions.relu_grad])
def test_a_slope_keeps_shape_and_dtype_and_leaves_x_alone(slope, dtype):
    x = np.array([[-1.0, 0.0, 2.0]], dtype)
    x.flags.writeable = False
    assert slope(x).dtype == dtype
    assert slope(x).shape == (1, 3)


def test_a_slope_of_a_single_number():
    assert functions.sigmoid_grad(0.0) == 0.25
    assert functions.relu_grad(-3) == 0


def test_softmax_loss_is_the_loss_layers_forward_pass(rng):
    scores, classes = rng.standard_normal((4, 3)), np.array([0, 2, 1, 1])
    expected = SoftmaxWithLoss().forward(scores, classes)
    assert functions.softmax_loss(scores, classes) == expected
    assert functions.softmax_loss(scores, np.eye(3)[classes]) == expected
    # the book's way, up to the 1e-7 inside its logarithm
    books = functions.cross_entropy_error(functions.softmax(scores), classes)
    assert books == pytest.approx(expected, abs=1e-5)


def test_softmax_loss_is_exact_where_a_probability_is_almost_nothing():
    assert functions.softmax_loss(np.array([[0.0, 100.0]]), np.array([0])) == pytest.approx(100)
