"""Sign and BinaryAffine: exact forwards, and gradients that are borrowed on purpose."""

import re

import numpy as np
import pytest

from dlscratch import Affine, BinaryAffine, Network, Sign, check_gradients

W = np.array([[0.3, -0.1, 0.0], [-2.0, 0.5, -0.7]])
SIGNS = np.array([[1.0, -1.0, 1.0], [-1.0, 1.0, -1.0]])
x, dout = np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]])


def test_the_sign_is_one_or_minus_one_and_never_zero():
    y = Sign().forward(np.array([[-2.0, -1e-300, -0.0, 0.0, 1e-300, 2.0]]))
    np.testing.assert_array_equal(y, [[-1, -1, 1, 1, 1, 1]])


def test_the_gradient_passes_where_x_is_at_most_one_and_is_blocked_beyond():
    layer = Sign()
    layer.forward(np.array([[-1.1, -1.0, -0.5, 0.0, 0.5, 1.0, 1.1]]))
    dx = layer.backward(np.array([[2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]]))
    np.testing.assert_array_equal(dx, [[0, 3, 4, 5, 6, 7, 0]])


def test_binary_affine_as_worked_by_hand():
    """y = x . [[1, -1, 1], [-1, 1, -1]] + b."""
    layer = BinaryAffine(W, np.array([10.0, 20.0, 30.0]))
    np.testing.assert_array_equal(layer.forward(x), [[9, 21, 29], [11.5, 18.5, 31.5]])
    np.testing.assert_array_equal(layer.backward(dout), [[3, -3], [-3, 3]])
    np.testing.assert_array_equal(layer.dW, [[1, 1.5, 2], [2, -3, 4]])
    np.testing.assert_array_equal(layer.db, [1, 3, 2])


def test_it_is_an_affine_layer_of_signs():
    signs, binary = Affine(SIGNS, np.ones(3)), BinaryAffine(W, np.ones(3))
    np.testing.assert_array_equal(binary.forward(x), signs.forward(x))
    np.testing.assert_array_equal(binary.backward(dout), signs.backward(dout))
    np.testing.assert_array_equal(binary.dW, signs.dW)
    np.testing.assert_array_equal(binary.db, signs.db)


@pytest.mark.parametrize("layer", [Sign(), BinaryAffine(W, np.zeros(3))])
def test_the_checker_says_that_these_gradients_are_no_derivatives(layer):
    assert not check_gradients(layer, x)


def test_clip_keeps_the_weights_within_one_in_place():
    weights = W.copy()
    layer = BinaryAffine(weights, np.zeros(3))
    layer.clip()
    assert layer.W is weights
    np.testing.assert_array_equal(weights, [[0.3, -0.1, 0.0], [-1.0, 0.5, -0.7]])


def test_within_a_network_clip_reaches_the_networks_own_weights():
    net = Network([BinaryAffine(W.copy(), np.zeros(3)), Sign()])
    net.layers[0].clip()
    assert net.params["W1"].min() == -1
    assert net.summary().input_shape == (2,)


def test_it_learns_the_signs_of_another_layer():
    """Steps far too small to turn a sign alone add up in W until it turns."""
    rng = np.random.default_rng(0)
    teacher = BinaryAffine.init(12, 6, std=1.0, rng=rng)
    student = BinaryAffine.init(12, 6, std=0.1, rng=rng)
    inputs = rng.choice(np.float32([-1, 1]), (200, 12))
    wanted = teacher.forward(inputs)
    assert np.mean(np.sign(student.W) == np.sign(teacher.W)) < 0.7
    for _ in range(100):
        error = student.forward(inputs) - wanted
        student.backward(error / len(inputs))  # L = 1/2 |y - wanted|^2, the mean over the batch
        student.W -= 0.01 * student.dW
        student.clip()
    np.testing.assert_array_equal(np.sign(student.W), np.sign(teacher.W))
    np.testing.assert_array_equal(student.forward(inputs), wanted)


def test_init_draws_weights_within_one():
    layer = BinaryAffine.init(3, 500, std=2.0, rng=0)
    assert layer.W.dtype == np.float32 and np.abs(layer.W).max() == 1
    np.testing.assert_array_equal(layer.W, BinaryAffine.init(3, 500, std=2.0, rng=0).W)
    assert np.isclose(BinaryAffine.init(100, 500, rng=0).W.std(), 0.1, rtol=0.02)
    assert not layer.b.any() and layer.b.shape == (500,)


def test_weight_decay_leaves_it_alone():
    assert BinaryAffine.decayed_names == ()


def test_its_products_are_counted_as_those_of_an_affine_layer():
    binary, affine = BinaryAffine(W, np.zeros(3)), Affine(W, np.zeros(3))
    sequences = np.ones((4, 5, 2))
    y = binary.forward(sequences)
    assert binary.multiply_adds(sequences, y) == affine.multiply_adds(sequences, y) == 4 * 5 * 6


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"BinaryAffine expects W \(in, out\) and b \(out,\), got"):
        BinaryAffine(W, np.zeros(2))
    with pytest.raises(
        ValueError, match=re.escape("expects a batch (N, 2), got an array of shape")
    ):
        BinaryAffine(W, np.zeros(3)).forward(np.zeros((4, 3)))
