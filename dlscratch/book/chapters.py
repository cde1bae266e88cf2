"""Where the chapters' scripts are, and what each says about itself.

A chapter is a folder called ch01, ch02 and so on, a script is a file in it with a function `main`.
New ones are found automatically: everything that lists chapters uses this module. A script's name
is ch06/overfit_dropout, its title the first line of its docstring. After a run its record (see
`dlscratch.book.experiment`) tells its results, and how long it took.
"""

import ast
import importlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]  # the chapters lie beside the library, installed or not
TIMES = Path(__file__).with_name("times.json")  # measured by `dlscratch reproduce --publish`


@dataclass(frozen=True)
class Script:
    """One script: `path` of its file, `title` of its lesson."""

    path: Path
    title: str

    @property
    def figures(self) -> str:
        """The figures of the book that it draws, as its title names them: "6-1 to 6-3"."""
        return self._parts()[0]

    @property
    def lesson(self) -> str:
        """The title without these numbers."""
        return self._parts()[1]

    def _parts(self):
        found = re.fullmatch(r"Figures? (\d[^:]*): (.*)", self.title)
        return found.groups() if found else ("", self.title)

    @property
    def chapter(self) -> str:
        """ch06"""
        return self.path.parent.name

    @property
    def name(self) -> str:
        """ch06/overfit_dropout"""
        return f"{self.chapter}/{self.path.stem}"

    @property
    def section(self) -> tuple[int, ...]:
        """The first section of its own chapter that its title names: (6, 4, 3)."""
        numbers = re.findall(rf"\b{int(self.chapter[2:])}(?:\.\d+)+", self.title)
        return tuple(map(int, numbers[0].split("."))) if numbers else ()

    def load(self) -> ModuleType:
        """The module, with its `main`, its docstring and perhaps its `options`."""
        return importlib.import_module(f"{self.chapter}.{self.path.stem}")

    def record(self, out: Path) -> dict[str, Any] | None:
        """What the last run below the folder `out` left behind; None if there is nothing to read.

        A dict of seed, options (what differed from the defaults), seconds, figures (names of
        files) and claims (each a dict of what, book, ours, holds, why).
        """
        try:
            return json.loads((out / f"{self.name}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None


def chapters() -> list[Path]:
    """The folders of all chapters, in order.

    >>> [folder.name for folder in chapters()][:3]
    ['ch01', 'ch02', 'ch03']
    """
    return sorted(ROOT.glob("ch[0-9][0-9]"))


def modules() -> list[Path]:
    """Every Python file of every chapter: the scripts, and what they share.

    >>> [path.name for path in modules()][:3]
    ['hungry.py', 'img_show.py', 'man.py']
    """
    return [path for folder in chapters() for path in sorted(folder.glob("*.py"))]


def scripts() -> list[Script]:
    """All scripts of all chapters, in the order of the book's sections.

    >>> [script.name for script in scripts()][:2]
    ['ch01/repl', 'ch01/hungry']
    """
    found = []
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body):
            title = (ast.get_docstring(tree) or "").partition("\n")[0]
            found.append(Script(path, title))
    return sorted(found, key=lambda script: (script.chapter, script.section, script.name))
