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


def test_it_acts_on_the_last_axis_of_sequences():
    rng = np.random.default_rng(0)
    affine = Affine(rng.standard_normal((4, 5)), rng.standard_normal(5))
    x, dout = rng.standard_normal((2, 3, 4)), rng.standard_normal((2, 3, 5))
    y, dx = affine.forward(x), affine.backward(dout)
    dW, db = affine.dW, affine.db
    by_step = [(affine.forward(x[:, t]), affine.backward(dout[:, t])) for t in range(3)]
    np.testing.assert_allclose(y, np.stack([y for y, _ in by_step], axis=1))
    np.testing.assert_allclose(dx, np.stack([dx for _, dx in by_step], axis=1))
    np.testing.assert_allclose(dW, sum(x[:, t].T @ dout[:, t] for t in range(3)))
    np.testing.assert_allclose(db, dout.sum(axis=(0, 1)))


def test_the_layer_uses_the_arrays_it_was_given():
    W, b = np.ones((2, 2)), np.zeros(2)
    affine = Affine(W, b)
    assert affine.W is W and affine.b is b
    W[0, 0] = 5
    assert affine.forward(np.array([[1.0, 0.0]]))[0, 0] == 5


@pytest.mark.parametrize(
    "shape, hint",
    [
        ((2,), "use x[None] for one example"),
        ((4, 3), "the last axis must hold 2 numbers"),
        ((2, 3, 5, 5), "Flatten() before it would give 75 numbers per image, not 2"),
        ((2, 9), "its columns are the examples, use x.T"),
        ((5, 1, 2, 1), "put Flatten() before it"),
    ],
)
def test_an_input_of_another_width_is_refused_with_the_hint_that_fits(shape, hint):
    message = (
        f"Affine(W=(2, 3), b=(3,)) expects a batch (N, 2), got an array of shape {shape}: {hint}"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        layer().forward(np.zeros(shape))


@pytest.mark.parametrize("W, b", [((2, 3), (2,)), ((2, 3), (1,)), ((2, 3), (1, 3)), ((2,), (2,))])
def test_a_bias_that_does_not_fit_the_weights_is_refused(W, b):
    with pytest.raises(ValueError, match=r"Affine expects W \(in, out\) and b \(out,\), got \(2"):
        Affine(np.zeros(W), np.zeros(b))
