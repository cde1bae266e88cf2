"""One exercise, read from its folder: the lesson, the file with holes, the solution, the hints."""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parent
HOLE = "raise NotImplementedError"
GIVEN = "  # given"  # at the end of a `def` line: the learner gets this function
LANGUAGES = ("en", "zh")


def parse(source: str) -> ast.Module:
    """ast.parse, once more where garbage was collected meanwhile: Python 3.11 fails then."""
    try:
        return ast.parse(source)
    except SystemError:  # "AST constructor recursion depth mismatch"
        return ast.parse(source)


@dataclass(frozen=True)
class Exercise:
    """An exercise by its name, such as ch05_5_1_relu.

    >>> Exercise("ch05_5_1_relu").section
    '5.5.1'
    """

    name: str

    @property
    def chapter(self) -> int:
        return int(self.name[2:4])

    @property
    def section(self) -> str:
        below = self._parts()[0].strip("_").split("_")
        return ".".join([str(self.chapter), *filter(None, below)])

    @property
    def topic(self) -> str:
        """relu, of ch05_5_1_relu"""
        return self._parts()[1]

    def _parts(self) -> tuple[str, str]:
        found = re.fullmatch(r"ch\d\d((?:_\d)*)_([a-z]\w*)", self.name)
        assert found, f"{self.name}: expected a name such as ch05_5_1_relu"
        return found[1], found[2]

    @cached_property
    def module(self) -> ModuleType:
        """Its texts and its check."""
        return importlib.import_module(f"dlscratch.exercises.{self.name}")

    @property
    def fast(self) -> bool:
        return getattr(self.module, "FAST", False)

    @cached_property
    def _source(self) -> str:
        return (FOLDER / self.name / "solution.py").read_text(encoding="utf-8")

    def lesson(self, lang: str) -> str:
        if lang == "zh":
            return self.module.LESSON_ZH.strip()
        return (ast.get_docstring(parse(self._source), clean=False) or "").strip()

    def title(self, lang: str) -> str:
        """The first line of the lesson, without the section.

        >>> Exercise("ch05_5_1_relu").title("en")
        'ReLU: positive numbers pass, all others become 0'
        """
        return re.sub(r"\s*[（(][^()（）]*[)）][.。]$", "", self.lesson(lang).partition("\n")[0])

    def solution(self, lang: str = "en") -> str:
        """The file as it could be in the end."""
        return self._with_lesson(lang, self._code().replace(GIVEN, ""))

    def hole(self, lang: str = "en") -> str:
        """The file as the learner gets it."""
        code = self._code()
        lines = code.splitlines()
        for function in reversed(list(functions(parse(code)))):
            first, last = function.body[0].lineno, function.body[-1].end_lineno
            if not any(line.endswith(GIVEN) for line in lines[function.lineno - 1 : first - 1]):
                indent = " " * function.body[0].col_offset
                lines[first - 1 : last] = [indent + HOLE]
        return self._with_lesson(lang, "\n".join(lines).replace(GIVEN, "") + "\n")

    def _code(self) -> str:
        """solution.py below its docstring."""
        docstring = parse(self._source).body[0]
        return "\n".join(self._source.splitlines()[docstring.end_lineno :]).strip() + "\n"

    def _with_lesson(self, lang: str, code: str) -> str:
        return f'"""{self.lesson(lang)}\n"""\n\n{code}'


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """The functions of a file and the methods of its classes, in their order."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node)


def exercises(fast: bool = False) -> list[Exercise]:
    """All exercises, or the one of each chapter that is on the fast track, in the book's order.

    >>> exercises()[0].name
    'ch02_3_3_gates'
    """
    names = sorted(path.parent.name for path in FOLDER.glob("*/solution.py"))
    every = [Exercise(name) for name in names]
    return [exercise for exercise in every if exercise.fast] if fast else every
