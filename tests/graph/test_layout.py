"""Columns and rows of computational graphs: nothing on top of anything, main lines level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlscratch.graph import Node, exp, operate
from dlscratch.graph.layout import arrange


def place(columns):
    """Node -> (column, row)."""
    return {s.node: (s.column, s.row) for column in columns for s in column if s.node}


@st.composite
def graphs(draw):
    """Any expression of up to ten operations, in which values may be used again."""
    nodes = [Node(1.0, name) for name in "xyz"]
    for _ in range(draw(st.integers(1, 10))):
        pick = st.sampled_from(nodes)
        symbol = draw(st.sampled_from(["+", "×", "exp", "sum of three", "constant"]))
        if symbol == "exp":
            nodes.append(exp(draw(pick) * 1e-9))
        elif symbol == "constant":
            nodes.append(draw(pick) * 2)
        elif symbol == "sum of three":
            nodes.append(operate("+", draw(pick), draw(pick), draw(pick)))
        else:
            nodes.append(operate(symbol, draw(pick), draw(pick)))
    return nodes[-1]


@given(graphs())
def test_in_any_graph_the_rows_of_a_column_keep_apart_and_edges_run_to_the_right(output):
    columns, edges = arrange(output)
    for column in columns:
        rows = [spot.row for spot in column]
        assert np.all(np.diff(rows) >= 1 - 1e-9)
    assert set(place(columns)) >= set(output.topological_order())
    for edge in edges:
        passed = [spot.column for spot in edge.spots]
        assert passed == list(range(passed[0], passed[-1] + 1)) and len(passed) > 1


def test_a_chain_is_a_level_line_and_its_constants_hang_below():
    x = Node(1.0, "x")
    y = 1 / (exp(x * -1) + 1)
    columns, _ = arrange(y)
    at = place(columns)
    rows = {node.symbol or node.name or node.value: at[node][1] for node in y.topological_order()}
    level = rows["x"]
    assert rows == {
        "x": level,
        "×": level,
        "exp": level,
        "+": level,
        "/": level,
        -1: level + 1,
        1: level + 1,
    }


def test_a_sum_stands_in_the_middle_of_what_it_adds_up():
    a, b, c, d = (Node(1.0, name) for name in "abcd")
    top, bottom = a * b, c * d
    total = top + bottom
    at = place(arrange(total)[0])
    assert at[total][1] == pytest.approx((at[top][1] + at[bottom][1]) / 2)


def test_a_leaf_stands_right_before_its_first_operation():
    apple, number, tax = Node(100, "apple"), Node(2, "number"), Node(1.1, "tax")
    price = apple * number * tax
    at = place(arrange(price)[0])
    assert (at[apple][0], at[number][0], at[tax][0]) == (0, 0, 2)


def test_no_edges_cross_in_a_tree():
    leaves = [Node(1.0, name) for name in "abcdefgh"]
    pairs = [leaves[i] * leaves[i + 1] for i in range(0, 8, 2)]
    output = (pairs[0] + pairs[1]) * (pairs[2] + pairs[3])
    columns, _ = arrange(output)
    for column in columns:
        reached = [max(after.row for after in spot.after) for spot in column if spot.after]
        assert reached == sorted(reached)


def test_the_same_graph_is_laid_out_the_same_way():
    def layout():
        x, y = Node(1.0, "x"), Node(2.0, "y")
        columns, _ = arrange(x * exp(-x) + x**2 * y)
        return [[spot.row for spot in column] for column in columns]

    assert layout() == layout()
