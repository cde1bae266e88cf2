"""A few tries at every door, always the same ones; and whether the fuzzer sees what goes wrong."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from dlscratch import DataError
from tests.fuzz import guided, trial
from tests.fuzz.__main__ import DOORS, attack, main
from tests.fuzz.damage import damaged, damaged_json, damaged_text
from tests.fuzz.trial import Door, Wrong, attempt, expect_one_line

ROOT = Path(__file__).parents[2]
TRIES = {
    "pickles": 400,
    "weights": 40,
    "trainer": 40,
    "loop": 40,
    "idx": 40,
    "page": 60,
    "expressions": 400,
    "commands": 12,
}


@pytest.mark.parametrize("name", DOORS)
def test_a_door_holds(name, tmp_path, capsys):
    counts = attack(name, 0, tmp_path, numbers=range(TRIES[name]))
    assert counts["failure"] == 0, capsys.readouterr().err
    assert counts["right"] and counts["refused"]


def opened(run, **facts):
    """The outcome at a door that does this."""
    kind = type("Made", (Door,), {"make": None, "run": lambda self, case: run(case), **facts})
    return attempt(kind(None), b"a case")


def test_what_is_right_or_refused_in_one_line_is_no_failure():
    assert opened(lambda case: "right") == ("right", "")
    assert opened(lambda case: "refused") == ("refused", "")


@pytest.mark.parametrize("error", [Wrong("let in"), KeyError("W1"), MemoryError(), SystemExit(3)])
def test_anything_else_is_a_failure(error):
    def run(case):
        raise error

    outcome, why = opened(run)
    assert outcome == "failure" and why.startswith(type(error).__name__)


def test_too_much_memory_is_a_failure_unless_it_is_that_of_what_is_returned():
    def run(case):
        np.ones(70 * 2**20, np.uint8)
        return "right"

    assert opened(run) == ("failure", "took 70 MB")
    assert opened(run, returns=20 * 2**20) == ("right", "")


def test_a_door_that_never_closes_is_a_failure(monkeypatch):
    def run(case):
        while True:
            sum(range(1000))

    monkeypatch.setattr(trial, "HANGS", 0.1)
    assert opened(run) == ("failure", "did not end within 0.1 s")


def test_too_much_time_of_the_processor_is_a_failure():
    def slow(case):
        sum(range(1_000_000))
        return "right"

    outcome, why = opened(slow, seconds=1e-4)
    assert outcome == "failure" and why.startswith("took ")


@pytest.mark.parametrize("text", ["", "two\nlines", "\x1b[2J"])
def test_a_refusal_is_one_line_that_can_be_shown(text):
    with pytest.raises(Wrong):
        expect_one_line(ValueError(text))
    expect_one_line(DataError(f"a file{text}"))


def test_damage_is_the_same_for_one_seed_and_mostly_damages():
    def rng():
        return np.random.default_rng(3)

    data, text, document = bytes(range(200)), "x * 2 + log(y)", '{"a": [1, 2], "b": {"c": "d"}}'
    for damage, sound in ((damaged, data), (damaged_text, text), (damaged_json, document)):
        assert damage(sound, rng()) == damage(sound, rng()) != sound


def test_the_command_prints_a_row_for_each_door_and_repeats_a_single_try(capsys, tmp_path):
    argv = ["--doors", "idx", "--seconds", "0.2", "--out", str(tmp_path)]
    assert main(argv) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["door", "tries", "right", "refused", "failures"]
    assert row.startswith("IDX files") and row.split()[-1] == "0"
    assert main(["--only", "idx 7", "--out", str(tmp_path)]) == 0


def test_so_many_tries_make_the_same_table_again(capsys, tmp_path):
    for _ in range(2):
        assert main(["--doors", "idx", "pickles", "--tries", "20", "--out", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == lines[3:]
    assert [line.split()[-4] for line in lines[1:3]] == ["20", "20"]


@pytest.mark.skipif(not find_spec("atheris"), reason="needs Atheris (pip install atheris)")
def test_pickles_are_led_by_what_they_reach(tmp_path):
    command = [sys.executable, "-m", "tests.fuzz.guided", "--seconds", "1", "--out", tmp_path]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert found.returncode == 0 and "failure 0;" in found.stdout


def test_without_atheris_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(guided, "find_spec", lambda name: None)
    assert guided.main([]) == 2
    assert capsys.readouterr().err == "Atheris is not installed: pip install atheris\n"


def test_the_docs_have_a_row_for_every_door():
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.*?) \|.*\| ([\d,]+) \|$", page, re.MULTILINE)
    assert [name for name, failures in rows] == [door.name for door in DOORS.values()] + ["all"]
