"""The command as a whole: help, exit codes, pipes."""

import subprocess
import sys

import pytest

from dlscratch.cli import COMMANDS, list_scripts

MODULE = [sys.executable, "-m", "dlscratch"]


def test_without_a_command_the_help_is_shown(dlscratch):
    done = dlscratch()
    assert done.code == 2
    assert "dlscratch run ch06/overfit_dropout" in done.out
    for name in COMMANDS:
        assert f"\n    {name}" in done.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name, dlscratch):
    done = dlscratch(name, "--help")
    assert not done.code
    assert f"\n    dlscratch {name}" in done.out


@pytest.mark.parametrize(
    "argv, complaint",
    [
        (["lst"], "argument COMMAND: invalid choice: 'lst' (choose from "),
        (["list", "--nmes"], "unrecognized arguments: --nmes"),
        (["run"], "the following arguments are required: NAME"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(argv, complaint, mistake):
    assert mistake(*argv).startswith(complaint)


@pytest.mark.parametrize(
    "argv, said",
    [
        (["lst"], "dlscratch: argument COMMAND: invalid choice: 'lst' (choose from 'list', "),
        (
            ["list", "--nmes"],
            "dlscratch list: unrecognized arguments: --nmes (did you mean --names",
        ),
        (
            ["draw", "--prt=9"],
            "dlscratch draw: unrecognized arguments: --prt=9 (did you mean --port",
        ),
        (
            ["list", "--zzz"],
            "dlscratch list: unrecognized arguments: --zzz (--help shows an example",
        ),
    ],
)
def test_a_slip_is_told_by_its_command_with_what_was_probably_meant(argv, said, dlscratch):
    err = dlscratch(*argv).err.replace("choose from list", "choose from 'list'")  # Python 3.12
    assert err.startswith(said)
    if argv == ["lst"]:
        assert err.endswith("(did you mean list?)\n")


def test_ctrl_c_is_one_line_and_exit_code_130(dlscratch, monkeypatch):
    def stopped():
        raise KeyboardInterrupt

    monkeypatch.setattr(list_scripts, "scripts", stopped)
    done = dlscratch("list")
    assert (done.code, done.err) == (130, "\ndlscratch list: stopped\n")


def test_a_file_that_cannot_be_written_is_one_line_and_exit_code_1(dlscratch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = dlscratch("graph", "a * 2", "a=1", "--out", "file/graph.png")
    assert done.code.startswith("dlscratch graph: file: ")  # SystemExit prints it and exits with 1


def test_python_m_dlscratch_is_the_command():
    done = subprocess.run([*MODULE, "list", "ch01/hungry"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Chapter 1\n  ch01/hungry" in done.stdout


def test_a_pipe_gets_whole_lines_and_a_reader_who_leaves_early_no_traceback():
    with subprocess.Popen(
        [*MODULE, "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""


def test_the_output_of_a_script_can_be_piped_too():
    command = f'"{sys.executable}" -m dlscratch run ch02/and_gate | head -n 1'
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("x1 x2 | AND\n", "")


def test_a_process_that_a_script_starts_does_not_run_the_command_again():
    """multiprocessing imports the main module anew, under another name."""
    code = "import runpy; runpy.run_module('dlscratch.__main__', run_name='__mp_main__')"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).stdout == b""


@pytest.mark.parametrize(
    "argv", [["list", "a\nb"], ["list", "--x\x1b[2J\n"], ["graph", "x\n+", "x=\n"]], ids=repr
)
def test_what_was_typed_is_quoted_without_what_moves_the_cursor(argv, dlscratch):
    done = dlscratch(*argv)
    assert done.code == 2 and done.err.endswith("\n")
    assert done.err.strip().isprintable()
