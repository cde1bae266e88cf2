"""Whatever a learner's file holds is told as what it is, in one or two sentences."""

import pytest

from dlscratch.exercises.examine import examine


@pytest.fixture
def told(relu):
    """told(source): the key of the message, and its text in English."""

    def told(source):
        finding = examine(relu, source, "relu.py")
        return finding.key, finding.text(relu, "en")

    return told


CLASS = """
import numpy as np
class Relu:
    def forward(self, x):
        {forward}
    def backward(self, dout):
        {backward}
"""


def layer(forward="self.m = x > 0; return x * self.m", backward="return dout * self.m"):
    return CLASS.format(forward=forward, backward=backward)


@pytest.mark.parametrize("source", ["", "\n\n", '"""Only a docstring."""\n', "# a comment\n"])
def test_an_empty_file(source, told):
    key, text = told(source)
    assert key == "empty" and "`dlscratch exercises reset relu`" in text


def test_a_syntax_error_shows_the_line(told):
    key, text = told(layer(forward="return x +"))
    assert key == "syntax"
    assert text == "Python cannot read line 5: invalid syntax.\n    5 | return x +"


@pytest.mark.parametrize(
    "line",
    [
        "from dlscratch import ReLU as Relu",
        "import dlscratch.layers",
        "from common.layers import Relu",
        "from dlscratch.layers.activations import *",
        "Relu = __import__('dlscratch').ReLU",
        "import importlib; Relu = importlib.import_module('dlscratch.layers').ReLU",
    ],
)
def test_an_import_of_the_answer(line, told):
    key, text = told(f"{line}\n{layer()}")
    assert key == "copied" and "holds the answer. Write it yourself" in text


@pytest.mark.parametrize(
    "line",
    [
        "import sys; Relu = sys.modules['dlscr' + 'atch'].ReLU",
        "import sys\nclass Relu(sys.modules['dlscr' + 'atch'].ReLU):\n    pass",
    ],
)
def test_the_librarys_own_class_under_the_learners_name(line, told):
    key, text = told(line)
    assert key == "not_theirs"
    assert text.startswith("Relu is not written in this file, it comes from dlscratch.layers")


def test_another_package(told):
    assert told("import torch\n" + layer())[0] == "import"
    assert told("import math, dataclasses\n" + layer())[0] == "done"


def test_a_hole_is_named_with_its_line(told, relu):
    key, text = told(relu.hole())
    line = relu.hole().splitlines().index("        raise NotImplementedError") + 1
    assert key == "hole" and text.startswith(
        f"Still to be written: Relu.forward. Replace line {line}"
    )


def test_a_hole_that_is_left_behind_the_code_is_no_hole(told):
    assert told(layer(backward="return dout * self.m; raise NotImplementedError"))[0] == "done"


@pytest.mark.parametrize(
    "source, key, text",
    [
        (layer(forward="return y"), "raised", "Line 5 fails: NameError: name 'y' is not defined."),
        (layer() + "1 / 0\n", "raised", "Line 8 fails: ZeroDivisionError: division by zero."),
        (layer() + "raise SystemExit\n", "raised", "Line 8 fails: SystemExit."),
        (layer() + "input()\n", "raised", "Line 8 fails: "),
        (layer(forward="return self.forward(x)"), "raised", "Line 5 fails: RecursionError: "),
        (layer(forward="pass"), "none", "Relu().forward(np.array([[1.0, -0.5], [-2.0, 3.0]])) ret"),
        (layer(forward="return 'x'"), "kind", "That should be numbers, but it is of type str."),
        (layer(forward="return [[1, 0], [0, 3]]"), "kind", "That should be numbers, but it is of"),
        (layer(forward="return x[0]"), "shape", "The shape is (2,), expected (2, 2)."),
        (layer(forward="return x * 7"), "value", "The numbers are not right yet."),
        (layer(forward="return x / 0"), "nan", "The result holds inf or nan"),
        (layer(forward="x *= x > 0; return x"), "writes", "Line 5 writes into an argument"),
        (layer(forward="return x if x > 0 else 0"), "truth", "Line 5 asks whether a whole array"),
        (
            layer(backward="return dout * self.n"),
            "raised",
            "Line 7 fails: AttributeError: 'Relu' o",
        ),
        (layer().replace(", x)", ")"), "signature", "It cannot be called as the exercise says: Ty"),
        (layer().replace("backward", "back"), "signature", "It cannot be called as the exercise"),
        (layer().replace("Relu", "ReLu"), "no_name", "There is no Relu in the file: keep the nam"),
        ("Relu = 3\n", "signature", "It cannot be called as the exercise says: TypeError: 'int'"),
    ],
)
def test_what_goes_wrong_is_told_with_the_learners_own_line(source, key, text, told, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda: {}["nothing"])
    found, said = told(source)
    assert (found, said[: len(text)]) == (key, text)
    assert len(said.splitlines()[0]) < 300 and "Traceback" not in said


def test_the_gradient_checkers_diagnosis_is_told_in_plain_words(told):
    """What no named mistake explains: here a gradient that is right for the example alone."""
    two = "return dout * self.m * (1 if len(dout) < 4 else 2)"
    key, text = told(layer(backward=two))
    assert key == "gradient_factor" and text.startswith("dx is 2 times the gradient.")
    assert "returned  " in text and "expected  " in text


def test_what_the_file_prints_is_kept(relu):
    finding = examine(relu, layer(forward="print('x is', x.shape); return x"), "relu.py")
    assert finding.printed == "x is (2, 2)\n"


def test_no_warning_of_numpy_gets_in_the_way(told):
    assert told(layer() + "np.log(np.zeros(1))\nnp.exp(np.array([1e4]))\n")[0] == "done"


def test_ctrl_c_is_no_mistake_of_the_learner(told):
    with pytest.raises(KeyboardInterrupt):
        told("raise KeyboardInterrupt")
