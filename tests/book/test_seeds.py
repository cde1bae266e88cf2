"""One script with several seeds: each in its own folder, all numbers side by side."""

import os
import signal
import subprocess
import sys
import time

import pytest

from dlscratch.book.experiment import Claim
from dlscratch.book.seeds import run_seeds
from dlscratch.book.spread import mean_and_spread, side_by_side

ECHO = """
import os
def options(parser):
    parser.add_argument("--scale", type=int, default=10)
    parser.add_argument("--processes", type=int, default=7)
def main(args):
    threads = os.environ["OPENBLAS_NUM_THREADS"], os.environ["OMP_NUM_THREADS"]
    print(args.processes, "process,", *threads, "thread")
    (args.out / f"runs-{time.time_ns()}").touch()
    return [Claim("scaled", "30", str(args.scale * args.seed), args.seed == 3)]
"""
FAILS_WITH_4 = """
def main(args):
    if args.seed == 4:
        raise ValueError("four is unlucky")
    return [Claim("seed", "any", str(args.seed))]
"""
SLOW = """
def options(parser):
    parser.add_argument("--resume", action="store_true")
def main(args):
    print("started", flush=True)
    time.sleep(0 if args.resume else 60)
    return [Claim("resumed", "yes", "yes")]
"""


def ours(claims):
    return {seed: [claim.ours for claim in those] for seed, those in sorted(claims.items())}


@pytest.mark.parametrize("processes", [1, 3])
def test_every_seed_has_its_own_folder_record_and_log(processes, script, tmp_path):
    out = tmp_path / "out"
    one = script("echo", ECHO)
    claims, failed = run_seeds(one, ["--scale", "7"], out, [0, 3, 8], processes=processes)
    assert ours(claims) == {0: ["0"], 3: ["21"], 8: ["56"]} and not failed
    for seed in (0, 3, 8):
        record = one.record(out / f"seed{seed}")
        assert (record["seed"], record["options"]) == (seed, {"scale": 7})
        assert (out / f"seed{seed}/ch06/echo.log").read_text().startswith("1 process, 1 1 thread\n")


def test_a_seed_that_fails_is_named_and_the_others_go_on(script, tmp_path, capsys):
    claims, failed = run_seeds(script("some", FAILS_WITH_4), [], tmp_path, [3, 4, 5], processes=2)
    assert ours(claims) == {3: ["3"], 5: ["5"]}
    assert list(failed) == [4] and "four is unlucky" in failed[4]
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "unlucky" in line]
    assert line.startswith(
        "ch06/some, seed 4: failed: ValueError: four is unlucky (exit code 1; see "
    )


def test_resume_runs_only_what_failed_or_is_new(script, tmp_path):
    one = script("echo", ECHO)
    run_seeds(one, [], tmp_path, [1, 2], processes=2)
    claims, _ = run_seeds(one, [], tmp_path, [1, 2, 3], processes=2, resume=True)
    assert ours(claims) == {1: ["10"], 2: ["20"], 3: ["30"]}
    assert [len(list(tmp_path.glob(f"seed{n}/ch06/runs-*"))) for n in (1, 2, 3)] == [1, 1, 1]
    run_seeds(one, ["--scale", "5"], tmp_path, [1], processes=1, resume=True)  # another experiment
    assert len(list(tmp_path.glob("seed1/ch06/runs-*"))) == 2


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_ctrl_c_stops_every_seed_and_resume_lets_them_go_on(script, tmp_path):
    one = script("slow", SLOW)
    code = (
        "from pathlib import Path; from dlscratch.book.chapters import Script\n"
        "from dlscratch.book.seeds import run_seeds\n"
        f"one, out = Script(Path({str(one.path)!r}), ''), Path({str(tmp_path)!r})\n"
        "run_seeds(one, [], out, [0, 1, 2], processes=2)"
    )
    run = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    logs = [tmp_path / f"seed{seed}/ch06/slow.log" for seed in (0, 1)]
    while not all(log.exists() and "started" in log.read_text() for log in logs):
        assert run.poll() is None
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in run.communicate(timeout=30)[1]
    assert all("stopped; finished results are in" in log.read_text() for log in logs)
    assert not (tmp_path / "seed2").exists()
    claims, _ = run_seeds(one, [], tmp_path, [0, 1], processes=2, resume=True)
    assert ours(claims) == {0: ["yes"], 1: ["yes"]}


@pytest.mark.parametrize(
    "texts, expected",
    [
        (["0.9", "0.7"], "0.8 ± 0.1"),
        (["0.90", "0.80"], "0.85 ± 0.07"),
        (["7", "8"], "7.5 ± 0.7"),
        (["1,500", "2,500"], "2,000.0 ± 707.1"),
        (["-2.0", "2.0"], "0.0 ± 2.8"),
        (["2e-07", "4.0e-07"], "3.0e-07 ± 1.4e-07"),
        (["0.83 to 0.70 of W1", "0.81 to 0.70 of W1"], "0.82 ± 0.01 to 0.70 of W1"),
        (["layer W1", "layer W2"], None),
        (["1 of 2", "1, 2 of 2"], None),
        (["nan", "0.5"], None),
    ],
)
def test_the_mean_keeps_the_words_and_the_digits(texts, expected):
    assert mean_and_spread(texts) == expected


def test_seeds_that_say_it_in_other_words_are_shown_without_a_mean():
    best = {0: [Claim("best", "AdaGrad", "Adam", False)], 1: [Claim("best", "AdaGrad", "AdaGrad")]}
    assert list(side_by_side(best)) == [
        "best | book: AdaGrad",
        "  seed 0: Adam | differs",
        "  seed 1: AdaGrad | holds",
        "  no mean: the words differ | holds with 1 of 2 seeds",
    ]


def test_what_all_seeds_say_is_said_once_and_a_claim_of_some_is_not_lost():
    same, more = Claim("price", "220", "220"), Claim("tax", "200", "190", False)
    assert list(side_by_side({0: [same], 1: [same, more]})) == [
        "price | book: 220",
        "  all 2 seeds: 220 | holds",
        "tax | book: 200",
        "  seed 1: 190 | differs",
    ]


def test_two_claims_of_one_name_stay_apart():
    claims = {n: [Claim("x", "1", f"{n}.0"), Claim("x", "1", f"{n + 5}.0")] for n in (1, 3)}
    means = [line for line in side_by_side(claims) if "mean" in line]
    assert [line.split(": ")[1].split(" |")[0] for line in means] == ["2.0 ± 1.4", "7.0 ± 1.4"]
