"""What the first cell of a notebook imports: inline figures, options, exercises with a check.

A notebook of a chapter is made of its scripts (docs/make_notebooks.py). What a script gets from the
command line its cells get from `arguments`; what it saves as a file is shown below the cell. A cell
that begins with %%check and the name of an exercise is checked when it is run.
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
EXERCISES = Path("my_exercises")  # what a checked cell holds is kept here


class Inline(Arguments):
    """The arguments of a script whose figures are shown on the page as well as saved."""

    def save(self, fig: Any, name: str) -> Path:
        path = super().save(fig, name)
        show(fig)
        return path


def show(fig: Any) -> None:
    """The figure on the page, in its own size."""
    png = io.BytesIO()
    fig.savefig(png)
    display(Image(png.getvalue(), width=round(96 * fig.get_figwidth())))  # 96 pixels an inch


def arguments(options: Options | None = None, command: str = "") -> Inline:
    """What `main(args)` of a script would get for this command; `options` is the script's own."""
    parser = Parser("arguments")
    options_of_all(parser, default_out=Path("out"))
    if options is not None:
        options(parser)
    args = parser.parse_args(shlex.split(command), Inline(error=parser.error))
    args.out.mkdir(parents=True, exist_ok=True)
    return args


def run_here(main: Callable[..., Any], options: Options | None = None, command: str = "") -> None:
    """Run the `main` of a script as the command would, and print its claims."""
    for claim in main(arguments(options, command)) or []:
        print(claim)


def check(line: str, cell: str) -> None:
    """%%check ch05_5_1_relu: what the check of this exercise says of the cell."""
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
