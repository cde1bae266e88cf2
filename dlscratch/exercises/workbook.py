"""The learner's folder: files with holes, and all that is known of the learner.

There is no other state: what is done is found out by checking, the language is that of the files.
So it can be copied, kept in git, and taken to another machine.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from dlscratch.exercises import source
from dlscratch.exercises.exercise import Exercise, exercises
from dlscratch.exercises.finding import Finding
from dlscratch.exercises.process import check_file

TESTS = "test_exercises.py"
FOR_PYTEST = '''"""For a teacher: `pytest` checks every exercise of this folder."""

import pathlib

import pytest

from dlscratch.exercises import check_file, exercises


@pytest.mark.parametrize("exercise", exercises(fast={fast}), ids=lambda exercise: exercise.name)
def test_exercise(exercise):
    finding = check_file(exercise, pathlib.Path(__file__).with_name(f"{{exercise.name}}.py"))
    if finding.key != "done":
        pytest.fail(finding.text(exercise, "{lang}"), pytrace=False)
'''
SETTINGS = "pytest.ini"  # so that no settings of a folder above are used
Check = Callable[[Exercise, Path], Finding]


@dataclass(frozen=True)
class Workbook:
    """A folder with exercises; `check` runs one of them."""

    folder: Path
    check: Check = check_file

    def start(self, lang: str, fast: bool = False) -> tuple[list[Exercise], list[Exercise]]:
        """Put the files there that are missing: (the exercises added, those that were there)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        added: list[Exercise] = []
        kept: list[Exercise] = []
        for exercise in exercises(fast):
            new = not self.path(exercise).exists()
            (added if new else kept).append(exercise)
            if new:
                _write(self.path(exercise), exercise.hole(lang))
        tests = self.folder / TESTS
        ours = [FOR_PYTEST.format(fast=f, lang=lg) for f in (True, False) for lg in ("en", "zh")]
        if not tests.exists() or tests.read_text(encoding="utf-8") in ours:
            every = len(self.exercises()) > len(exercises(fast=True))
            _write(tests, FOR_PYTEST.format(fast=not every, lang=lang))
        if not (self.folder / SETTINGS).exists():
            _write(self.folder / SETTINGS, "[pytest]\n")
        return added, kept

    def path(self, exercise: Exercise) -> Path:
        return self.folder / f"{exercise.name}.py"

    def exercises(self, fast: bool = False) -> list[Exercise]:
        """Those whose files are there."""
        return [exercise for exercise in exercises(fast) if self.path(exercise).is_file()]

    def source(self, exercise: Exercise) -> str:
        """The learner's file; "" if there is nothing to read."""
        try:
            return self.path(exercise).read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            return ""

    def lang(self, exercise: Exercise) -> str:
        return source.language(self.source(exercise))

    def find(self, exercise: Exercise) -> Finding:
        """What the check says; a file as it was given need not be run for that."""
        text = self.source(exercise)
        hole = source.first_hole(text) if source.is_untouched(text, exercise) else None
        return hole or self.check(exercise, self.path(exercise))

    def findings(self, those: list[Exercise]) -> Iterator[tuple[Exercise, Finding]]:
        """All of them, a process a core at a time, in their order."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            yield from zip(those, pool.map(self.find, those))

    def first_open(self, those: list[Exercise]) -> tuple[Exercise, Finding] | None:
        """The first of them that is not right yet."""
        for exercise in those:
            finding = self.find(exercise)
            if finding.status != "done":
                return exercise, finding
        return None

    def reset(self, exercise: Exercise, lang: str) -> Path:
        """Make the file as it was given; where what the learner wrote is kept."""
        path = self.path(exercise)
        number, backup = 1, path.with_suffix(".old.py")
        while backup.exists():
            number += 1
            backup = path.with_suffix(f".old{number}.py")
        path.replace(backup)
        _write(path, exercise.hole(lang))
        return backup


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
