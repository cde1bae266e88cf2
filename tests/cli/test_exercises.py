"""exercises: from an empty folder to all of them done, at the command line."""

import io
import json
import re
import sys
import threading

import pytest

from dlscratch.cli import exercises as command
from dlscratch.exercises import Finding, exercises, workbook
from dlscratch.exercises.examine import examine
from dlscratch.exercises.texts import COMMON
from dlscratch.exercises.workbook import Workbook

EVERY = exercises()
ONE_AT_A_TIME = threading.Lock()  # what a file prints is caught by replacing sys.stdout
FOUND = {}  # what was found in a file, so that no file is run a second time
RELU = next(exercise for exercise in EVERY if exercise.topic == "relu")


def in_this_process(exercise, path):
    """What check_file returns, without the process of its own, which takes far longer."""
    if not path.exists():
        return Finding("missing", {"file": path.name})
    with ONE_AT_A_TIME:
        source = path.read_text(encoding="utf-8")
        if (exercise, source) not in FOUND:
            FOUND[exercise, source] = examine(exercise, source, path.name)
        return FOUND[exercise, source]


@pytest.fixture
def exercise(dlscratch, monkeypatch):
    """exercise("check", "relu") is `dlscratch exercises check relu` in the current folder."""
    monkeypatch.setattr(command, "Workbook", lambda folder: Workbook(folder, in_this_process))
    return lambda *words: dlscratch("exercises", *words)


@pytest.fixture
def write(tmp_path):
    """Write the file of ReLU."""
    return lambda source: (tmp_path / f"{RELU.name}.py").write_text(source, encoding="utf-8")


HALF = RELU.hole().replace("raise NotImplementedError", "return np.abs(x)", 1)


def test_from_the_start_to_the_first_exercise_done(exercise, write):
    begun = exercise("start")
    assert not begun.code
    assert begun.out.startswith(f"There are {len(EVERY)} exercises in . now.\n")
    assert f"Open {EVERY[0].name}.py" in begun.out and "dlscratch exercises watch" in begun.out
    assert exercise("list").out.endswith(f"0 of {len(EVERY)} done\n")
    write(HALF)
    done = exercise("check", "relu")
    assert done.code == 1 and "Negative numbers lose their sign here" in done.out
    write(RELU.solution())
    done = exercise("check", "relu")
    assert (done.code, done.out) == (0, f"{RELU.name}.py: Right.\n")
    assert exercise("list").out.endswith(f"1 of {len(EVERY)} done\n")


def test_a_beginner_goes_through_all_of_them_by_commands(exercise, tmp_path):
    """Untouched: told so; a wrong attempt: its message, hints, the solution; right: the next."""
    exercise("start")
    for each in EVERY:
        file, name = tmp_path / f"{each.name}.py", each.topic
        assert each.title("en") in exercise("hint").out  # the first that is not done
        untouched = exercise("check", name)
        assert untouched.code == 1 and untouched.out.startswith(f"{file.name}: Still to be written")
        refused = exercise("solution", name)
        assert refused.code == 1 and len(refused.out.splitlines()) == 1 and name in refused.out

        key, changes = each.module.ATTEMPTS[0]
        attempt = each.solution()
        for old, new in changes.items():
            attempt = attempt.replace(old, new)
        file.write_text(attempt, encoding="utf-8")
        tried = exercise("check", name)
        message = {**COMMON, **each.module.SAYS}[key].en
        assert tried.code == 1 and message.partition("{")[0] in tried.out
        assert not re.search(r"\{\w*\}|Traceback", tried.out)  # nothing is left to fill in
        for step, hint in enumerate(each.module.HINTS, 1):
            assert hint.en in exercise("hint", name, str(step)).out

        shown = exercise("solution", name).out
        file.write_text(shown[shown.index('"""') :], encoding="utf-8")
        done = exercise("check", name)
        assert (done.code, done.out) == (0, f"{file.name}: Right.\n")
    finished = exercise("check")
    assert finished.code == 0 and "All exercises here are done." in finished.out


