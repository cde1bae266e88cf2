"""The commands about scripts: list, run, show."""

import json
import webbrowser
from pathlib import Path

import pytest

from dlscratch.book import chapters
from dlscratch.cli import list_scripts


def test_list_has_every_script_under_its_chapter(dlscratch):
    lines = dlscratch("list").out.splitlines()
    headings = [line for line in lines if line.startswith("Chapter")]
    numbers = range(1, len(chapters.chapters()) + 1)
    assert headings == [f"Chapter {number}" for number in numbers]
    names = [line.split()[0] for line in lines if line.startswith("  ch")]
    assert names == [script.name for script in chapters.scripts()]


def test_list_shows_figures_time_and_lesson_of_a_script(dlscratch, monkeypatch, tmp_path):
    monkeypatch.setattr(list_scripts, "TIMES", tmp_path / "times.json")
    (tmp_path / "times.json").write_text('{"ch03/sigmoid": 75.3}')
    line = dlscratch("list", "ch03/sigmoid").out.splitlines()[-1]
    assert line.split(maxsplit=6) == [
        "ch03/sigmoid",
        "3-7",
        "1",
        "min",
        "15",
        "s",
        "the sigmoid function, the activation of a neuron (section 3.2.4, equation 3.6).",
    ]


def test_list_finds_a_chapter_that_was_added(dlscratch, monkeypatch, tmp_path):
    monkeypatch.setattr(chapters, "ROOT", tmp_path)
    for chapter in ("ch09", "ch10", "chapter", "ch9"):
        (tmp_path / chapter).mkdir()
        (tmp_path / chapter / "shared.py").write_text('"""What the scripts share."""\n')
        script = '"""Figure 9-1: a loop."""\n\n\ndef main(args):\n    pass\n'
        (tmp_path / chapter / "recurrent.py").write_text(script)
    lines = dlscratch("list").out.splitlines()
    assert [" ".join(line.split()) for line in lines if line] == [
        "script figures time what it shows",
        "Chapter 9",
        "ch09/recurrent 9-1 a loop.",
        "Chapter 10",
        "ch10/recurrent 9-1 a loop.",
    ]


def test_list_names_can_be_completed_by_a_shell(dlscratch):
    assert dlscratch("list", "ch02", "--names").out.split()[:2] == [
        "ch02/repl",
        "ch02/and_gate",
    ]


def test_the_committed_times_are_those_of_scripts_that_exist():
    names = {script.name for script in chapters.scripts()}
    assert set(json.loads(chapters.TIMES.read_text())) <= names


@pytest.mark.parametrize("name", ["ch02/or_gate", "ch02/or_gate.py", "or_gate"])
def test_run_runs_a_script_by_any_of_its_names(name, dlscratch):
    done = dlscratch("run", name)
    assert done.code == 0
    assert done.out.endswith(" 1  1 |  1\n")


def test_run_hands_the_options_on_to_the_script(dlscratch):
    done = dlscratch("run", "ch05/buy_apple", "--number", "3", "--out", "here")
    assert "price: 330" in done.out
    assert list(Path("here").glob("fig_5-1*.png"))


def test_run_shows_the_help_of_the_script(dlscratch):
    done = dlscratch("run", "ch05/buy_apple", "--help")
    assert not done.code
    assert "python ch05/buy_apple.py" in done.out and "--quick" in done.out


@pytest.mark.parametrize(
    "name, answer",
    [
        ("ch02/and_gat", "no script is called ch02/and_gat; did you mean ch02/and_gate?"),
        ("sigmoit", "no script is called sigmoit; did you mean sigmoid?"),
        ("ch6", "no script is called ch6; did you mean ch06?"),
        ("ch09/x", "no script is called ch09/x; "),
        ("zzz", "no script is called zzz; `dlscratch list` shows all"),
        ("ch02", "ch02 is a chapter; name one of its scripts: ch02/repl, ch02/and_gate, "),
        ("gradient_check", "gradient_check is in several chapters: ch05/gradient_check or ch07/"),
    ],
)
def test_run_answers_a_wrong_name_with_a_suggestion(name, answer, mistake):
    assert mistake("run", name).startswith(answer)


def test_run_answers_a_wrong_option_as_the_script_does(mistake):
    assert "expected a number" in mistake("run", "ch05/buy_apple", "--apple", "cheap")


@pytest.mark.parametrize("words", [("ch05/buy_apple", "--seeds"), ("--seeds",)])
def test_run_with_seeds_runs_each_and_prints_the_claims_side_by_side(words, dlscratch):
    name = [] if len(words) == 2 else ["ch05/buy_apple"]
    done = dlscratch("run", *words, "3,5", *name, "--out", "here")
    assert done.code == 0 and done.err == ""
    assert done.out.splitlines()[2:4] == ["price | book: 220", "  all 2 seeds: 220 | holds"]
    assert [len(list(Path(f"here/seed{n}/ch05").glob("fig_5-1_*.png"))) for n in (3, 5)] == [1, 1]


