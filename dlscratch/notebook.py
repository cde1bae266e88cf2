"""For the first cell of a notebook: inline figures, options, exercises with a check.

A notebook of a chapter is made from its scripts (docs/make_notebooks.py). Its cells get from
`arguments` what a script gets from the command line; a saved figure is also shown below the cell. A
cell that begins with %%check and the name of an exercise is checked when it is run.
"""

import io
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from IPython import get_ipython
from IPython.core.magic import register_cell_magic
from IPython.display import Image, display

from dlscratch.book.chapters import ROOT
from dlscratch.book.experiment import Arguments, Parser, options_of_all
from dlscratch.exercises import exercises
from dlscratch.exercises.workbook import Workbook

__all__ = ["ROOT", "arguments", "run_here", "show"]

Options = Callable[[Any], None]
EXERCISES = Path("my_exercises")  # the code of checked cells is saved here


class Inline(Arguments):
    """The arguments of a script whose figures are shown on the page as well as saved."""

    def save(self, fig: Any, name: str) -> Path:
        path = super().save(fig, name)
        show(fig)
        return path


def show(fig: Any) -> None:
    """Show a figure below the cell, in its own size."""
    png = io.BytesIO()
    fig.savefig(png)
    display(Image(png.getvalue(), width=round(96 * fig.get_figwidth())))  # 96 pixels per inch


def arguments(options: Options | None = None, command: str = "") -> Inline:
    """The arguments that a script's `main(args)` would get for this command; options: its own."""
    parser = Parser("arguments")
    options_of_all(parser, default_out=Path("out"))
    if options is not None:
        options(parser)
    args = parser.parse_args(shlex.split(command), Inline(error=parser.error))
    args.out.mkdir(parents=True, exist_ok=True)
    return args


def run_here(main: Callable[..., Any], options: Options | None = None, command: str = "") -> None:
    """Run the `main` of a script with the options of this command, and print its claims."""
    for claim in main(arguments(options, command)) or []:
        print(claim)


def check(line: str, cell: str) -> None:
    """%%check ch05_5_1_relu: check the cell as a solution of this exercise, print the result."""
    workbook = Workbook(EXERCISES)
    exercise = next((one for one in exercises() if one.name == line.strip()), None)
    if exercise is None:
        print(f"expected %%check and the name of an exercise, got {line.strip()!r}")
        return
    EXERCISES.mkdir(exist_ok=True)
    workbook.path(exercise).write_text(cell, encoding="utf-8")
    finding = workbook.find(exercise)
    print(f"{exercise.name}: {finding.status}", finding.text(exercise, "en"), sep="\n")


if get_ipython() is not None:
    register_cell_magic(check)
