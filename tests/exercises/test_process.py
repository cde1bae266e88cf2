"""A check in a process of its own: what never ends, and what ends Python itself."""

import pytest

from dlscratch.exercises.process import check_file


@pytest.fixture
def checked(relu, tmp_path):
    def checked(source, limit=1.0):
        path = tmp_path / "relu.py"
        path.write_bytes(source if isinstance(source, bytes) else source.encode())
        return check_file(relu, path, limit)

    return checked


def test_the_solution_passes_whatever_else_is_printed(checked, relu):
    finding = checked(relu.solution("zh") + "print('{} 你好')\n", limit=10.0)
    assert (finding.status, finding.printed) == ("done", "{} 你好\n")


def test_an_endless_loop_is_told_with_its_line(checked, relu):
    finding = checked("import numpy as np\nwhile True:\n    x = np.ones(3)\n")
    assert finding.key == "endless" and finding.fields["line"] in "23"
    assert finding.text(relu, "en").startswith("Still running after 1 s: an endless loop?\n    ")


def test_a_file_that_ends_python_without_a_word(checked):
    finding = checked("import os\nos._exit(7)\n")
    assert (finding.key, finding.fields) == ("crashed", {"code": "7"})


def test_a_file_that_is_no_text(checked):
    assert checked(b"x = '\xff'").key == "unreadable"


def test_a_file_as_windows_saves_it(checked, relu):
    source = relu.solution().replace("\n", "\r\n")
    assert checked(b"\xef\xbb\xbf" + source.encode(), limit=10.0).key == "done"


def test_a_file_that_is_not_there(relu, tmp_path):
    assert check_file(relu, tmp_path / "relu.py").status == "missing"