def test_list_shows_chapters_sections_and_what_is_done(exercise, write):
    exercise("start")
    write(HALF)
    lines = exercise("list").out.splitlines()
    assert lines[0] == "Chapter 2" and "  open   2.3.3  gates " in lines[1]
    (line,) = [line for line in lines if " relu " in line]
    assert line.startswith("  wrong  5.5.1  relu ") and line.endswith(RELU.title("en"))


def test_check_without_a_name_tells_of_the_first_that_is_not_right(exercise, tmp_path):
    exercise("start")
    done = exercise("check")
    assert done.code == 1 and done.out.startswith(
        f"0 of {len(EVERY)} done\n\n{EVERY[0].name}.py: S"
    )
    assert done.out.endswith(f"next: dlscratch exercises hint {EVERY[0].topic}\n")
    for each in EVERY:
        (tmp_path / f"{each.name}.py").write_text(each.solution())
    done = exercise("check")
    assert done.code == 0
    assert done.out == f"{len(EVERY)} of {len(EVERY)} done\nAll exercises here are done.\n"


def test_what_the_file_prints_is_shown(exercise, write):
    exercise("start")
    write(RELU.solution() + "print(Relu)\n")
    assert "\nYour file printed:\n<class" in exercise("check", "relu").out


def test_the_three_hints_lead_from_one_to_the_next(exercise):
    exercise("start")
    for step, words in enumerate([["hint", "relu"], ["hint", "relu", "2"], ["hint", "relu", "3"]]):
        out = exercise(*words).out
        assert f"Hint {step + 1} of 3: {RELU.module.HINTS[step].en}" in out
        assert ("next: dlscratch exercises hint relu" in out) == (step < 2)
    assert EVERY[0].title("en") in exercise("hint").out


def test_the_solution_is_shown_after_a_try(exercise, write):
    exercise("start")
    done = exercise("solution", "relu")
    assert done.code == 1 and done.out.startswith("Try relu first")
    write(HALF + "(")
    done = exercise("solution", "relu")
    assert done.code == 1 and done.out.startswith("Python cannot read line ")
    write(HALF)
    done = exercise("solution", "relu")
    assert not done.code and done.out.startswith("Your file: Negative numbers lose their sign")
    assert done.out.endswith(RELU.solution())


def test_reset_brings_it_back_and_keeps_what_was_written(exercise, write, tmp_path):
    exercise("start", "--lang", "zh")
    write(RELU.solution("zh"))
    assert f"{RELU.name}.old.py" in exercise("reset", "relu").out
    assert (tmp_path / f"{RELU.name}.py").read_text(encoding="utf-8") == RELU.hole("zh")
    assert (tmp_path / f"{RELU.name}.old.py").read_text(encoding="utf-8") == RELU.solution("zh")


def test_everything_is_chinese_where_the_files_are(exercise, write):
    assert "现有" in exercise("start", "--lang", "zh").out
    assert "第 2 章" in exercise("list").out and "还没有写" in exercise("check").out
    assert "提示 1/3" in exercise("hint", "relu").out
    write(RELU.solution("zh"))
    assert exercise("check", "relu").out == f"{RELU.name}.py: 正确。\n"
    assert exercise("check", "relu", "--lang", "en").out == f"{RELU.name}.py: Right.\n"


def test_the_fast_track(exercise):
    fast = exercises(fast=True)
    exercise("start", "--fast")
    assert exercise("list").out.endswith(f"0 of {len(fast)} done\n")
    assert f"New in .: {len(EVERY) - len(fast)} of {len(EVERY)} exercises" in exercise("start").out
    assert exercise("list", "--fast").out.endswith(f"0 of {len(fast)} done\n")