def test_run_leaves_a_script_that_counts_seeds_its_own_option(dlscratch):
    assert "trainings of each kind" in dlscratch("run", "dqn_ablation", "--seeds", "2", "-h").out


def test_run_says_where_to_look_when_a_script_claims_nothing(dlscratch):
    done = dlscratch("run", "ch02/or_gate", "--seeds", "0")
    assert done.out.endswith("ch02/or_gate claims nothing: see what it has written below out\n")


@pytest.mark.parametrize("answer", [None, "one seed fails"])
def test_run_with_seeds_ends_in_1_after_a_failure(answer, dlscratch, monkeypatch):
    asked = {}

    def run_seeds(script, argv, out, seeds, **options):
        asked.update(options, argv=argv, seeds=seeds)
        return {}, {7: answer} if answer else {}

    monkeypatch.setattr("dlscratch.book.seeds.run_seeds", run_seeds)
    line = "run ch06/hyperparameter_optimization --seeds 0-1,7 --processes 3 --resume --quick"
    done = dlscratch(*line.split())
    assert asked["seeds"] == [0, 1, 7] and asked["argv"] == ["--quick"]
    assert asked["processes"] == 3 and asked["resume"]
    assert done.code == bool(answer)
    assert ("failed: seed 7; --resume tries again" in done.out) == bool(answer)


@pytest.mark.parametrize(
    "words, answer",
    [
        ("--seeds 4-0", "argument --seeds: expected seeds as 0-4, 0,3,7 or 5, got '4-0'"),
        ("--seeds all", "argument --seeds: expected seeds as 0-4, 0,3,7 or 5, got 'all'"),
        ("--seeds=-1", "argument --seeds: expected seeds as 0-4, 0,3,7 or 5, got '-1'"),
        ("--seeds 0-1 --seed 3", "--seeds names all seeds: leave out --seed"),
        ("--seeds 0-1 --numbr 3", "unrecognized arguments: --numbr 3 (did you mean --number?)"),
        ("--seeds 0-1 --processes 0", "argument --processes: expected a whole number at least 1"),
    ],
)
def test_run_tells_a_mistake_with_seeds_once(words, answer, mistake):
    assert mistake("run", "ch05/buy_apple", *words.split()).startswith(answer)


def test_show_makes_the_figures_that_are_missing_and_a_page_of_them(dlscratch):
    done = dlscratch("show", "ch02")
    assert done.code == 0
    paths = [line.split(": ")[1] for line in done.out.splitlines()]
    assert [Path(path).name for path in paths] == [
        "fig_2-6_or.png",
        "fig_2-7_xor.png",
        "fig_2-8_xor_curve.png",
        "index.html",
    ]
    assert all(Path(path).exists() for path in paths)
    page = Path("out/ch02/index.html").read_text(encoding="utf-8")
    assert '<img src="fig_2-6_or.png"' in page
    assert "<h2>Figures 2-6 to 2-8: a line separates OR" in page
    assert "and_gate" not in page  # it draws nothing and claims nothing


def test_show_takes_the_figures_of_the_last_run(dlscratch):
    dlscratch("run", "ch05/buy_apple", "--number", "7")
    done = dlscratch("show", "ch05/buy_apple")
    assert done.err == ""  # nothing was run
    assert "seed 0, number 7" in Path("out/ch05/index.html").read_text(encoding="utf-8")


def test_show_puts_the_claims_beside_the_figures(dlscratch):
    dlscratch("show", "ch05/buy_apple")
    page = Path("out/ch05/index.html").read_text(encoding="utf-8")
    assert "<p>price | book: 220 | here: 220 | holds</p>" in page


@pytest.mark.parametrize("lost", [True, False])
def test_show_runs_again_what_has_lost_a_figure_or_when_asked(lost, dlscratch):
    dlscratch("run", "ch02/gate_regions")
    if lost:
        Path("out/ch02/fig_2-6_or.png").unlink()
    done = dlscratch("show", "ch02/gate_regions", *[] if lost else ["--again"])
    assert done.err == "ch02/gate_regions --quick\n"
    assert Path("out/ch02/fig_2-6_or.png").exists()


def test_show_opens_the_page_where_there_is_a_screen(dlscratch, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setenv("DISPLAY", ":0")
    dlscratch("show", "ch02/or_gate")
    assert opened == [Path("out/ch02/index.html").resolve().as_uri()]


def test_show_goes_on_after_a_script_that_fails(dlscratch, monkeypatch, tmp_path):
    bad = tmp_path / "ch02" / "bad.py"
    bad.parent.mkdir()
    bad.write_text("raise SystemExit('no luck')")
    good = [script for script in chapters.scripts() if script.name == "ch02/or_gate"]
    scripts = [chapters.Script(bad, "Bad."), *good]
    monkeypatch.setattr("dlscratch.cli.script_names.scripts", lambda: scripts)
    done = dlscratch("show", "ch02")
    assert done.code == 1
    assert "ch02/bad: failed: no luck (exit code 1; see " in done.err
    assert Path("out/ch02/or_gate.json").exists()
