"""What the tests of the exercises share."""

import threading

import pytest

from dlscratch.exercises import Exercise
from dlscratch.exercises.examine import examine
from dlscratch.exercises.workbook import Workbook


@pytest.fixture
def relu():
    return Exercise("ch05_5_1_relu")


@pytest.fixture
def replaced():
    """The solution of an exercise with replacements: replaced(exercise, {old: new})."""

    def replaced(exercise, changes):
        source = exercise.solution()
        for old, new in changes.items():
            assert old in source, f"{exercise.name}: {old!r} does not occur"
            source = source.replace(old, new)
        return source

    return replaced


@pytest.fixture
def book(tmp_path):
    """A learner's folder, still empty, whose checks need no process of their own: they are fast."""

    one_at_a_time = threading.Lock()  # what a file prints is caught by replacing sys.stdout

    def in_this_process(exercise, path):
        with one_at_a_time:
            return examine(exercise, path.read_text(encoding="utf-8"), str(path))

    return Workbook(tmp_path / "my", in_this_process)
