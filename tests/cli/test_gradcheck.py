"""gradcheck: a verdict on a layer of the reader's own, whatever that layer does."""

import shlex
import textwrap

import pytest

LAYERS = """
import numpy as np

class Square:
    def forward(self, x):
        self.x = x
        return x**2

    def backward(self, dout):
        return 2 * self.x * dout

class Halved(Square):
    def backward(self, dout):
        return self.x * dout

class InPlace(Square):
    def backward(self, dout):
        dout *= 2 * self.x
        return dout

class NoSum:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout
        return dout @ self.W.T

class Loss:
    def forward(self, x, t):
        self.x, self.t = x, np.eye(x.shape[1])[t]
        return np.sum((self.x - self.t) ** 2) / 2

    def backward(self, dout=1):
        return dout * (self.x - self.t)

class Noise(Square):
    def __init__(self, scale=1.0, rng=None):
        self.factor = scale * rng.random()

class Typo(Square):
    def forward(self, x):
        return y

class NumPyTypo(Square):
    def forward(self, x):
        return np.zero(x.shape)

class Images(Square):
    def forward(self, x):
        N, C, H, W = x.shape
        return super().forward(x)

class Half(Loss):
    def forward(self, x, t):
        self.x, self.t = x, t + 0 * x
        return np.sum((self.x - self.t) ** 2) / 2

class Partner:
    def __init__(self, pooling):
        self.pooling = pooling

    forward = backward = Square.forward
"""


@pytest.fixture
def gradcheck(dlscratch, tmp_path):
    (tmp_path / "my_layers.py").write_text(textwrap.dedent(LAYERS))
    return lambda name, *options: dlscratch("gradcheck", f"my_layers.py:{name}", *options)


def test_a_right_layer_is_right_and_the_exit_code_is_0(gradcheck):
    done = gradcheck("Square")
    assert done.code == 0
    assert done.out.startswith("Square: right\n  worst           dx")


def test_a_wrong_layer_is_wrong_with_worst_entry_and_cause_and_the_exit_code_is_1(gradcheck):
    done = gradcheck("Halved")
    assert done.code == 1
    first, place, said, measured, error, cause = done.out.splitlines()
    assert first == "Halved: WRONG"
    assert place.startswith("  worst           dx[")
    assert float(measured.split()[-1]) == pytest.approx(2 * float(said.split()[-1]))
    assert error == "  relative error  5.0e-01"
    assert cause == "  Likely cause: a factor, the gradient is 0.5 times what it should be."


@pytest.mark.parametrize(
    "name, options, cause",
    [
        ("InPlace", [], "writes into its input"),
        ("NoSum", ["--args", "rng.standard_normal((5, 3)), np.zeros(3)"], "sum over the batch"),
    ],
)
def test_the_likely_cause_is_named(name, options, cause, gradcheck):
    done = gradcheck(name, *options)
    assert done.code == 1 and cause in done.out


def test_a_loss_gets_labels(gradcheck, mistake):
    assert gradcheck("Loss", "--labels").code == 0
    assert mistake("gradcheck", "my_layers.py:Loss").endswith("add --labels or --targets")
    assert mistake("gradcheck", "my_layers.py:Square", "--labels").endswith("leave out --labels")


def test_a_layer_that_takes_an_rng_gets_one(gradcheck):
    assert gradcheck("Noise").code == 0
    assert gradcheck("Noise", "--args", "scale=2").code == 0


def test_the_shape_of_the_input_can_be_chosen(gradcheck):
    assert gradcheck("Images", "--shape", "4,2,3,3").code == 0


def test_the_only_layer_of_a_file_needs_no_name(dlscratch, tmp_path):
    (tmp_path / "one.py").write_text(LAYERS.partition("class Halved")[0])
    assert dlscratch("gradcheck", "one.py").out.startswith("Square: right")


