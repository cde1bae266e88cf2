"""What the tests of all commands share."""

from types import SimpleNamespace

import pytest

from dlscratch.cli import main


@pytest.fixture
def dlscratch(tmp_path, monkeypatch, capsys):
    """Run the command in a folder of its own: dlscratch("list", "ch06").code .out .err"""
    monkeypatch.chdir(tmp_path)
    for name in "DISPLAY", "WAYLAND_DISPLAY":
        monkeypatch.delenv(name, raising=False)

    def dlscratch(*argv):
        try:
            code = main(argv)
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        return SimpleNamespace(code=code, out=captured.out, err=captured.err)

    return dlscratch


@pytest.fixture
def mistake(dlscratch):
    """Run a command line that holds a mistake: what the user reads, without the program's name."""

    def mistake(*argv):
        done = dlscratch(*argv)
        assert done.code == 2 and done.out == ""
        (line,) = done.err.splitlines()  # no traceback, no usage
        return line.partition(": ")[2]

    return mistake
