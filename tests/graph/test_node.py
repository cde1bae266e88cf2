"""Computational graphs: the chain rule against measured slopes, and the book's worked examples."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlscratch import Affine, numerical_diff, numerical_gradient
from dlscratch.graph import Node, apply, exp, log, operate, relu
from dlscratch.graph.node import RULES

# Each with its operations in Python's own numbers, by which the slope is measured.
EXPRESSIONS = {
    "sum of three": (lambda x, y: operate("+", x, y, x), lambda x, y: x + y + x),
    "product": (lambda x, y: x * y, lambda x, y: x * y),
    "quotient": (lambda x, y: x / y, lambda x, y: x / y),
    "difference": (lambda x, y: 3 - x - y, lambda x, y: 3 - x - y),
    "by a number": (lambda x, y: x / 4 + 2 / y, lambda x, y: x / 4 + 2 / y),
    "power": (lambda x, y: (x + y) ** 3, lambda x, y: (x + y) ** 3),
    "sigmoid": (lambda x, y: 1 / (1 + exp(-x * y)), lambda x, y: 1 / (1 + math.exp(-x * y))),
    "logarithm": (lambda x, y: log(x) * y, lambda x, y: math.log(x) * y),
    "open switch": (lambda x, y: relu(x) * y, lambda x, y: max(x, 0) * y),
    "shut switch": (lambda x, y: relu(-x) * y + x, lambda x, y: max(-x, 0) * y + x),
    "cosine": (lambda x, y: operate("cos", x * y), lambda x, y: math.cos(x * y)),
    "root": (lambda x, y: operate("sqrt", x * x + y * y), lambda x, y: math.hypot(x, y)),
    "sine": (lambda x, y: operate("sin", x * y), lambda x, y: math.sin(x * y)),
    "hyperbolic tangent": (lambda x, y: operate("tanh", x) * y, lambda x, y: math.tanh(x) * y),
    "sigmoid as one node": (
        lambda x, y: operate("sigmoid", x * y),
        lambda x, y: 1 / (1 + math.exp(-x * y)),
    ),
    "the larger one": (lambda x, y: operate("max", x, 2 * y) * y, lambda x, y: max(x, 2 * y) * y),
    "x used often": (lambda x, y: x * exp(-x) + x**2 * y, lambda x, y: x / math.exp(x) + x * x * y),
}


@pytest.mark.parametrize("make, plain", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_every_gradient_is_the_measured_slope(make, plain):
    x, y = Node(1.7, "x"), Node(0.6, "y")
    z = make(x, y)
    z.backward()
    assert z.value == pytest.approx(plain(1.7, 0.6))
    assert x.grad == pytest.approx(numerical_diff(lambda v: plain(v, 0.6), 1.7), abs=1e-6)
    assert y.grad == pytest.approx(numerical_diff(lambda v: plain(1.7, v), 0.6), abs=1e-6)


def test_the_apples_of_the_book():
    apple, number, tax = Node(100, "apple"), Node(2, "number"), Node(1.1, "tax")
    price = apple * number * tax
    price.backward()
    assert price.value == pytest.approx(220)
    assert (apple.grad, number.grad, tax.grad) == pytest.approx((2.2, 110, 200))


def test_a_value_that_is_used_twice_adds_up_its_gradients():
    x = Node(3.0, "x")
    y = x * x + x
    y.backward()
    assert x.grad == 2 * 3 + 1
    assert [node.input_grads for node in y.topological_order() if node.symbol == "×"] == [
        (3.0, 3.0)
    ]


def test_upstream_gradients_are_passed_on():
    x = Node(10, "x")
    z = x * 5
    z.backward(1.3)
    assert (z.grad, x.grad) == (1.3, 6.5)


def test_backward_starts_anew_each_time():
    x = Node(2.0, "x")
    z = x * 3
    z.backward()
    z.backward()
    assert x.grad == 3


def test_ancestors_come_after_their_inputs_and_only_once():
    x = Node(1.0, "x")
    z = (x + 1) * (x + 2)
    order = z.topological_order()
    assert order[-1] is z
    assert len(order) == len(set(order)) == 6  # x, 1, 2, two sums, the product
    assert all(order.index(i) < order.index(node) for node in order for i in node.inputs)


def test_plain_numbers_and_arrays_become_constants_on_either_side():
    x = Node(2.0, "x")
    for z in (3 + x, x + 3, 3 * x, x * 3, np.float64(3) * x):
        assert {node.constant for node in z.inputs if node is not x} == {True}
    z = np.ones((2, 3)) @ Node(np.ones(3), "w")
    assert z.inputs[0].constant
    assert_array_equal(z.value, [3, 3])


@pytest.mark.parametrize("shape", [(2,), (4, 2)])
def test_dot_gradients_are_the_measured_slopes_and_have_the_shapes_of_their_arrays(shape):
    rng = np.random.default_rng(0)
    X, W, b = rng.random(shape), rng.random((2, 3)), rng.random(3)
    dY = rng.random(shape[:-1] + (3,))
    leaves = Node(X, "X"), Node(W, "W"), Node(b, "b")
    Y = leaves[0] @ leaves[1] + leaves[2]
    Y.backward(dY)
    for leaf, array in zip(leaves, (X, W, b)):
        assert leaf.grad.shape == array.shape
        measured = numerical_gradient(lambda _: np.sum(dY * (np.dot(X, W) + b)), array)
        assert_allclose(leaf.grad, measured, atol=1e-9)


def test_what_broadcasting_repeats_gets_the_sum_of_the_gradients():
    number, column = Node(2.0, "number"), Node(np.ones((4, 1)), "column")
    z = number * column + np.ones((4, 3))
    z.backward(np.ones((4, 3)))
    assert number.grad == 12
    assert_array_equal(column.grad, np.full((4, 1), 6.0))


def test_sum_turns_an_array_into_a_number_and_back():
    x = Node(np.arange(3.0), "x")
    z = operate("sum", x * x)
    z.backward()
    assert z.value == 5
    assert_array_equal(x.grad, [0, 2, 4])


def test_a_layer_is_a_node_with_its_own_numbers():
    rng = np.random.default_rng(0)
    layer, X = Affine(rng.random((2, 3)), rng.random(3)), Node(rng.random((4, 2)), "X")
    Y = apply("Affine", layer, X)
    Y.backward(np.ones((4, 3)))
    assert_array_equal(Y.value, X.value @ layer.W + layer.b)
    assert_array_equal(X.grad, layer.backward(np.ones((4, 3))))


def test_no_node_writes_to_a_gradient_or_value_that_it_was_given():
    x, dout = np.ones((2, 2)), np.ones((2, 2))
    x.flags.writeable = dout.flags.writeable = False
    node = Node(x, "x")
    (relu(node) * node + node).backward(dout)
    assert_array_equal(node.grad, np.full((2, 2), 3.0))


def test_numbers_at_the_prompt_are_plain():
    x = Node(0.0, "x")
    y = exp(x)
    y.backward()
    assert repr(y) == "Node(1.0, 'exp')"
    assert (type(y.value), type(x.grad)) == (float, float)


def test_an_unknown_operation_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match=r"no operation 'sinh': expected one of \+, −, ×, /, exp"):
        operate("sinh", 1.0)
    assert "log" in RULES


def test_a_graph_of_thousands_of_nodes_needs_no_deep_recursion():
    x = Node(2.0, "x")
    total = x
    for _ in range(5000):
        total = total + x
    total.backward()
    assert x.grad == 5001


def test_the_order_of_nodes_is_that_of_a_recursive_walk():
    x, y = Node(2.0, "x"), Node(3.0, "y")
    z = (x * y + x) * (y + y)

    def walk(node, found):
        for source in node.inputs:
            walk(source, found)
        found.setdefault(node)
        return list(found)

    assert z.topological_order() == walk(z, {})


@pytest.mark.parametrize("left", [(3,), (2, 3)])
@pytest.mark.parametrize("right", [(3,), (3, 4)])
def test_products_of_vectors_and_matrices_have_the_measured_gradients(left, right):
    rng = np.random.default_rng(0)
    X, W = rng.standard_normal(left), rng.standard_normal(right)
    upstream = rng.standard_normal(np.shape(X @ W))
    x, w = Node(X, "X"), Node(W, "W")
    (x @ w).backward(upstream)
    assert_allclose(x.grad, numerical_gradient(lambda v: np.sum(upstream * (v @ W)), X), atol=1e-7)
    assert_allclose(w.grad, numerical_gradient(lambda v: np.sum(upstream * (X @ v)), W), atol=1e-7)