def test_a_file_finds_those_beside_it(dlscratch, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/helper_of_mine.py").write_text("factor = 2")
    (tmp_path / "folder/mine.py").write_text(
        "from helper_of_mine import factor\n"
        "class Twice:\n"
        "    def forward(self, x): return factor * x\n"
        "    def backward(self, dout): return factor * dout\n"
    )
    assert dlscratch("gradcheck", "folder/mine.py:Twice").code == 0


def test_a_layer_of_the_library_can_be_checked(dlscratch):
    done = dlscratch("gradcheck", "dlscratch:Pooling", "--args", "2, 2", "--shape", "4,3,6,6")
    assert done.code == 0


def test_the_other_mode_can_be_checked(dlscratch):
    argv = ["gradcheck", "dlscratch:Dropout", "--args", "0.5"]
    assert dlscratch(*argv).out != dlscratch(*argv, "--no-training").out


@pytest.mark.parametrize(
    "target, options, answer",
    [
        ("my_layers.py", [], "which layer of my_layers.py? Square, Halved, InPlace, NoSum, Loss"),
        ("my_layers.py:Sqare", [], "there is no Sqare in my_layers.py, but Square, Halved"),
        ("my_layers.py:np", [], "np in my_layers.py is not a layer"),
        (
            "my_layers.py:NoSum",
            [],
            "NoSum needs W, b: give them, such as --args 'rng.standard_normal",
        ),
        ("my_layers.py:Square", ["--args", "3"], "Square(3) failed: TypeError: Square() takes no"),
        ("my_layers.py:Square", ["--args", "3,,"], "Square(3,,) failed: SyntaxError"),
        ("my_layers.py:Square", ["--shape", "4,x"], "argument --shape: expected a shape such as"),
        (
            "my_layers.py:Square",
            ["--shape", "1000000,1000000"],
            "--shape (1000000, 1000000) holds over 10,000,000 numbers",
        ),
        ("my_layers.py:Square", ["--shape", "0,3"], "argument --shape: expected a shape such as"),
        (
            "my_layers.py:Typo",
            [],
            "checking Typo with an input of shape (4, 5) failed (my_layers.py, line 47): NameError",
        ),
        (
            "my_layers.py:NumPyTypo",
            [],
            "checking NumPyTypo with an input of shape (4, 5) failed (my_layers.py, line 51): Attr",
        ),
        (
            "my_layers.py:Images",
            [],
            "checking Images with an input of shape (4, 5) failed (my_layers.py, line 55): Value",
        ),
        (
            "my_layers.py:Partner",
            [],
            "Partner needs pooling: give them as in a call, --args 'pooling'",
        ),
        ("nothing.py:X", [], "there is no file nothing.py"),
        ("no_such_module:X", [], "there is no file or module no_such_module"),
        ("../up:X", [], "there is no file or module ../up"),
        ("", [], "there is no file or module "),
        ("syntax.py", [], "reading syntax.py failed: SyntaxError: "),
        ("raises.py", [], "reading raises.py failed (raises.py, line 2): ZeroDivisionError: "),
        ("imports.py", [], "reading imports.py failed (imports.py, line 1): ModuleNotFoundError: "),
        ("empty.py", [], "there is no layer in empty.py"),
        ("ch08/deep_convnet:DeepConvNet", [], "DeepConvNet in ch08/deep_convnet is not a layer"),
    ],
)
def test_a_mistake_of_the_reader_is_one_line(target, options, answer, mistake, gradcheck, tmp_path):
    (tmp_path / "syntax.py").write_text("x = (")
    (tmp_path / "raises.py").write_text("x = 1\nx / 0")
    (tmp_path / "imports.py").write_text("import no_such_package")
    (tmp_path / "empty.py").write_text("x = 1")
    assert mistake("gradcheck", target, *options).startswith(answer)


def test_an_input_that_does_not_fit_brings_up_the_option_that_sets_its_shape(gradcheck, mistake):
    gradcheck("Square")
    said = mistake("gradcheck", "my_layers.py:Images")
    assert said.endswith("; an input of another shape: --shape, for images --shape 4,3,6,6")
    assert "--shape" not in mistake("gradcheck", "my_layers.py:Typo")


def test_a_loss_of_numbers_gets_targets_of_the_shape_of_x(gradcheck, mistake):
    assert gradcheck("Half", "--targets").code == 0
    assert gradcheck("Half", "--targets").code == 0
    said = mistake("gradcheck", "my_layers.py:Half", "--labels")
    assert said.endswith("; targets that are numbers, as many as x has: --targets")


NEED_ARGUMENTS = """
    Affine BinaryAffine BatchNorm Convolution TransposedConvolution Pooling AveragePooling Embedding
    RNN LSTM
""".split()


@pytest.mark.parametrize("name", NEED_ARGUMENTS)
def test_a_layer_without_arguments_shows_those_of_its_class_and_they_work(
    name, dlscratch, mistake, tmp_path
):
    text = f"from dlscratch import {name}\nclass Mine({name}):\n    pass\n"
    (tmp_path / "mine.py").write_text(text)
    said = mistake("gradcheck", "mine.py:Mine")
    options = shlex.split(said.partition("give them, such as ")[2])
    assert options and dlscratch("gradcheck", "mine.py:Mine", *options).out.startswith("Mine: ")
