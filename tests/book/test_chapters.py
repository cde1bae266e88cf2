"""Every script of every chapter runs as a reader runs it: from any folder, without a display."""

import contextlib
import doctest
import importlib
import io
import os
import re
import shlex
import subprocess
import sys

import pytest
from PIL import Image

from dlscratch.book.chapters import modules, scripts
from dlscratch.book.experiment import parser_of, run

MODULES = modules()

# The figures of the book that are plots; every one of them is drawn by some script.
PLOTS = {
    "ch01": "1-3 1-4 1-5",
    "ch02": "2-6 2-7 2-8",
    "ch03": "3-6 3-7 3-8 3-9 3-25",
    "ch04": "4-3 4-4 4-5 4-6 4-7 4-8 4-9 4-10 4-11 4-12",
    "ch06": "6-1 6-2 6-3 6-5 6-6 6-7 6-8 6-9 6-10 6-11 6-13 6-14 6-15 6-18 6-19 6-20 6-21 6-23 "
    "6-24",
    "ch07": "7-24 7-25",
    "ch08": "8-2 8-8 8-14 8-15 8-16",
}


def name_of(path):
    """.../ch03/sigmoid.py -> ch03/sigmoid"""
    return f"{path.parent.name}/{path.stem}"


def load(path):
    return importlib.import_module(f"{path.parent.name}.{path.stem}")


def last_line(text):
    return text.strip().splitlines()[-1]


SCRIPTS = [script.path for script in scripts()]
each_script = pytest.mark.parametrize("script", SCRIPTS, ids=name_of)


@pytest.fixture(scope="session")
def quick_run(tmp_path_factory):
    """Run a script with --quick in a folder of its own, once; the folder and what it printed."""
    finished = {}

    def quick_run(script):
        if script not in finished:
            folder = tmp_path_factory.mktemp(f"a folder for {script.stem} ")
            module, printed = load(script), io.StringIO()
            with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
                patch.chdir(folder)
                run(module.main, module.__doc__, getattr(module, "options", None), ["--quick"])
            finished[script] = folder, printed.getvalue()
        return finished[script]

    return quick_run


@each_script
def test_it_runs_in_another_folder_and_leaves_the_figures_it_names(script, quick_run):
    folder, printed = quick_run(script)
    named = [folder / name for name in re.findall("^figure: (.*)$", printed, re.MULTILINE)]
    left = list(folder.rglob("*.png"))
    assert sorted(named) == sorted(left)
    assert all(path.parent == folder / "out" / script.parent.name for path in left)
    for path in left:
        with Image.open(path) as picture:
            darkest, lightest = picture.convert("L").getextrema()
            assert min(picture.size) >= 100 and darkest < lightest, f"{path} is empty"


@pytest.mark.slow
@each_script
def test_from_the_shell_without_a_display_the_same_seed_gives_the_same_last_line(
    script, quick_run, tmp_path
):
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    env["PYTHONWARNINGS"] = "error"
    command = [sys.executable, str(script), "--quick"]
    done = subprocess.run(
        command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert last_line(done.stdout) == last_line(quick_run(script)[1])
    assert [path.name for path in tmp_path.iterdir()] in ([], ["out"])


@each_script
def test_its_docstring_teaches_and_says_how_to_run_it(script):
    doc = load(script).__doc__
    assert doc.splitlines()[0].endswith(".")
    assert f"    python {name_of(script)}.py\n" in doc
    assert "Last line with the default seed:" in doc


@each_script
def test_every_command_line_in_its_docstring_is_understood(script):
    module = load(script)
    parser = parser_of(module.main, module.__doc__, getattr(module, "options", None))
    lines = re.findall(r"^    python (\S+)\.py(.*)", module.__doc__, re.MULTILINE)
    assert {name for name, _ in lines} == {name_of(script)}
    for _, options in lines:
        parser.parse_args(shlex.split(options, comments=True))


@each_script
def test_its_last_line_is_the_documented_one_where_quick_changes_nothing(script, quick_run):
    if "args.quick" in script.read_text(encoding="utf-8"):
        return  # documented is the last line of the whole experiment, which takes too long here
    _, documented = load(script).__doc__.split("Last line with the default seed:")
    assert last_line(quick_run(script)[1]).split() == documented.split()


@each_script
def test_help_shows_the_lesson_and_the_example(script, capsys):
    module = load(script)
    with pytest.raises(SystemExit) as stop:
        run(module.main, module.__doc__, getattr(module, "options", None), argv=["--help"])
    assert not stop.value.code
    shown = capsys.readouterr().out
    assert module.__doc__.splitlines()[0] in shown
    assert f"    python {name_of(script)}.py\n" in shown


def test_importing_a_chapter_prints_nothing_and_every_file_has_a_docstring():
    names = [name_of(path).replace("/", ".") for path in MODULES]
    code = (
        "from importlib import import_module\n"
        f"for name in {names}: assert import_module(name).__doc__, name"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_examples_in_its_docstrings_are_right(path):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.testmod(load(path), optionflags=flags).failed == 0


@pytest.mark.parametrize("chapter", PLOTS)
def test_every_plot_of_the_chapter_is_drawn(chapter, quick_run):
    drawn = set()
    for script in SCRIPTS:
        if script.parent.name == chapter:
            folder, _ = quick_run(script)
            for path in folder.rglob("fig_*.png"):
                drawn.update(re.findall(r"\d-\d+", path.name))
    assert set(PLOTS[chapter].split()) <= drawn
