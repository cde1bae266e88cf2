"""graph: expressions and networks as computational graphs, printed and drawn."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlscratch.graph.expression import parse


def test_the_apples_of_the_book(dlscratch):
    done = dlscratch("graph", "payment = apple * number * 1.1", "apple=100", "number=2")
    assert done.code == 0
    assert done.out.splitlines() == [
        "payment = 220",
        "gradient by apple = 2.2",
        "gradient by number = 110",
        "graph: graph.png",
    ]
    with Image.open("graph.png") as picture:
        assert min(picture.size) > 100


@pytest.mark.parametrize("ending, start", [("svg", b"<?xml"), ("pdf", b"%PDF"), ("PNG", b"\x89P")])
def test_the_ending_decides_what_is_written(ending, start, dlscratch):
    assert dlscratch("graph", "a + b", "a=1", "b=2", "--out", f"new/g.{ending}").code == 0
    assert Path(f"new/g.{ending}").read_bytes().startswith(start)


def test_an_svg_holds_the_values_and_the_gradients(dlscratch):
    dlscratch("graph", "a * b", "a=3", "b=7", "--out", "g.svg")
    svg = Path("g.svg").read_text(encoding="utf-8")
    assert all(f"<!-- {word} -->" in svg for word in ("a", "b", "3", "7", "21"))


def test_arrays_show_the_gradients_of_their_sum(dlscratch):
    done = dlscratch("graph", "X @ W", "X=[[1,2]]", "W=[[3],[4]]", "--out", "g.svg")
    assert done.out.splitlines()[:3] == [
        "value = [[11.]]",
        "gradient by X = [[3., 4.]]",
        "gradient by W = [[1.],",
    ]


def test_forward_leaves_the_gradients_out(dlscratch):
    done = dlscratch("graph", "a * 2", "a=1", "--forward")
    assert done.out == "value = 2\ngraph: graph.png\n"


@pytest.mark.parametrize(
    "text, names, value",
    [
        ("1 / (1 + exp(-x))", {"x": 2.0}, 1 / (1 + np.exp(-2))),
        ("log(x) - 3", {"x": 2.0}, np.log(2) - 3),
        ("(x + y) ** 2", {"x": 2.0, "y": 5.0}, 49.0),
        ("relu(-x) + y", {"x": 2.0, "y": 5.0}, 5.0),
        ("sum(z) * x", {"x": 2.0, "z": np.array([1.0, 2.0, 3.0])}, 12.0),
        ("x - -y / 2 + 1 - x", {"x": 2.0, "y": 5.0}, 3.5),
    ],
)
def test_an_expression_has_the_value_that_python_gives_it(text, names, value):
    assert parse(text, names).value == pytest.approx(value)


def test_a_network_is_drawn_with_its_shapes(dlscratch):
    argv = ["graph", "ch05/two_layer_net", "--args", "784, 50, 10", "--batch", "7"]
    assert dlscratch(*argv, "--out", "net.svg").out == "graph: net.svg\n"
    svg = Path("net.svg").read_text(encoding="utf-8")
    assert all(f"<!-- {word} -->" in svg for word in ("Affine", "W1", "(7, 784)", "(784, 50)"))


def test_the_graph_of_a_network_can_be_drawn_without_gradients(dlscratch):
    argv = ["graph", "ch07/simple_convnet", "--batch", "2", "--out"]
    dlscratch(*argv, "both.svg")
    dlscratch(*argv, "forward.svg", "--forward")
    words = [Path(name).read_text().count("<!-- (30,) -->") for name in ("both.svg", "forward.svg")]
    assert words == [2, 1]


@pytest.mark.parametrize(
    "argv, answer",
    [
        (["apple * 2"], "apple has no value: add one, apple=3"),
        (["apple * 2", "apple=1", "pear=2"], "pear does not occur in 'apple * 2'"),
        (
            ["apple * 2", "apple"],
            "expected a name and its value, such as apple=100, got 'apple'",
        ),
        (
            ["apple * 2", "apple=x"],
            "expected a name and its value, such as apple=100, got 'apple=x'",
        ),
        (["apple * 2", "2=2"], "expected a name and its value, such as apple=100, got '2=2'"),
        (["apple *", "apple=1"], "this is not an expression: apple *"),
        (["a = b = 2"], "there is nothing to work out in 'a = b = 2'"),
        (["1 + 2"], "there is nothing to work out in '1 + 2'"),
        (
            ["a % 2", "a=1"],
            "a % 2 is not understood: expected + - * / ** @, numbers, names, max(x, y) and exp,",
        ),
        (["x^2", "x=1"], "x ^ 2: a power is written **, as in x ** 2"),
        (["a", "a=2"], "there is nothing to work out in 'a'; try: apple * 2 apple=100"),
        (["max(x)", "x=1"], "max(x) is not understood"),
        (["open(a + 1)", "a=1"], "open(a + 1) is not understood"),
        (["2 ** a", "a=1"], "an exponent must be a number"),
        (["log(a) + 1", "a=0"], "log(a) + 1: log of 0 has no finite value"),
        (["sqrt(a)", "a=-1"], "sqrt(a): sqrt of −1 has no finite value"),
        (["exp(a)", "a=1000"], "exp(a): exp of 1000 has no finite value"),
        (["1 / a", "a=0"], "1 / a: 1 / 0 has no finite value"),
        (["X @ W", "X=[1,2]", "W=[1,2,3]"], "X @ W: shapes"),
        (["x @ x", "x=2"], "x @ x: shapes () and (): @ expects vectors or matrices"),
        (["X @ W", "X=[[1,2]]", "W=[[1,2,3]]"], "X @ W: shapes (1, 2) and (1, 3): @ expects as"),
        (["x ** 0.5", "x=-8"], "x ** 0.5: -8.0 ** 0.5 is no real number"),
        (["(-8) ** 0.5 * x", "x=1"], "(-8) ** 0.5 is no real number"),
        (["x * 9**9**9", "x=1"], "x * 9**9**9: (34, "),
        (["x + " + "9" * 400, "x=1"], "x + 999"),
        (["x + " + "(" * 3000, "x=1"], "this is not an expression: x + ((("),
        (["x" + "+x" * 900, "x=1"], "900 operations are too many for one picture: 50 at most"),
        (["2 * " + "-" * 899 + "x", "x=1"], "900 operations are too many for one picture"),
        (["2 @ 3 + x", "x=1"], "2 @ 3 + x: unsupported operand"),
        (
            ["a * 2", "a=1", "--out", "graph.gif"],
            "--out must end in .png, .svg, .pdf, got graph.gif",
        ),
        (["nothing_here"], "there is no file or module nothing_here"),
        (
            ["ch05/two_layer_net"],
            "TwoLayerNet needs input_size, hidden_size, output_size: give them",
        ),
        (["ch05/layer_naive"], "there is no network in ch05/layer_naive"),
    ],
)
def test_a_mistake_of_the_reader_is_one_line(argv, answer, mistake):
    assert mistake("graph", *argv).startswith(answer)
    assert not Path("graph.png").exists()


def test_a_title_that_is_no_tex_is_told_and_leaves_no_half_of_a_picture(dlscratch):
    done = dlscratch("graph", "x * 2", "x=1", "--title", r"$\frac{$")
    assert done.code == 2 and not Path("graph.png").exists()
    (line,) = done.err.splitlines()
    assert "--title" in line and "cannot be set in TeX" in line


def test_a_single_name_may_be_meant_as_an_expression(mistake):
    said = mistake("graph", "apple")
    assert said.startswith("there is no file or module apple")
    assert "as an expression it needs a value: apple=3" in said
