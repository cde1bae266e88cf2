"""A few interruptions of each training; and whether one that ends otherwise is seen."""

import os
import signal

import numpy as np
import pytest

from tests.interruptions import __main__ as interruptions
from tests.interruptions.__main__ import attack, in_peace
from tests.interruptions.trainings import TRAININGS

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs kill -9 and groups of processes")


# a Runner starts its processes anew each time
SLOW = {"runner": pytest.mark.slow}


@pytest.mark.parametrize("kind", [pytest.param(k, marks=SLOW.get(k, ())) for k in TRAININGS])
def test_an_interrupted_training_ends_at_the_same_bits(kind, tmp_path, capsys):
    peace, rng = in_peace(kind, tmp_path), np.random.default_rng(0)
    for how in (signal.SIGKILL, signal.SIGINT):
        found = attack(kind, how, 1, peace, rng)
        assert found["interrupted"] == 1 and found["faults"] == 0, capsys.readouterr().err


def test_other_numbers_other_files_and_processes_that_are_left_are_seen(monkeypatch, capsys):
    monkeypatch.setattr(interruptions, "all_ended", lambda group: False)
    peace = "other numbers", 0.3, ["other files"]
    assert attack("trainer", signal.SIGKILL, 1, peace, np.random.default_rng(0))["faults"] >= 3
    told = capsys.readouterr().err
    for fault in ("other numbers than in peace", "other files than in", "processes are left"):
        assert f"trainer, SIGKILL: {fault}" in told


def test_the_command_prints_a_row_for_each_training_and_signal(capsys):
    argv = ["--kills", "0", "--ctrl-c", "0", "--trainings", "trainer"]
    assert interruptions.main(argv) == 0
    head, kills, ctrl_c = capsys.readouterr().out.splitlines()
    assert head.split() == ["interrupted", "half", "files", "trainings", "faults"]
    assert kills.split() == ["trainer", "kill", "-9", "0", "0", "0", "0"]
    assert ctrl_c.split() == ["trainer", "Ctrl-C", "0", "0", "0", "0"]
