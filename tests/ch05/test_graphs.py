"""The graphs of chapter 5 carry the layers' own numbers, and those are right."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ch05 import activation_graphs, affine_graph, buy_apple, buy_apple_orange, softmax_graph
from ch05.layer_naive import AddLayer, MulLayer
from dlscratch import Sigmoid, SoftmaxWithLoss, numerical_gradient, softmax
from dlscratch.book.experiment import run
from dlscratch.graph import Node


@pytest.mark.parametrize("layer, dx, dy", [(AddLayer(), 1.3, 1.3), (MulLayer(), 6.5, 13)])
def test_a_naive_layer_sends_back_what_comes_times_its_derivative(layer, dx, dy):
    layer.forward(10, 5)
    assert layer.backward(1.3) == pytest.approx((dx, dy))


def test_the_apples_have_the_gradients_of_figure_5_14():
    leaves = Node(100, "apple"), Node(2, "number"), Node(1.1, "tax")
    price = buy_apple.payment(*leaves)
    price.backward()
    assert price.value == pytest.approx(220)
    assert [leaf.grad for leaf in leaves] == pytest.approx([2.2, 110, 200])


def test_apples_and_oranges_have_the_gradients_of_figure_5_17():
    price = buy_apple_orange.payment()
    price.backward()
    grads = {node.name: node.grad for node in price.topological_order() if not node.inputs}
    assert grads == pytest.approx(
        {
            "price of an apple": 2.2,
            "number of apples": 110,
            "price of an orange": 3.3,
            "number of oranges": 165,
            "tax": 650,
        }
    )


def test_a_basket_of_4000_and_two_apples_cost_4620():
    assert buy_apple_orange.basket().value == pytest.approx(4620)


def test_other_prices_give_other_numbers_and_no_claims(tmp_path, capsys):
    argv = ["--apple", "120", "--number", "5", "--tax", "1.08", "--out", str(tmp_path)]
    assert run(buy_apple.main, "", buy_apple.options, argv=argv) == []
    assert "price: 648; dapple, dapple_num, dtax: 5.4 129.6 600" in capsys.readouterr().out


@pytest.mark.parametrize("x", [-20.0, -1.0, 0.0, 3.0, 20.0])
def test_the_sigmoid_node_by_node_is_the_sigmoid_layer(x):
    node, layer = Node(x, "x"), Sigmoid()
    y = activation_graphs.sigmoid_of(node)
    y.backward()
    assert y.value == pytest.approx(layer.forward(np.array(x)), rel=1e-12)
    assert node.grad == pytest.approx(layer.backward(1.0), rel=1e-6)


def test_affine_as_a_graph_gives_the_measured_gradients():
    rng = np.random.default_rng(0)
    X, W, B = rng.random((4, 2)), rng.random((2, 3)), rng.random(3)
    Y, leaves = affine_graph.affine(X, W, B)
    dY = rng.random((4, 3))
    Y.backward(dY)
    for leaf, array in zip(leaves, (X, W, B)):
        slopes = numerical_gradient(lambda _: np.sum(dY * (X @ W + B)), array)
        assert_allclose(leaf.grad, slopes, atol=1e-9)


@pytest.mark.parametrize("label", [0, 1, 2])
def test_softmax_and_cross_entropy_node_by_node_give_y_minus_t(label):
    scores, t = np.array([0.3, 2.9, 4.0]), np.eye(3)[label]
    a = softmax_graph.leaves(scores, "a")
    y = softmax_graph.softmax_nodes(a)
    loss = softmax_graph.cross_entropy_nodes(y, softmax_graph.leaves(t, "t", constant=True))
    loss.backward()
    assert_allclose([y_k.value for y_k in y], softmax(scores))
    assert_allclose([a_k.grad for a_k in a], softmax(scores) - t, atol=1e-12)
    head = SoftmaxWithLoss()
    assert loss.value == pytest.approx(head.forward(scores[None], t[None]))


def test_figure_5_28_turns_scores_into_the_books_probabilities():
    y = softmax(np.array([0.3, 5.3, 0.01, 10.1]))
    assert [f"{y[1]:.3f}", f"{y[0]:.5f}", f"{y[2]:.5f}"] == ["0.008", "0.00005", "0.00004"]
    assert y[3] == pytest.approx(0.991, abs=1e-3)  # the book cuts 0.9917 off, and does not round it
