"""The truth tables of chapter 2 (E1, E2) and what a straight line can part."""

import numpy as np
import pytest

from ch02.and_gate import AND
from ch02.gate_regions import main, options
from ch02.nand_gate import NAND
from ch02.or_gate import OR
from ch02.perceptron import INPUTS, perceptron, print_truth_table
from ch02.xor_gate import XOR
from dlscratch.book.experiment import run


@pytest.mark.parametrize(
    "gate, answers",
    [
        (AND, (0, 0, 0, 1)),
        (NAND, (1, 1, 1, 0)),
        (OR, (0, 1, 1, 1)),
        (XOR, (0, 1, 1, 0)),
    ],
)
def test_the_gates_answer_as_their_truth_tables(gate, answers):
    inputs = (0, 0), (1, 0), (0, 1), (1, 1)
    assert tuple(gate(x1, x2) for x1, x2 in inputs) == answers


def test_the_signals_between_the_layers_of_xor_are_those_of_figure_2_12():
    assert [(NAND(*x), OR(*x), XOR(*x)) for x in INPUTS] == [
        (1, 0, 0),
        (1, 1, 1),
        (1, 1, 1),
        (0, 1, 0),
    ]


def test_the_weighted_sum_misses_minus_0_2_by_a_rounding_error():
    x, w, b = np.array([0, 1]), np.array([0.5, 0.5]), -0.7
    assert np.sum(w * x) + b == -0.19999999999999996


@pytest.mark.parametrize("w1, w2, theta", [(0.5, 0.5, 0.7), (0.5, 0.5, 0.8), (1.0, 1.0, 1.0)])
def test_each_choice_of_section_2_2_1_is_an_and_gate(w1, w2, theta):
    assert [perceptron(x, [w1, w2], -theta) for x in INPUTS] == [0, 0, 0, 1]


def test_turning_all_signs_of_and_makes_nand():
    for x in INPUTS:
        assert perceptron(x, [-0.5, -0.5], 0.7) == 1 - perceptron(x, [0.5, 0.5], -0.7)


def test_a_perceptron_exactly_on_its_threshold_does_not_fire():
    assert perceptron([1, 0], [0.5, 0.5], -0.5) == 0


def test_the_truth_table_is_printed_in_the_books_order(capsys):
    print_truth_table(AND)
    assert capsys.readouterr().out.splitlines() == [
        "x1 x2 | AND",
        " 0  0 |  0",
        " 1  0 |  0",
        " 0  1 |  0",
        " 1  1 |  1",
    ]


@pytest.mark.parametrize(
    "line, right_for_or, right_for_xor",
    [
        ([], 4, 3),
        (["--line", "-0.5", "1", "1"], 4, 3),
        (["--line", "1.5", "-1", "-1"], 2, 3),
        (["--line", "1", "0", "0"], 3, 2),
    ],
)
def test_gate_regions_counts_the_points_on_the_right_side(
    line, right_for_or, right_for_xor, tmp_path, capsys
):
    run(main, "Regions.", options, [*line, "--out", str(tmp_path)])
    printed = capsys.readouterr().out
    assert f"OR: the line has {right_for_or} of 4 points" in printed
    assert f"XOR: the line has {right_for_xor} of 4 points" in printed
