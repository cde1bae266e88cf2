"""The learner's folder: nothing of it is ever overwritten, and it is all the state there is."""

import subprocess
import sys

from dlscratch.exercises import exercises
from dlscratch.exercises.workbook import TESTS

EVERY = exercises()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_start_copies_every_exercise_in_the_order_of_the_book(book):
    added, kept = book.start("en")
    assert (added, kept) == (EVERY, [])
    sections = [[int(part) for part in exercise.section.split(".")] for exercise in added]
    assert sections == sorted(sections)
    files = sorted(f"{exercise.name}.py" for exercise in EVERY)
    assert names(book.folder) == sorted([*files, "pytest.ini", TESTS])


def test_a_second_start_adds_what_is_missing_and_touches_nothing_else(book, relu):
    book.start("en")
    book.path(relu).write_text("mine = 1\n")
    book.path(EVERY[0]).unlink()
    added, kept = book.start("zh")
    assert added == [EVERY[0]] and kept == EVERY[1:]
    assert book.path(relu).read_text() == "mine = 1\n"
    assert book.lang(EVERY[0]) == "zh" and book.lang(EVERY[1]) == "en"


def test_the_fast_track_is_one_exercise_a_chapter_and_can_become_the_whole(book):
    added, _ = book.start("en", fast=True)
    chapters = [exercise.chapter for exercise in added]
    assert chapters == sorted({exercise.chapter for exercise in EVERY}) == [2, 3, 4, 5, 6, 7, 8]
    assert book.exercises() == added
    assert "fast=True" in (book.folder / TESTS).read_text()
    book.start("en")
    assert book.exercises() == EVERY and book.exercises(fast=True) == added
    assert "fast=False" in (book.folder / TESTS).read_text()


def test_a_test_file_of_the_teachers_own_stays(book):
    book.start("en", fast=True)
    (book.folder / TESTS).write_text("# mine\n")
    book.start("en")
    assert (book.folder / TESTS).read_text() == "# mine\n"


def test_reset_keeps_what_was_written(book, relu):
    book.start("zh")
    for number, backup in enumerate(["ch05_5_1_relu.old.py", "ch05_5_1_relu.old2.py"]):
        book.path(relu).write_text(f"mine = {number}\n")
        kept = book.reset(relu, "zh")
        assert (kept.name, kept.read_text()) == (backup, f"mine = {number}\n")
        assert book.path(relu).read_text(encoding="utf-8") == relu.hole("zh")
    assert len(book.exercises()) == len(EVERY)  # a backup is no exercise


def test_findings_come_in_the_order_of_the_book(book, relu):
    book.start("en")
    book.path(relu).write_text(relu.solution())
    found = dict(book.findings(EVERY))
    assert list(found) == EVERY
    assert [e.name for e, finding in found.items() if finding.status == "done"] == [relu.name]
    first, finding = book.first_open(EVERY)
    assert (first, finding.status) == (EVERY[0], "open")


def test_pytest_grades_the_folder_without_a_traceback(book, relu):
    """Within a project whose own settings would run the examples of the lessons."""
    (book.folder.parent / "pytest.ini").write_text("[pytest]\naddopts = --doctest-modules\n")
    book.start("en")
    book.path(relu).write_text(relu.solution())
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", "relu or sigmoid"]
    done = subprocess.run([*command, book.folder], capture_output=True, text=True)
    assert f"1 failed, 1 passed, {len(EVERY) - 2} deselected" in done.stdout
    assert "Still to be written: Sigmoid.forward" in done.stdout
    assert "Traceback" not in done.stdout and "def test_exercise" not in done.stdout
