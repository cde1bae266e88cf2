"""The table of the book's claims: every script run, one failure no matter, Ctrl-C loses nothing."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlscratch.book import chapters
from dlscratch.book.chapters import Script
from dlscratch.book.reproduce import (
    HOURS,
    LARGEST_THUMBNAIL,
    finished,
    run_all,
    write_report,
    write_thumbnail,
    write_times,
)
from dlscratch.book.seeds import run_seeds
from dlscratch.cli import main

DRAWS = """
def main(args):
    from dlscratch import figures
    fig, ax = figures.new()
    ax.plot([1, 2])
    args.save(fig, "fig_6-9_lines.png")
    return [Claim("a|b", "1 < 2", "1", np.bool_(True)), Claim("c_d", "2", "3", False, "of *that*")]
"""
CLAIMS = """
def main(args):
    return [Claim("a", "1", "1"), Claim("b", "2", "3", False)]
"""
FAILS = """
def main(args):
    raise ValueError("this script is broken")
"""
SILENT = """
def main(args):
    print("no claim")
"""
SLOW = """
def options(parser):
    parser.add_argument("--resume", action="store_true")
def main(args):
    if args.resume:
        return [Claim("resumed", "yes", "yes")]
    print("started", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def report(tmp_path):
    """Write the table of these scripts; its text."""

    def report(scripts, missing=(), seed=0):
        path = tmp_path / "REPRODUCTION.md"
        write_report(
            path,
            scripts,
            tmp_path / "out",
            seed=seed,
            quick=False,
            command="c",
            missing=dict(missing),
        )
        return path.read_text(encoding="utf-8")

    return report


def test_a_script_that_fails_does_not_end_the_others(script, tmp_path, capsys):
    scripts = [script("broken", FAILS), script("works", CLAIMS)]
    ((name, reason),) = run_all(scripts, tmp_path / "out")
    assert name == "ch06/broken"
    assert "this script is broken" in reason and "exit code 1" in reason
    broken, works = capsys.readouterr().out.splitlines()
    assert broken.startswith("ch06/broken: failed: ValueError: this script is broken")
    assert works.startswith("ch06/works: 1 of 2 claims hold, ")


def test_what_a_script_prints_is_in_a_log_beside_its_figures(script, tmp_path):
    assert not list(run_all([script("silent", SILENT)], tmp_path / "out"))
    assert (tmp_path / "out/ch06/silent.log").read_text() == "no claim\n"


def test_the_record_tells_what_was_asked_for_and_what_came_out(script, tmp_path):
    one = script("works", DRAWS)
    list(run_all([one], tmp_path / "out", seed=3))
    record = one.record(tmp_path / "out")
    assert record["seed"] == 3 and record["options"] == {}
    assert record["figures"] == ["fig_6-9_lines.png"] and record["seconds"] > 0
    assert [claim["holds"] for claim in record["claims"]] == [True, False]


def test_a_record_counts_only_for_the_same_seed_and_size(script, tmp_path):
    one = script("works", CLAIMS)
    list(run_all([one], tmp_path, seed=3, quick=True))
    assert finished(one, tmp_path, seed=3, quick=True)
    assert not finished(one, tmp_path, seed=3, quick=False)
    assert not finished(one, tmp_path, seed=0, quick=True)


def test_a_damaged_record_is_as_good_as_none(script, tmp_path):
    one = script("works", CLAIMS)
    (tmp_path / "ch06/works.json").write_text("{")
    assert one.record(tmp_path) is None


def test_resume_leaves_out_what_is_finished(script, tmp_path, capsys):
    works, silent = script("works", CLAIMS), script("silent", SILENT)
    list(run_all([works], tmp_path))
    list(run_all([works, silent], tmp_path, resume=True))
    assert "ch06/works: finished before\nch06/silent: " in capsys.readouterr().out


def test_without_resume_the_result_of_an_earlier_run_is_forgotten(script, tmp_path):
    one = script("works", CLAIMS)
    list(run_all([one], tmp_path))
    one.path.write_text("raise SystemExit('broken since')")
    list(run_all([one], tmp_path))
    assert one.record(tmp_path) is None


def test_ctrl_c_reaches_the_script_once_and_resume_lets_it_go_on(script, tmp_path):
    one = script("slow", SLOW)
    code = (
        "import sys; from pathlib import Path; from dlscratch.book.chapters import Script\n"
        "from dlscratch.book.reproduce import run_all\n"
        f"list(run_all([Script(Path({str(one.path)!r}), '')], Path({str(tmp_path)!r})))"
    )
    log = tmp_path / "ch06/slow.log"
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    while not (log.exists() and "started" in log.read_text()):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in process.communicate(timeout=30)[1]
    assert "stopped; finished results are in" in log.read_text()
    assert not list(run_all([one], tmp_path, resume=True))
    assert finished(one, tmp_path, seed=0, quick=False)["claims"][0]["what"] == "resumed"


def test_the_table_has_a_row_for_each_claim_with_everything_about_it(script, tmp_path, report):
    one = script("works", DRAWS)
    list(run_all([one], tmp_path / "out"))
    text = report([one])
    assert "Of 2 claims, 1 hold and 1 differ." in text
    assert "| Experiment | Claim | The book | Here | Verdict |\n| --- |" in text
    assert "Made by `c` on 20" in text
    first, second = [line for line in text.splitlines() if line.endswith((" holds |", "\\* |"))]
    assert re.match(r"\| \[ch06/works\]\(ch06/works.py\)<br>seed 0, \d+\.\d s<br>!", first)
    assert "<br>![Figure 6-9: a lesson.](docs/figures/ch06_works.png) | " in first
    assert first.endswith(r" | a\|b | 1 \< 2 | 1 | holds |")
    assert second == r"|  | c\_d | 2 | 3 | **differs**, because of \*that\* |"
    assert (tmp_path / "docs/figures/ch06_works.png").exists()


def test_a_script_without_claims_has_a_thumbnail_too(script, tmp_path, report):
    one = script("works", DRAWS.partition("return [")[0])
    list(run_all([one], tmp_path / "out"))
    assert "ch06/works" not in report([one])
    assert (tmp_path / "docs/figures/ch06_works.png").exists()


def test_the_table_names_what_it_lacks_and_why(script, tmp_path, report):
    works, silent = script("works", CLAIMS), script("silent", SILENT)
    list(run_all([silent], tmp_path / "out"))
    other = Script(tmp_path / "ch06/other.py", "")
    text = report([works, silent, other], {"ch06/works": "failed: broken"})
    assert "- ch06/works (failed: broken)\n- ch06/other (not run)\n" in text
    assert "silent" not in text  # it ran, and claims nothing


VARIES = """
def main(args):
    return [Claim("a", "1", f"0.9{args.seed} of 1"), Claim("b", "1", "2")]
"""


def test_the_table_has_mean_and_spread_where_several_seeds_were_run(script, tmp_path, report):
    one = script("varies", VARIES)
    list(run_all([one], tmp_path / "out"))
    assert "seeds 2, 4" not in report([one])
    run_seeds(one, [], tmp_path / "out", [2, 4], processes=1)
    run_seeds(one, ["--quick"], tmp_path / "out", [5], processes=1)  # no run in full size
    assert "| 0.90 of 1<br>seeds 2, 4: 0.93 ± 0.01 of 1 | holds |" in report([one])
    assert "| b | 1 | 2 | holds |" in report([one])


def test_reproduce_runs_several_seeds_of_what_claims_something(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["reproduce", "--quick", "ch02/or_gate", "ch05/buy_apple", "--seeds", "1,2"]) == 0
    lines = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert lines[:2] == ["ch02/or_gate", "ch05/buy_apple"]
    assert sorted(lines[2:4]) == ["ch05/buy_apple, seed 1", "ch05/buy_apple, seed 2"]


def test_a_thumbnail_is_small_whatever_the_picture(tmp_path):
    noise = np.random.default_rng(0).integers(256, size=(900, 1200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    write_thumbnail(tmp_path / "noise.png", tmp_path / "new folder" / "small.png")
    assert (tmp_path / "new folder/small.png").stat().st_size <= LARGEST_THUMBNAIL
    with Image.open(tmp_path / "new folder/small.png") as small:
        assert small.width >= 100 and small.width / small.height == pytest.approx(4 / 3, rel=0.02)


def test_a_thumbnail_keeps_the_colour_of_a_thin_line(tmp_path):
    picture = Image.linear_gradient("L").resize((400, 300)).convert("RGB")
    picture.paste((213, 94, 0), (0, 150, 400, 152))
    picture.save(tmp_path / "line.png")
    write_thumbnail(tmp_path / "line.png", tmp_path / "small.png")
    with Image.open(tmp_path / "small.png") as small:
        assert small.convert("RGB").getpixel((200, 150)) == pytest.approx((213, 94, 0), abs=12)


def test_times_are_kept_for_scripts_that_were_not_run_again(script, tmp_path):
    works, silent = script("works", CLAIMS), script("silent", SILENT)
    path = tmp_path / "times.json"
    path.write_text('{"ch06/before": 7}')
    list(run_all([works], tmp_path))
    list(run_all([silent], tmp_path, quick=True))  # says nothing about the time in full size
    write_times(path, [works, silent], tmp_path, seed=0)
    times = json.loads(path.read_text())
    assert list(times) == ["ch06/before", "ch06/works"]
    assert times["ch06/before"] == 7 and 0 <= times["ch06/works"] < 60


def test_the_scripts_that_take_hours_exist():
    assert set(HOURS) <= {script.name for script in chapters.scripts()}


def test_the_command_runs_a_chapter_and_writes_the_table(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["reproduce", "--quick", "ch05/buy_apple"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("ch05/buy_apple: 2 of 2 claims hold, ")
    assert printed.endswith(f"table: {Path('out/REPRODUCTION.md')}\n")
    assert "| price | 220 | 220 | holds |" in Path("out/REPRODUCTION.md").read_text()


def test_an_installed_copy_has_no_table_to_publish(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(chapters, "ROOT", tmp_path)
    with pytest.raises(SystemExit) as stop:
        main(["reproduce", "--publish", "ch05/buy_apple"])
    assert stop.value.code == 2
    assert "--publish writes into a checkout" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv, complaint",
    [
        (["--quick", "--full"], "argument --full: not allowed with argument --quick"),
        (["--quick", "--publish"], "--publish is for results in full size"),
        (["ch05/buy_aple"], "no script is called ch05/buy_aple; did you mean ch05/buy_apple?"),
        (["--seed", "-1"], "expected a whole number at least 0, got '-1'"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(argv, complaint, capsys):
    try:
        code = main(["reproduce", *argv])
    except SystemExit as stop:  # argparse's way
        code = stop.code
    assert code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert complaint in line
