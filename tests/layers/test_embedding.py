"""Embedding: rows of W looked up, and gradients added up where a word comes twice."""

import re

import numpy as np
import pytest

from dlscratch import Affine, Embedding, Network

W = np.array([[0.0, 0.5], [1.0, 1.5], [2.0, 2.5]])


def test_each_word_becomes_its_row():
    y = Embedding(W).forward(np.array([[2, 0, 2], [1, 1, 0]]))
    np.testing.assert_array_equal(y[0], [[2, 2.5], [0, 0.5], [2, 2.5]])
    np.testing.assert_array_equal(y[1], [[1, 1.5], [1, 1.5], [0, 0.5]])


def test_a_word_that_comes_twice_receives_both_gradients_and_one_that_never_comes_none():
    layer = Embedding(W)
    layer.forward(np.array([[2, 0, 2]]))
    layer.backward(np.array([[[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]]]))
    np.testing.assert_array_equal(layer.dW, [[2, 20], [0, 0], [5, 50]])


@pytest.mark.parametrize("shape", [(6,), (6, 4), (6, 2, 3)])
def test_it_is_the_product_with_one_hot_rows(shape):
    rng = np.random.default_rng(0)
    words = rng.integers(3, size=shape)
    one_hot = np.eye(3)[words.ravel()]  # (N*.., 3)
    looked_up, product = Embedding(W), Affine(W, np.zeros(2))
    y, expected = looked_up.forward(words), product.forward(one_hot)
    np.testing.assert_array_equal(y, expected.reshape(*shape, 2))
    dout = rng.standard_normal(y.shape)
    looked_up.backward(dout)
    product.backward(dout.reshape(-1, 2))
    np.testing.assert_allclose(looked_up.dW, product.dW, rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_gradient_of_integers_is_zero_in_the_dtype_of_the_weights(dtype):
    layer, words = Embedding(W.astype(dtype)), np.array([[0, 1], [2, 0]])
    layer.forward(words)
    dx = layer.backward(np.ones((2, 2, 2), dtype))
    assert dx.shape == words.shape and dx.dtype == dtype
    assert not dx.any()


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64])
def test_integers_of_every_size_are_words(dtype):
    words = np.array([[2, 1]])
    y = Embedding(W).forward(words.astype(dtype))
    np.testing.assert_array_equal(y, Embedding(W).forward(words))


def test_a_batch_without_words_has_no_gradient():
    layer = Embedding(W)
    assert layer.forward(np.zeros((4, 0), int)).shape == (4, 0, 2)
    layer.backward(np.zeros((4, 0, 2)))
    assert not layer.dW.any()


def test_init_draws_a_row_for_each_word():
    layer = Embedding.init(500, 40, rng=0)
    assert layer.W.shape == (500, 40) and layer.W.dtype == np.float32
    assert np.isclose(layer.W.std(), 0.01, rtol=0.02)
    np.testing.assert_array_equal(layer.W, Embedding.init(500, 40, rng=0).W)
    assert Embedding.init(5, 4, rng=0, dtype=np.float64).W.dtype == np.float64
    assert np.isclose(Embedding.init(500, 40, std=0.3, rng=0).W.std(), 0.3, rtol=0.02)


def test_a_network_that_begins_with_it_receives_the_integers_as_they_are():
    net = Network([Embedding(W.copy())])
    np.testing.assert_array_equal(net.forward(np.array([[2, 0]])), [[[2, 2.5], [0, 0.5]]])
    assert net.summary().input_shape == (1,)


def test_weight_decay_leaves_it_alone():
    assert Embedding.decayed_names == ()


@pytest.mark.parametrize("dtype", [float, np.float32, bool])
def test_words_that_are_no_integers_are_refused(dtype):
    expected = f"Embedding(W=(3, 2)) expects integers, got {np.dtype(dtype)}: use x.astype(int)"
    with pytest.raises(ValueError, match=re.escape(expected)):
        Embedding(W).forward(np.zeros((4, 2), dtype))


@pytest.mark.parametrize("words, came", [([0, 3], "0 .. 3"), ([-1, 2], "-1 .. 2")])
def test_a_word_without_a_row_is_refused_and_minus_one_is_not_the_last(words, came):
    expected = f"expects words 0 .. 2, got {came}: W needs a row for each word"
    with pytest.raises(ValueError, match=re.escape(expected)):
        Embedding(W).forward(np.array([words]))


@pytest.mark.parametrize("shape", [(3,), (3, 2, 2)])
def test_weights_that_are_no_rows_are_refused(shape):
    with pytest.raises(ValueError, match=re.escape(f"Embedding expects W (V, D), got {shape}")):
        Embedding(np.zeros(shape))
