"""What chapter scripts share: options, the output folder, figures, claims, and clean endings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dlscratch import figures
from dlscratch.book.experiment import Arguments, Claim, number, replay, run
from dlscratch.storage.files import DataError

DOC = """Figure 0-0: an example.

    python book/test_experiment.py
"""


@pytest.fixture(autouse=True)
def in_a_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def seen(argv, options=None):
    """The arguments that main gets."""
    got = []
    run(lambda args: got.append(args), DOC, options, argv)
    return got[0]


def test_main_gets_seed_quick_show_and_an_output_folder_that_exists():
    args = seen([])
    assert (args.seed, args.quick, args.show) == (0, False, False)
    assert args.out == Path("out", "book") and args.out.is_dir()


def test_the_shared_options_can_be_set():
    args = seen(["--seed", "7", "--quick", "--show", "--out", "a folder/deeper"])
    assert (args.seed, args.quick, args.show) == (7, True, True)
    assert args.out == Path("a folder", "deeper") and args.out.is_dir()


def test_a_script_adds_options_of_its_own():
    def options(parser):
        parser.add_argument("--lr", type=number(float, above=0), default=0.1)

    assert seen([], options).lr == 0.1
    assert seen(["--lr", "0.5"], options).lr == 0.5


def test_run_without_argv_reads_the_command_line(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["test_experiment.py", "--seed", "3"])
    assert seen(None).seed == 3


def test_claims_are_printed_and_returned(capsys):
    claims = [
        Claim("accuracy", book="0.9352", ours="0.9400"),
        Claim("fastest", book="AdaGrad", ours="Adam", holds=False, why="the seed is another"),
    ]
    assert run(lambda args: claims, DOC, argv=[]) == claims
    assert capsys.readouterr().out.splitlines() == [
        "accuracy | book: 0.9352 | here: 0.9400 | holds",
        "fastest | book: AdaGrad | here: Adam | differs, because the seed is another",
    ]


def test_a_script_without_claims_returns_none_of_them():
    assert run(lambda args: None, DOC, argv=[]) == []


def test_save_writes_the_figure_prints_its_path_and_returns_it(capsys):
    fig, _ = figures.new()
    path = seen([]).save(fig, "fig_0-0.png")
    assert path == Path("out/book/fig_0-0.png")
    assert path.read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().out == f"figure: {path}\n"


def test_show_without_a_screen_says_where_the_figure_is(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in "DISPLAY", "WAYLAND_DISPLAY":
        monkeypatch.delenv(name, raising=False)
    path = seen(["--show"]).save(figures.new()[0], "fig.png")
    assert f"the file is {path}" in capsys.readouterr().err


@pytest.mark.parametrize("argv, opened", [(["--show"], 1), ([], 0)])
def test_show_opens_the_saved_picture_where_there_is_a_screen(monkeypatch, argv, opened):
    from PIL import ImageShow

    pictures = []
    monkeypatch.setattr(ImageShow, "show", lambda image, title: pictures.append(title) or True)
    monkeypatch.setenv("DISPLAY", ":0")
    seen(argv).save(figures.new()[0], "fig.png")
    assert pictures == ["fig.png"] * opened


@pytest.mark.parametrize(
    "argv, complaint",
    [
        (["--seed", "-1"], "argument --seed: expected a whole number at least 0, got '-1'"),
        (
            ["--seed", "many"],
            "argument --seed: expected a whole number at least 0, got 'many'",
        ),
        (["--optimizer", "Adma"], "argument --optimizer: invalid choice: 'Adma' (choose from"),
        (["--sed", "1"], "unrecognized arguments: --sed 1 (did you mean --seed?)"),
    ],
)
def test_a_bad_option_is_one_line_that_names_what_is_allowed(argv, complaint, capsys):
    def options(parser):
        parser.add_argument("--optimizer", choices=["Adam", "SGD"])

    with pytest.raises(SystemExit) as stop:
        run(lambda args: None, DOC, options, argv)
    assert stop.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"python book/test_experiment.py: {complaint}")


def test_options_that_do_not_go_together_are_one_line_too(capsys):
    with pytest.raises(SystemExit) as stop:
        run(lambda args: args.error("--batch 500 is more than the 300 images"), DOC, argv=[])
    assert stop.value.code == 2
    assert "--batch 500 is more than the 300 images" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "nan", "inf", "one", ""])
def test_number_refuses_what_is_out_of_range_or_no_number(text, capsys):
    def options(parser):
        parser.add_argument("--ratio", type=number(float, above=0, at_most=1))

    with pytest.raises(SystemExit):
        run(lambda args: None, DOC, options, [f"--ratio={text}"])
    assert f"expected a number above 0 and at most 1, got {text!r}" in capsys.readouterr().err


@pytest.mark.parametrize("text, value", [("1", 1), ("0.001", 0.001), ("1e-9", 1e-9)])
def test_number_takes_what_is_in_range(text, value):
    assert number(float, above=0, at_most=1)(text) == value


def fails_with(error):
    def main(args):
        raise error

    with pytest.raises(SystemExit) as stop:
        run(main, DOC, argv=[])
    return stop.value.code


def test_damaged_data_is_one_line():
    error = DataError("weights.npz: not a readable .npz file; save it again")
    assert fails_with(error) == f"python book/test_experiment.py: {error}"


def test_a_missing_file_is_one_line():
    code = fails_with(FileNotFoundError(2, "No such file or directory", "cat.png"))
    assert code == "python book/test_experiment.py: cat.png: No such file or directory"


def test_an_output_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SystemExit, match="^python book/test_experiment.py: file.*$"):
        run(lambda args: None, DOC, argv=["--out", "file/folder"])


def test_a_mistake_in_the_script_itself_keeps_its_traceback():
    def main(args):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(main, DOC, argv=[])


def test_ctrl_c_says_goodbye_in_one_line(capsys):
    assert fails_with(KeyboardInterrupt()) == 130
    assert "stopped; finished results are in" in capsys.readouterr().err


def test_a_reader_of_the_pipe_who_leaves_early_gets_no_traceback(tmp_path):
    script = tmp_path / "chatter.py"
    script.write_text(
        "from dlscratch.book.experiment import run\n"
        "def main(args):\n"
        "    for i in range(100_000): print('line', i)\n"
        "run(main, 'Prints a lot.')\n"
    )
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""


def test_replay_shows_a_session_whose_answers_are_right(tmp_path, capsys):
    session = tmp_path / "session.txt"
    session.write_text("Adding.\n\n    >>> 1 + 2\n    3\n    >>> x = 4\n")
    replay(str(tmp_path / "session.py"))
    shown = capsys.readouterr().out
    assert "Adding.\n\n    >>> 1 + 2\n    3\n" in shown
    assert shown.endswith("2 inputs typed, every output as shown\n")


def test_replay_stops_at_a_wrong_answer_and_shows_the_right_one(tmp_path, capsys):
    session = tmp_path / "session.txt"
    session.write_text(">>> 1 + 2\n4\n")
    with pytest.raises(SystemExit, match="1 of 1 outputs differ"):
        replay(str(tmp_path / "session.py"))
    assert "Expected:\n    4\nGot:\n    3\n" in capsys.readouterr().out


def record(main, *argv, options=None):
    """What a run with these options leaves in its record."""
    run(main, DOC, options, argv)
    return json.loads(Path("out/book/test_experiment.json").read_text(encoding="utf-8"))


def test_a_run_leaves_a_record_of_what_came_out():
    def main(args):
        args.save(figures.new()[0], "fig_0-0.png")
        return [Claim("a", "1", "2", np.bool_(False), "why")]

    left = record(main, "--seed", "5")
    assert left.pop("seconds") > 0
    assert left == {
        "seed": 5,
        "options": {},
        "figures": ["fig_0-0.png"],
        "claims": [
            {"what": "a", "book": "1", "ours": "2", "holds": False, "why": "why", "quoted": False}
        ],
    }


def test_the_record_names_the_options_that_the_result_depends_on_and_no_others():
    def options(parser):
        parser.add_argument("--lr", type=float, default=0.1)
        parser.add_argument("--std", type=float, default=0.1)
        parser.add_argument("--weights", type=Path, default=None)
        parser.add_argument("--resume", action="store_true")

    argv = "--quick --resume --show --lr 0.1 --std 0.2 --weights here.npz".split()
    left = record(lambda args: None, *argv, options=options)
    assert left["options"] == {"quick": True, "std": 0.2, "weights": "here.npz"}


def test_a_program_that_is_no_chapter_script_leaves_no_record(tmp_path):
    package = tmp_path / "measure"
    package.mkdir()
    (package / "__main__.py").write_text(
        "from dlscratch.book.experiment import run\n"
        "def main(args): print('measured')\n"
        "run(main, 'Measures.')\n"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "measure", "--out", "left"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("measured\n", "")
    assert list((tmp_path / "left").iterdir()) == []


def test_a_run_that_fails_leaves_no_record():
    fails_with(OSError("disk full"))
    assert not Path("out/book/test_experiment.json").exists()


def test_what_is_saved_is_no_option():
    """A script may tell its runs apart by vars(args)."""
    args = seen([])
    before = dict(vars(args))
    args.save(figures.new()[0], "fig.png")
    assert vars(args) == before and args.figures == ["fig.png"]


def test_arguments_are_easy_to_make_for_a_test_of_main(tmp_path):
    args = Arguments(seed=0, quick=True, show=False, out=tmp_path)
    args.save(figures.new()[0], "fig.png")
    assert os.listdir(tmp_path) == ["fig.png"]
