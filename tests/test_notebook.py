"""What the first cell of a notebook imports: arguments as on the command line, checked cells."""

import pytest

pytest.importorskip("IPython", reason="IPython is not installed: it is in .[dev]")

from dlscratch import figures, notebook
from dlscratch.book.experiment import Claim


def options(parser):
    parser.add_argument("--lr", type=float, default=0.1)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shown(monkeypatch):
    pictures = []
    monkeypatch.setattr(notebook, "display", pictures.append)
    return pictures


def test_arguments_are_those_of_the_command(here):
    args = notebook.arguments(options, "--quick --lr 0.5 --out out/ch04")
    assert args.quick and args.lr == 0.5 and args.seed == 0
    assert (here / "out" / "ch04").is_dir()


def test_a_figure_is_shown_and_what_is_saved_is_shown_too(shown, here):
    notebook.show(figures.new(size=(4, 3))[0])
    notebook.arguments().save(figures.new(size=(4, 3))[0], "empty.png")
    assert [picture.width for picture in shown] == [384, 384]
    assert (here / "out" / "empty.png").exists()


def test_run_here_prints_the_claims_of_main(capsys):
    notebook.run_here(lambda args: [Claim("rate", "0.1", str(args.lr))], options, "--lr 0.2")
    assert capsys.readouterr().out == "rate | book: 0.1 | here: 0.2 | holds\n"


def test_a_checked_cell_says_what_is_wrong_and_what_is_right(capsys):
    code = "class Relu:\n  def forward(self, x):\n    {}\n  def backward(self, dout):\n    {}\n"
    raised = "raise NotImplementedError"
    notebook.check("ch05_5_1_relu", code.format(raised, raised))
    assert "ch05_5_1_relu: open\nStill to be written" in capsys.readouterr().out
    right = code.format("self.mask = x > 0; return x * self.mask", "return dout * self.mask")
    notebook.check("ch05_5_1_relu", right)
    assert "ch05_5_1_relu: done" in capsys.readouterr().out
    notebook.check("relu", right)
    assert "the name of an exercise, got 'relu'" in capsys.readouterr().out
