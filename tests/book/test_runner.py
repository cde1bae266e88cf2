"""Many jobs side by side: the same results on any number of processes, none lost by a stop."""

import math
import os
import subprocess
import sys
import threading
import time
from argparse import Namespace

import pytest

from dlscratch.book.runner import Runner, over_seeds

JOBS = {f"number {n}": (n,) for n in range(5)}
ROOTS = {name: math.sqrt(n) for name, (n,) in JOBS.items()}


def count_to(limit, done=()):
    """A job that stops at a limit, as if by Ctrl-C."""
    done = list(done)

    def job(n):
        if len(done) == limit:
            raise KeyboardInterrupt
        done.append(n)
        return 10 * n

    return job, done


@pytest.mark.parametrize("processes", [1, 2])
def test_results_come_by_name_in_the_order_of_the_jobs(processes, tmp_path):
    seen = {}
    with Runner(
        math.sqrt, tmp_path / "roots.jsonl", processes=processes, on_result=seen.__setitem__
    ) as runner:
        results = runner.run(JOBS)
    assert results == seen == runner.finished == ROOTS
    assert list(results) == list(JOBS)
    assert len((tmp_path / "roots.jsonl").read_text().splitlines()) == 5


def test_a_stop_loses_only_what_was_running(tmp_path):
    path = tmp_path / "tens.jsonl"
    job, _ = count_to(3)
    with pytest.raises(KeyboardInterrupt), Runner(job, path, processes=1) as runner:
        runner.run(JOBS)
    job, done = count_to(9)
    with Runner(job, path, processes=1, resume=True) as runner:
        assert runner.run(JOBS) == {name: 10 * n for name, (n,) in JOBS.items()}
    assert done == [3, 4]


def test_without_resume_it_starts_anew(tmp_path):
    for _ in range(2):
        job, done = count_to(9)
        with Runner(job, tmp_path / "tens.jsonl", processes=1) as runner:
            runner.run(JOBS)
        assert done == list(range(5))


def test_a_line_of_other_arguments_is_not_taken(tmp_path):
    path = tmp_path / "tens.jsonl"
    for n in (1, 2):
        job, done = count_to(9)
        with Runner(job, path, processes=1, resume=True) as runner:
            assert runner.run({"job": (n,)}) == {"job": 10 * n}
        assert done == [n]


@pytest.mark.parametrize("rest", [b'{"job": "number 3", "argum', b"[]\n", b"\xff\n", b"7\n"])
def test_a_line_that_was_cut_off_or_is_none_is_left_out(rest, tmp_path):
    path = tmp_path / "tens.jsonl"
    job, _ = count_to(9)
    with Runner(job, path, processes=1) as runner:
        runner.run(JOBS)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]) + rest)
    job, done = count_to(9)
    with Runner(job, path, processes=1, resume=True) as runner:
        runner.run(JOBS)
    assert done == [3, 4]
    assert path.read_bytes() == b"".join(lines)


def test_a_mistake_in_a_job_ends_the_run_with_its_error(tmp_path):
    with (
        pytest.raises(ValueError, match="math domain error|nonnegative"),
        Runner(math.sqrt, tmp_path / "roots.jsonl", processes=2) as runner,
    ):
        runner.run({"good": (4,), "bad": (-4,)})


@pytest.mark.parametrize("threads", [True, False])
@pytest.mark.parametrize("processes", [1, 2])
def test_with_on_failure_the_others_go_on_and_resume_tries_again(threads, processes, tmp_path):
    jobs = {"good": (4,), "bad": (-4,), "better": (9,)}
    for resume in (False, True):
        failed, done = {}, {}
        with Runner(
            math.sqrt,
            tmp_path / "roots.jsonl",
            processes=processes,
            threads=threads,
            resume=resume,
            on_result=done.__setitem__,
            on_failure=failed.__setitem__,
        ) as runner:
            assert runner.run(jobs) == {"good": 2, "better": 3}
        assert isinstance(failed.pop("bad"), ValueError) and not failed
        assert done == {"good": 2, "better": 3}
    assert len((tmp_path / "roots.jsonl").read_text().splitlines()) == 2


def test_threads_run_jobs_that_wait_side_by_side(tmp_path):
    together = threading.Barrier(2)  # a job that is alone here waits in vain
    with Runner(together.wait, tmp_path / "x", processes=2, threads=True) as runner:
        assert sorted(runner.run({"one": (20,), "other": (20,)}).values()) == [0, 1]


WAITING = """
import sys, time
from pathlib import Path
from dlscratch.book.runner import Runner

if __name__ == "__main__":
    with Runner(time.sleep, Path(sys.argv[1]), processes=2, on_result=print) as runner:
        runner.run({"short": (0.01,), "long": (600,)})
"""


@pytest.mark.skipif(os.name != "posix", reason="needs kill -9 and groups of processes")
def test_the_processes_of_a_run_that_was_killed_end_as_well(tmp_path):
    (tmp_path / "waiting.py").write_text(WAITING)
    run = subprocess.Popen(
        [sys.executable, tmp_path / "waiting.py", tmp_path / "results.jsonl"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,  # a group of its own
    )
    with run:
        run.stdout.readline()
        run.kill()  # it alone, as by its number
    end = time.monotonic() + 30
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < end:
            os.killpg(run.pid, 0)
            time.sleep(0.01)


def test_over_seeds_runs_every_kind_with_every_seed(tmp_path, capsys):
    args = Namespace(out=tmp_path, seed=5, quick=True, processes=2, resume=False)
    table = over_seeds(args, "powers", pow, {"two": (2,), "ten": (10,)}, 3, say="{:,}".format)
    assert table == {"two": [32, 64, 128], "ten": [100000, 1000000, 10000000]}
    assert "ten, seed 5: 100,000\n" in capsys.readouterr().out
    (path,) = tmp_path.iterdir()
    assert path.name.startswith("powers-") and len(path.read_text().splitlines()) == 6
