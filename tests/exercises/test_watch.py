"""watch: what is shown when a file is saved and when a key is pressed."""

import io
import os
import sys
import threading

import pytest

from dlscratch.exercises import exercises
from dlscratch.exercises.watch import Watch, keyboard, run

EVERY = exercises()
clock = iter(range(10**9, 10**10))


def save(book, exercise, source):
    """As an editor does it, at a later time than the last save."""
    book.path(exercise).write_text(source, encoding="utf-8")
    os.utime(book.path(exercise), (next(clock), next(clock)))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_beginner_goes_through_all_exercises(lang, book, replaced):
    """hole -> told so; wrong -> the message and three hints; right -> the next one."""
    book.start(lang)
    watch = Watch(book, EVERY, lang)
    for number, exercise in enumerate(EVERY):
        assert watch.current == exercise and watch.findings[exercise].key == "hole"
        count = f"{number} of {len(EVERY)}" if lang == "en" else f"完成 {number} 道"
        assert count in watch.screen() and exercise.title(lang) in watch.screen()
        assert ("Still to be written" if lang == "en" else "还没有写") in watch.screen()

        key, changes = exercise.module.ATTEMPTS[0]
        save(book, exercise, replaced(exercise, changes))
        assert watch.saved() and watch.current == exercise
        assert watch.findings[exercise].key == key
        assert watch.findings[exercise].text(exercise, lang) in watch.screen()
        for hint in exercise.module.HINTS:
            assert hint.say(lang) not in watch.screen()
            watch.press("h")
            assert hint.say(lang) in watch.screen()

        save(book, exercise, exercise.solution(lang))
        assert watch.saved() and watch.current != exercise
        assert exercise.topic in watch.note
    assert watch.current is None
    assert ("All exercises here are done." if lang == "en" else "全部完成") in watch.screen()
    assert Watch(book, EVERY, lang).current is None  # known from the files alone


@pytest.fixture
def watch(book):
    book.start("en")
    return Watch(book, EVERY, "en")


def test_nothing_saved_nothing_checked(watch):
    assert not watch.saved()


def test_a_file_that_an_editor_is_replacing_is_not_missed(watch, book, relu):
    book.path(relu).unlink()
    assert not watch.saved()
    save(book, relu, relu.solution())
    assert watch.saved() and watch.findings[relu].status == "done"


def test_who_saves_another_exercise_is_taken_there(watch, book, relu):
    save(book, relu, relu.hole() + "\nx = 1\n")
    assert watch.saved() and watch.current == relu
    save(book, relu, relu.solution())
    assert watch.saved() and watch.current == EVERY[0]


def test_n_leaves_an_exercise_for_later(watch):
    for exercise in EVERY:
        assert watch.current == exercise
        watch.press("n")
    assert watch.current == EVERY[0]


def test_what_the_file_prints_is_shown(watch, book, relu):
    save(book, relu, relu.hole() + "\nprint('here I am')\n")
    assert watch.saved() and "Your file printed:\nhere I am" in watch.screen()


# ---- the keys


def test_without_a_terminal_keys_are_lines(book, monkeypatch, capsys):
    book.start("en")
    monkeypatch.setattr("dlscratch.exercises.watch.POLL", 0.01)
    monkeypatch.setattr(sys, "stdin", io.StringIO("h\nh\n\nq\n"))
    run(book, EVERY, "en")
    out = capsys.readouterr().out
    assert "Hint 2 of 3" in out and "Hint 3 of 3" not in out
    assert "\x1b" not in out  # a pipe gets plain text


def test_without_any_input_it_watches_until_all_is_done(book, monkeypatch, capsys):
    book.start("en", fast=True)
    those = book.exercises()
    monkeypatch.setattr("dlscratch.exercises.watch.POLL", 0.01)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))

    def work():
        for exercise in those:
            save(book, exercise, exercise.solution())

    learner = threading.Timer(0.1, work)
    learner.start()
    run(book, those, "en")
    learner.join()
    assert "All exercises here are done." in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_in_a_terminal_a_single_key_is_enough_and_its_settings_come_back(monkeypatch):
    import pty
    import termios

    ours, theirs = pty.openpty()
    with open(theirs) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        before = termios.tcgetattr(theirs)
        with keyboard() as keys:
            assert keys(0) == ""
            os.write(ours, b"H")
            assert keys(1) == "h"
        assert termios.tcgetattr(theirs) == before
    os.close(ours)
