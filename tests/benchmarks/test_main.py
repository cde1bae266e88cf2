"""python -m benchmarks from end to end, in its shortest form; processes of their own for memory."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import space
from benchmarks.networks import SUBJECTS
from benchmarks.results import load
from benchmarks.timing import Effort
from dlscratch.book.experiment import run

ROOT = Path(__file__).parents[2]


def bench(*argv):
    run(benchmarks.main, benchmarks.__doc__, benchmarks.options, list(argv))


@pytest.fixture(autouse=True)
def shortest(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(benchmarks, "QUICK", Effort(rounds=1, seconds=0, pause=0))
    monkeypatch.setattr("benchmarks.speed.QUICK_STEPS", 3)


@pytest.mark.slow
def test_every_section_leaves_numbers_and_figures_that_a_later_run_is_compared_with(
    tmp_path, capsys
):
    with np.errstate(all="warn"):  # the update section makes numbers die on purpose
        bench("--quick", "--net", "two-layer", "--out", "here", "--markdown")
    printed = capsys.readouterr().out
    results = load(tmp_path / "here/benchmarks.json")
    measured = {row["section"] for row in results.rows}
    assert measured == set(benchmarks.SECTIONS)
    for name in ("benchmarks", "benchmarks_scale"):
        assert (tmp_path / f"here/{name}.png").read_bytes().startswith(b"\x89PNG")
    for text in [
        "gradient + update, batch of 100",
        "worst difference from a plain network of the library",
        "| two-layer 784-50-10, SGD |",
    ]:
        assert text in printed

    files = ["--json", "a.json", "--against", "here/benchmarks.json"]
    bench("--quick", "--only", "step", "--net", "two-layer", *files)
    assert (tmp_path / "a.png").exists() and (tmp_path / "a.json").exists()
    assert "against here/benchmarks.json" in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv, complaint",
    [
        (["--only", "stpe"], "argument --only: invalid choice: 'stpe' (choose from"),
        (["--net", "resnet"], "argument --net: invalid choice: 'resnet' (choose from"),
        (["--rounds", "0"], "argument --rounds: expected a whole number at least 1"),
    ],
)
def test_a_bad_option_is_one_line_that_begins_with_the_command(argv, complaint, capsys):
    with pytest.raises(SystemExit) as stop:
        bench(*argv)
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith(f"python -m benchmarks: {complaint}")


def test_a_missing_earlier_run_is_one_line_before_anything_is_measured():
    with pytest.raises(SystemExit) as stop:
        bench("--against", "none.json")
    assert stop.value.code == "python -m benchmarks: none.json: No such file or directory"


def test_the_peak_of_a_process_is_what_it_allocates_and_no_more():
    program = (  # in a fresh process: an old one has freed memory to use again
        "import numpy as np; from benchmarks.space import Peak; peak = Peak(); "
        "block = np.ones(50_000_000, np.uint8); del block; print(peak.above())"
    )
    found = subprocess.check_output([sys.executable, "-c", program], text=True, cwd=ROOT)
    assert all(49 < megabytes < 55 for megabytes in json.loads(found))  # none without /proc


def test_training_in_a_process_of_its_own_tells_memory_and_time():
    job = space.train, "mlp", "library", 1
    megabytes, seconds = space.in_process(*job, depth=2, width=30, batch=7)
    assert len(seconds) == 3  # at least, however short the time
    assert all(0 < peak < 60 for peak in megabytes)


def test_widths_and_depths_are_those_asked_for():
    shapes = SUBJECTS["mlp"].network(width=30, depth=2).params.shapes()
    assert [shapes[name] for name in ("W1", "W2", "W3")] == [(784, 30), (30, 30), (30, 10)]
    assert SUBJECTS["simple"].network(width=8).params["W1"].shape == (8, 1, 5, 5)
