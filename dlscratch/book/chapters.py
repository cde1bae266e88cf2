"""Find the chapters' scripts, their titles and the records of their last runs.

A chapter is a folder called ch01, ch02 and so on, a script is a file in it with a function `main`.
New ones are found automatically: everything that lists chapters uses this module. A script has a
name such as ch06/overfit_dropout; its title is the first line of its docstring. A run writes a
record (see `dlscratch.book.experiment`) with its results and its time.
"""

import ast
import importlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]  # the chapters are beside the package, installed or not
TIMES = Path(__file__).with_name("times.json")  # measured by `dlscratch reproduce --publish`


@dataclass(frozen=True)
class Script:
    """One script: the `path` of its file, and its `title`, the first line of its docstring."""

    path: Path
    title: str

    @property
    def figures(self) -> str:
        """The figures of the book that it draws, from its title, such as "6-1 to 6-3"."""
        return self._parts()[0]

    @property
    def lesson(self) -> str:
        """The title without the numbers of figures."""
        return self._parts()[1]

    def _parts(self):
        found = re.fullmatch(r"Figures? (\d[^:]*): (.*)", self.title)
        return found.groups() if found else ("", self.title)

    @property
    def chapter(self) -> str:
        """The name of its chapter's folder, such as ch06."""
        return self.path.parent.name

    @property
    def name(self) -> str:
        """Its name on the command line, such as ch06/overfit_dropout."""
        return f"{self.chapter}/{self.path.stem}"

    @property
    def section(self) -> tuple[int, ...]:
        """The first section of its own chapter in its title, such as (6, 4, 3)."""
        numbers = re.findall(rf"\b{int(self.chapter[2:])}(?:\.\d+)+", self.title)
        return tuple(map(int, numbers[0].split("."))) if numbers else ()

    def load(self) -> ModuleType:
        """Import the script: a module with `main`, a docstring and perhaps `options`."""
        return importlib.import_module(f"{self.chapter}.{self.path.stem}")

    def record(self, out: Path) -> dict[str, Any] | None:
        """The record that its last run wrote below the folder `out`; None without a readable one.

        A dict of seed, options (those that differ from the defaults), seconds, figures (names of
        files) and claims (each a dict of what, book, ours, holds, why, quoted).
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
    """Every Python file of every chapter: scripts, and modules that they share.

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