def test_after_an_update_start_says_what_is_new_and_leaves_the_files_alone(
    exercise, tmp_path, monkeypatch
):
    older = [each for each in EVERY if each.chapter != 8]
    with monkeypatch.context() as before:
        before.setattr(workbook, "exercises", lambda fast=False: older)
        exercise("start", "my")
        assert "There are" not in exercise("start", "my").out
    mine = tmp_path / "my" / f"{RELU.name}.py"
    mine.write_text(HALF, encoding="utf-8")

    new = [each for each in EVERY if each.chapter == 8]
    assert (
        f"Not here yet: {len(new)} of {len(EVERY)} exercises"
        in exercise("list", "--folder", "my").out
    )
    lines = exercise("start", "my").out.splitlines()
    assert lines[0].startswith(f"New in my: {len(new)} of {len(EVERY)} exercises.")
    assert [line.split()[1] for line in lines[1 : len(new) + 1]] == [each.topic for each in new]
    assert lines[len(new) + 1 :] == ["Go on:", "    cd my", "    dlscratch exercises watch"]
    assert (tmp_path / "my" / f"{new[0].name}.py").read_text(encoding="utf-8") == new[0].hole()
    assert mine.read_text(encoding="utf-8") == HALF
    assert exercise("list", "--folder", "my").out.endswith(f"0 of {len(EVERY)} done\n")


def test_a_second_start_says_so_when_nothing_is_new(exercise):
    exercise("start", "--lang", "zh")
    again = exercise("start").out.splitlines()
    assert again == [f". 中没有新增练习：原有 {len(EVERY)} 道，保持不变。", "继续：", again[-1]]
    assert "Nothing is new in .: " in exercise("start", "--lang", "en").out


def test_the_report_is_json_for_a_teacher(exercise, write, tmp_path):
    exercise("start", "--fast")
    write(RELU.solution())
    record = json.loads(exercise("report").out)
    assert (record["done"], record["all"]) == (1, len(EVERY))
    rows = {row["name"]: row for row in record["exercises"]}
    assert list(rows) == [each.name for each in EVERY]
    assert rows[RELU.name]["status"] == "done" and rows[RELU.name]["section"] == "5.5.1"
    assert rows[EVERY[0].name]["status"] == "open"
    assert rows[EVERY[1].name]["status"] == "missing"  # not on the fast track
    assert exercise("report", "--fast", "--out", "report.json").out.startswith("1 of ")
    assert json.loads((tmp_path / "report.json").read_text())["all"] == len(exercises(fast=True))


@pytest.mark.parametrize(
    "name, word",
    [(RELU.name, ""), (f"{RELU.name}.py", ""), ("5.5.1", ""), ("relo", "did you mean relu?")],
)
def test_an_exercise_is_named_as_one_likes(name, word, exercise):
    exercise("start")
    done = exercise("hint", name)
    assert RELU.title("en") in done.out if not word else word in done.err


@pytest.mark.parametrize(
    "words, complaint",
    [
        (["list"], "there are no exercises in .: change to the folder that has them, or make"),
        (["check", "relu", "--folder", "no"], "there are no exercises in no: change to"),
        (["chek"], "argument ACTION: invalid choice: 'chek'"),
        (["hint", "relu", "4"], "argument step: invalid choice: 4"),
        (["reset"], "the following arguments are required: NAME"),
        ([], "the following arguments are required: ACTION"),
    ],
)
def test_a_mistake_is_one_line(words, complaint, mistake):
    assert mistake("exercises", *words).startswith(complaint)


def test_an_unknown_name_is_one_line(dlscratch, mistake):
    dlscratch("exercises", "start")
    assert mistake("exercises", "check", "xyz").startswith("no exercise here is called xyz; `dlscr")


def test_watch_needs_no_terminal(exercise, monkeypatch):
    exercise("start")
    monkeypatch.setattr(sys, "stdin", io.StringIO("h\nq\n"))
    done = exercise("watch")
    assert not done.code and "Hint 1 of 3" in done.out
