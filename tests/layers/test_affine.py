"""Affine, against numbers worked out by hand."""

import re

import numpy as np
import pytest

from dlscratch import Affine


def layer(dtype=float):
    return Affine(np.array([[1, 2, 3], [4, 5, 6]], dtype), np.array([10, 20, 30], dtype))


def test_forward_and_backward_as_worked_by_hand():
    affine = layer()
    x, dout = np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]])
    np.testing.assert_array_equal(affine.forward(x), [[19, 32, 45], [6, 15, 24]])
    np.testing.assert_array_equal(affine.backward(dout), [[1 + 6, 4 + 12], [6, 15]])
    np.testing.assert_array_equal(affine.dW, [[1, 0, 2], [2, -3, 4]])
    np.testing.assert_array_equal(affine.db, [1, 3, 2])


def test_images_are_taken_as_rows_and_their_gradient_comes_back_as_images():
    rng = np.random.default_rng(0)
    affine = Affine(rng.standard_normal((12, 5)), np.zeros(5))
    images, dout = rng.standard_normal((2, 3, 2, 2)), rng.standard_normal((2, 5))
    y = affine.forward(images)
    dx, dW = affine.backward(dout), affine.dW
    np.testing.assert_allclose(y, images.reshape(2, 12) @ affine.W)
    np.testing.assert_allclose(dx, (dout @ affine.W.T).reshape(2, 3, 2, 2))
    np.testing.assert_allclose(dW, images.reshape(2, 12).T @ dout)


def test_the_layer_uses_the_arrays_it_was_given():
    W, b = np.ones((2, 2)), np.zeros(2)
    affine = Affine(W, b)
    assert affine.W is W and affine.b is b
    W[0, 0] = 5
    assert affine.forward(np.array([[1.0, 0.0]]))[0, 0] == 5


@pytest.mark.parametrize("shape", [(2,), (4, 3), (2, 3, 5, 5)])
def test_an_input_of_another_width_is_refused(shape):
    message = (
        "Affine(W=(2, 3), b=(3,)) expects a batch (N, 2), "
        f"got an array of shape {shape}: use x[None] for one example"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        layer().forward(np.zeros(shape))


@pytest.mark.parametrize("W, b", [((2, 3), (2,)), ((2, 3), (1,)), ((2, 3), (1, 3)), ((2,), (2,))])
def test_a_bias_that_does_not_fit_the_weights_is_refused(W, b):
    with pytest.raises(ValueError, match=r"Affine expects W \(in, out\) and b \(out,\), got \(2"):
        Affine(np.zeros(W), np.zeros(b))
