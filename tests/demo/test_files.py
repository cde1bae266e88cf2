"""The files of the page."""

import re
from pathlib import Path

import pytest

import dlscratch.demo
from dlscratch.demo.files import FILES, KINDS, content

FOLDER = Path(dlscratch.demo.__file__).parent


def test_every_file_that_is_no_python_is_served_under_one_address():
    files = [file.name for file in FOLDER.iterdir() if file.suffix[1:] in KINDS]
    assert sorted(FILES.values()) == sorted(files)


def test_what_a_file_imports_is_served():
    for name in FILES.values():
        text = (FOLDER / name).read_text(encoding="utf-8")
        assert {*re.findall(r'from "(/.+)"', text)} <= {*FILES}


def test_another_address_is_no_file():
    with pytest.raises(KeyError):
        content("/server.py")
