"""What a run leaves behind can be read again, printed and compared."""

import json
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.results import SCHEMA, Results, load, quartiles
from dlscratch.storage.files import DataError

ROOT = Path(__file__).parents[2]


def run(library=0.002, **others):
    times = {"library": library, "book": 0.006, "PyTorch": 0.004, "JAX": 0.001, **others}
    results = Results(machine={"processor": "abacus", "cores": 2, "numpy": "2.0"})
    results.add_blocks("step", "mlp", {who: [[s]] * 4 for who, s in times.items() if s})
    results.add("memory", "mlp, training", "library", [5.0], "MB")
    return results


def test_a_measurement_is_the_median_with_the_quartiles_around_it():
    assert quartiles([4, 1, 3, 2, 5]) == {"low": 2, "value": 3, "high": 4, "samples": 5}
    assert quartiles([7]) == {"low": 7, "value": 7, "high": 7, "samples": 1}


def test_seconds_are_kept_in_milliseconds_beside_the_library_s_share_of_them():
    library, book = (run().row("step", "mlp", who) for who in ("library", "book"))
    assert library["value"] == pytest.approx(2) and "ratio" not in library
    assert book["value"] == pytest.approx(6)
    assert book["ratio"]["value"] == pytest.approx(1 / 3)


def test_the_fastest_peer_is_neither_the_library_nor_the_book():
    assert run().fastest_peer("step", "mlp")["contender"] == "JAX"
    assert run(JAX=0.007).fastest_peer("step", "mlp")["contender"] == "PyTorch"
    assert run(JAX=None, PyTorch=None).fastest_peer("step", "mlp") is None


def test_what_was_saved_is_loaded_equal(tmp_path):
    run().save(tmp_path / "numbers.json")
    assert load(tmp_path / "numbers.json") == run()


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"7", b'{"schema": %d, "colour": "red"}' % SCHEMA, b"{", b"\xff\xfe\x80"],
)
def test_another_file_is_refused_by_name(content, tmp_path):
    (tmp_path / "other.json").write_bytes(content)
    with pytest.raises(DataError, match=r"other\.json: not the JSON of a benchmark run"):
        load(tmp_path / "other.json")


def test_another_version_of_the_file_is_refused(tmp_path):
    (tmp_path / "old.json").write_text(json.dumps({"schema": 0}))
    with pytest.raises(DataError, match="another version of the benchmarks"):
        load(tmp_path / "old.json")


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_readme_s_table_is_that_of_the_committed_numbers(page):
    _, *rows = report.markdown(load(ROOT / "benchmarks" / "results.json"))
    assert len(rows) == 4
    shown = (ROOT / page).read_text(encoding="utf-8").splitlines()
    assert {numbers(row) for row in rows} <= {numbers(line) for line in shown}


def numbers(line):
    """A row without its first cell, which is translated."""
    return tuple(line.split("|")[2:])


def test_a_section_has_a_line_for_each_contender():
    _, title, _, library, book, *_ = report.section(run(), "step", "gradient + update")
    assert title == "gradient + update"
    assert library.split("  ") == ["mlp, library", "2.00 ms", "2.00-2.00"]
    assert book.split("  ")[-1] == "0.33 (0.33-0.33)"
    assert report.section(run(), "loading", "MNIST") == []  # it was not measured


@pytest.mark.parametrize(
    "value, text",
    [(0, "0"), (0.0123, "0.012"), (1.234, "1.23"), (12.34, "12.3"), (1234.5, "1,234")],
)
def test_numbers_are_as_long_as_they_say_something(value, text):
    assert report.number(value) == text


def test_the_worst_of_the_checks_is_told_for_each_contender():
    checks = [("mlp", 1e-6, "W1"), ("deep", 3e-6, "b2"), ("simple", 2e-6, "W2")]
    keys = ("what", "error", "where")
    results = Results(checks=[{**dict(zip(keys, one)), "contender": "book"} for one in checks])
    assert report.checks(results)[1:] == [
        "worst difference from a plain network of the library, 3 checks",
        "  book: 3e-06 of the largest number, in b2 of deep",
    ]


def compared(now, then):
    """The name, then, now and the change of each line, and the lines above them."""
    lines = report.against(now, then, "then.json")
    start = next(i for i, line in enumerate(lines) if line.endswith("change"))
    return [line.split("  ")[0] + " " + line.split()[-1] for line in lines[start + 1 :]], lines


def test_ratios_are_compared_not_milliseconds_of_another_day():
    # everything took three times as long: the machine was busy, nothing became worse
    now = run(library=0.006, book=0.018, PyTorch=0.012, JAX=0.003)
    found, _ = compared(now, run())
    assert found[1] == "step, mlp, book, library's share +0%"
    found, _ = compared(run(library=0.004), run())  # twice as slow
    assert found[1:3] == [
        "step, mlp, book, library's share +100%",
        "step, mlp, PyTorch, library's share +100%",
    ]


def test_milliseconds_and_megabytes_are_compared_where_there_is_no_ratio():
    then, now = run(), run()
    then.add("scale", "mlp depth 4", "library", [1.9, 2.0, 2.1], "ms")
    now.add("scale", "mlp depth 4", "library", [2.9, 3.0, 3.1], "ms")
    now.add("scale", "mlp depth 8", "library", [4.0], "ms")  # which the earlier run has not
    found, _ = compared(now, then)
    assert found[-2:] == [
        "memory, mlp, training, library, MB +0%",
        "scale, mlp depth 4, library, ms +50%",
    ]


def test_another_machine_is_said():
    then = run()
    then.machine = {**then.machine, "numpy": "1.26"}
    assert "  numpy: then 1.26, now 2.0" in compared(run(), then)[1]
