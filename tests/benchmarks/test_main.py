"""python -m benchmarks from end to end, in its shortest form; processes of their own for memory."""

import subprocess
import sys
from argparse import Namespace

import numpy as np
import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import one_process, space
from benchmarks.results import Results, load
from benchmarks.timing import Effort
from dlscratch.book.experiment import run


def bench(*argv):
    run(benchmarks.main, benchmarks.__doc__, benchmarks.options, list(argv))


@pytest.fixture(autouse=True)
def shortest(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(benchmarks, "QUICK", Effort(rounds=1, seconds=0, pause=0))
    monkeypatch.setattr("benchmarks.update.QUICK_STEPS", 3)


def test_every_section_runs_and_leaves_numbers_and_figures(tmp_path, capsys):
    with np.errstate(all="warn"):  # the update section makes numbers die on purpose
        bench("--quick", "--net", "two-layer", "--out", "here", "--markdown")
    printed = capsys.readouterr().out
    results = load(tmp_path / "here/benchmarks.json")
    measured = {row["section"] for row in results.rows}
    assert measured | {"where"} == set(benchmarks.SECTIONS) and results.where
    for name in ("benchmarks", "benchmarks_where", "benchmarks_scale"):
        assert (tmp_path / f"here/{name}.png").read_bytes().startswith(b"\x89PNG")
    assert "gradient + update, batch of 100" in printed
    assert "worst difference from a plain network of the library" in printed
    assert "| two-layer 784-50-10, SGD |" in printed


def test_numbers_and_figure_go_where_they_are_asked_to_and_can_be_compared(tmp_path, capsys):
    files = ["--json", "a.json", "--chart", "a.png"]
    bench("--quick", "--only", "step", "--net", "two-layer", *files)
    assert (tmp_path / "a.png").exists()
    bench("--quick", "--only", "step", "--net", "two-layer", "--against", "a.json")
    assert "against a.json" in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv, complaint",
    [
        (["--only", "stpe"], "argument --only: invalid choice: 'stpe' (choose from"),
        (["--net", "resnet"], "argument --net: invalid choice: 'resnet' (choose from"),
        (["--rounds", "0"], "argument --rounds: expected a whole number at least 1, but '0' came"),
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
    program = (  # in a fresh process: an old one has freed memory to give out again
        "import numpy as np; from benchmarks.one_process import Peak; peak = Peak(); "
        "block = np.ones(50_000_000, np.uint8); del block; print(peak.above())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=one_process.ROOT
    )
    found = done.stdout.strip()
    assert found == "None" or 49 < float(found) < 55  # Windows does not tell


def test_training_in_a_process_of_its_own_tells_time_and_memory():
    found = one_process.ask(
        job="train", subject="mlp", contender="library", seconds=0, depth=2, width=30, batch=7
    )
    assert len(found["seconds"]) == 3  # at least, however short the time
    assert found["mb"] is None or 0 < found["mb"] < 60


def test_a_job_that_fails_says_why():
    with pytest.raises(RuntimeError, match="KeyError: 'resnet'"):
        one_process.ask(job="train", subject="resnet", contender="library")


def test_widths_and_depths_are_those_asked_for():
    net = one_process_network("mlp", width=30, depth=2)
    assert {n: p.shape for n, p in net.params.items() if n[0] == "W"} == {
        "W1": (784, 30),
        "W2": (30, 30),
        "W3": (30, 10),
    }
    assert one_process_network("simple", width=8).params["W1"].shape == (8, 1, 5, 5)


def one_process_network(key, **size):
    from benchmarks.networks import resized

    return resized(key, **size).network()


def test_the_memory_of_an_evaluation_has_a_limit(monkeypatch):
    monkeypatch.setattr(one_process, "ask", lambda **job: {"mb": 301.0, "seconds": [2.0]})
    results = Results()
    space.evaluation(results, "deep", Namespace(workers=None))
    megabytes, seconds = results.rows
    assert (megabytes["target"], megabytes["meets"]) == (300, False)
    assert (seconds["unit"], seconds["value"]) == ("s", 2.0)


def test_help_shows_how_to_call_it():
    shown = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--help"],
        capture_output=True,
        text=True,
        cwd=one_process.ROOT,
    )
    assert shown.stdout.startswith("usage: python -m benchmarks ")
    assert "python -m benchmarks --quick" in shown.stdout
