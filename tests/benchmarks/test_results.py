"""What a run leaves behind can be read again, judged, printed and compared."""

import json
from pathlib import Path

import pytest

from benchmarks import compare, report
from benchmarks.results import FASTER, SHARE, Results, judged, load
from dlscratch.storage.files import DataError

ROOT = Path(__file__).parents[2]


def run(library=0.002, **others):
    times = {"library": library, "book": 0.006, "PyTorch": 0.004, **others}
    results = Results(machine={"processor": "abacus", "cores": 2, "numpy": "2.0"})
    blocks = {who: [[seconds]] * 4 for who, seconds in times.items() if seconds}
    results.add_blocks("step", "mlp", blocks, faster=2.5, of_pytorch=0.4)
    results.add("memory", "mlp, training", "library", [5.0], "MB", at_most=60)
    return results


def test_a_measurement_is_the_median_with_the_quartiles_around_it():
    found = judged([4, 1, 3, 2, 5])
    assert [found[key] for key in ("low", "value", "high", "samples")] == [2, 3, 4, 5]


def test_a_single_sample_has_no_spread():
    found = judged([7])
    assert [found[key] for key in ("low", "value", "high", "samples")] == [7, 7, 7, 1]


def test_seconds_are_kept_in_milliseconds():
    assert run().row("step", "mlp", "library")["value"] == pytest.approx(2)


def test_more_is_better_against_the_book_less_is_better_elsewhere():
    faster, share = (run().ratio("step", "mlp", kind) for kind in (FASTER, SHARE))
    assert (faster["value"], faster["meets"]) == (pytest.approx(3), True)  # 3 >= 2.5
    assert (share["value"], share["meets"]) == (pytest.approx(0.5), False)  # 0.5 > 0.4
    assert run().row("memory", "mlp, training", "library", "MB")["meets"] is True


def test_without_pytorch_there_is_no_ratio_to_it():
    results = run(PyTorch=None)
    assert results.ratio("step", "mlp", SHARE) is results.row("step", "mlp", "PyTorch") is None


def test_what_was_saved_is_loaded_equal(tmp_path):
    run().save(tmp_path / "numbers.json")
    assert load(tmp_path / "numbers.json") == run()


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"7", b'{"schema": 1, "colour": "red"}', b"{", b"\xff\xfe\x80"]
)
def test_another_file_is_refused_by_name(content, tmp_path):
    (tmp_path / "other.json").write_bytes(content)
    with pytest.raises(DataError, match=r"other\.json: not the JSON of a benchmark run"):
        load(tmp_path / "other.json")


def test_another_version_of_the_file_is_refused(tmp_path):
    (tmp_path / "old.json").write_text(json.dumps({"schema": 0}))
    with pytest.raises(DataError, match="another version of the benchmarks"):
        load(tmp_path / "old.json")


def test_readme_s_table_is_that_of_the_committed_numbers():
    _, *rows = report.markdown(load(ROOT / "benchmarks" / "results.json"))
    assert len(rows) == 4
    shown = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert not set(rows) - set(shown)


def test_a_table_has_a_column_for_each_contender_and_says_which_targets_are_met():
    _, title, heading, line = report.section(run(), "step", "gradient + update")
    assert title == "gradient + update"
    assert heading.split("  ")[-1].strip() == SHARE
    assert "2.00 (2.00-2.00)" in line and ">= 2.5 yes" in line and "<= 0.4 NO" in line


def test_a_section_that_was_not_measured_has_no_table():
    assert report.section(run(), "loading", "MNIST") == []


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


# ---- --against


def verdicts(now, then):
    return {name: compare.judge(*rows) for name, *rows in compare.pairs(now, then)}


def test_ratios_are_compared_not_milliseconds_of_another_day():
    # everything took three times as long: the machine was busy, nothing became worse
    now = run(library=0.006, book=0.018, PyTorch=0.012)
    assert verdicts(now, run()) == {
        f"step, mlp, {FASTER}": "same",
        f"step, mlp, {SHARE}": "same",
        "memory, mlp, training [MB]": "same",
    }


@pytest.mark.parametrize("seconds, verdict", [(0.004, "worse"), (0.001, "better")])
def test_a_slower_library_is_worse_in_both_ratios_a_faster_one_better(seconds, verdict):
    found = verdicts(run(seconds), run())
    assert [found[f"step, mlp, {kind}"] for kind in (FASTER, SHARE)] == [verdict] * 2


def test_milliseconds_are_compared_where_there_is_nothing_to_compare_with():
    then, now = Results(), Results()
    then.add("scale", "mlp depth 4", "library", [1.9, 2.0, 2.1], "ms")
    now.add("scale", "mlp depth 4", "library", [2.9, 3.0, 3.1], "ms")
    assert verdicts(now, then) == {"scale, mlp depth 4 [ms]": "worse"}


@pytest.mark.parametrize(
    "before, after, verdict",
    [
        ([1.5, 2.0, 2.9], [1.8, 3.0, 3.1], "same"),  # the quartiles touch
        ([2.0] * 3, [2.1] * 3, "same"),  # five per cent
        ([2.0], [9.0], "too few"),
        ([1.9, 2.0, 2.1], [0.9, 1.0, 1.1], "better"),
    ],
)
def test_a_change_counts_only_beyond_the_spread(before, after, verdict):
    assert compare.judge(judged(before), judged(after)) == verdict


def test_what_else_differs_between_two_runs_is_said():
    then = Results(machine={**run().machine, "numpy": "1.26"}, options={"quick": True})
    lines = compare.against(run(), then, "then.json")
    assert lines == ["", "then.json measured nothing that this run measured"]
    then.ratios = run().ratios
    lines = compare.against(run(), then, "then.json")
    assert "  numpy: then 1.26, now 2.0" in lines
    assert "  one of the two runs was --quick: its numbers are rough" in lines
