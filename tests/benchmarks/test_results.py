"""What a run leaves behind can be read again, judged, printed and compared."""

import json

import pytest

from benchmarks import compare, report
from benchmarks.results import FASTER, SHARE, Results, load, once
from benchmarks.timing import Measured
from dlscratch.storage.files import DataError


def blocks(library=0.002, book=0.006, pytorch=0.004):
    return {"library": [[library]] * 4, "book": [[book]] * 4, "PyTorch": [[pytorch]] * 4}


@pytest.fixture
def results():
    results = Results(machine={"processor": "abacus", "cores": 2, "numpy": "2.0"})
    results.add_blocks("step", "mlp", blocks(), faster=2.5, of_pytorch=0.4)
    results.add("memory", "mlp, training", "library", once(5.0), "MB", at_most=60)
    return results


def test_the_library_is_compared_with_the_book_and_with_pytorch(results):
    assert results.ratio("step", "mlp", FASTER)["value"] == pytest.approx(3)
    assert results.ratio("step", "mlp", SHARE)["value"] == pytest.approx(0.5)


def test_more_is_better_against_the_book_less_is_better_elsewhere(results):
    assert results.ratio("step", "mlp", FASTER)["meets"] is True  # 3 >= 2.5
    assert results.ratio("step", "mlp", SHARE)["meets"] is False  # 0.5 > 0.4
    assert results.row("memory", "mlp, training", "library", "MB")["meets"] is True


def test_without_pytorch_there_is_no_ratio_to_it():
    results = Results()
    results.add_blocks("step", "mlp", {"library": [[1.0]], "book": [[2.0]]})
    assert results.ratio("step", "mlp", SHARE) is None
    assert results.row("step", "mlp", "PyTorch") is None


def test_what_was_saved_is_loaded_equal(results, tmp_path):
    path = tmp_path / "numbers.json"
    results.save(path)
    assert load(path) == results


@pytest.mark.parametrize("text", ["", "[]", "{}", "7", '{"schema": 1, "colour": "red"}', "{"])
def test_another_file_is_refused_by_name(text, tmp_path):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(DataError, match=r"other\.json: not the JSON of a benchmark run"):
        load(path)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "other.json"
    path.write_bytes(b"\xff\xfe\x80")
    with pytest.raises(DataError, match="not the JSON of a benchmark run"):
        load(path)


def test_another_version_of_the_file_is_refused(tmp_path):
    path = tmp_path / "old.json"
    path.write_text(json.dumps({"schema": 0}))
    with pytest.raises(DataError, match="another version of the benchmarks"):
        load(path)


def test_a_table_has_a_column_for_each_contender_and_says_which_targets_are_met(results):
    _, title, heading, line = report.section(results, "step")
    assert title == "gradient + update, batch of 100"
    assert heading.split("  ")[-1].strip() == SHARE
    assert "2.00 (2.00-2.00)" in line and ">= 2.5 yes" in line and "<= 0.4 NO" in line


def test_a_section_that_was_not_measured_has_no_table(results):
    assert report.section(results, "loading") == []


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "0"),
        (0.0123, "0.012"),
        (1.234, "1.23"),
        (12.34, "12.3"),
        (1234.5, "1,234"),
    ],
)
def test_numbers_are_as_long_as_they_say_something(value, text):
    assert report.number(value) == text


def test_the_table_for_readme_is_markdown(results):
    results.machine.update(system="S", load=0.1, python="3", torch=None, blas=[])
    _, heading, rule, row, *_ = report.markdown(results)
    assert heading.count("|") == rule.count("|") == row.count("|")
    assert row.startswith("| MLP 784-4x100-10, Adam | 2.00 (2.00-2.00) | 3.00")


def test_the_worst_of_the_checks_is_told_for_each_contender():
    results = Results(
        checks=[
            {"what": "mlp", "contender": "book", "error": 1e-6, "where": "W1"},
            {"what": "deep", "contender": "book", "error": 3e-6, "where": "b2"},
        ]
    )
    assert report.checks(results)[1:] == [
        "worst difference from a plain network of the library, 2 checks",
        "  book: 3e-06 of the largest number, in b2 of deep",
    ]


# ---- --against


def verdicts(now, then):
    return {
        name: compare.judge(before, after, larger)
        for name, before, after, larger in compare.pairs(now, then)
    }


def run(**times):
    results = Results()
    results.add_blocks("step", "mlp", blocks(**times))
    return results


def test_ratios_are_compared_not_milliseconds_of_another_day():
    # everything took three times as long: the machine was busy, nothing became worse
    now = run(library=0.006, book=0.018, pytorch=0.012)
    assert verdicts(now, run()) == {
        f"step, mlp, {FASTER}": "same",
        f"step, mlp, {SHARE}": "same",
    }


def test_a_slower_library_is_worse_in_both_ratios_a_faster_one_better():
    assert set(verdicts(run(library=0.004), run()).values()) == {"worse"}
    assert set(verdicts(run(library=0.001), run()).values()) == {"better"}


def test_milliseconds_are_compared_where_there_is_nothing_to_compare_with():
    then, now = Results(), Results()
    then.add("scale", "mlp depth 4", "library", Measured(2.0, 1.9, 2.1, 9), "ms")
    now.add("scale", "mlp depth 4", "library", Measured(3.0, 2.9, 3.1, 9), "ms")
    assert verdicts(now, then) == {"scale, mlp depth 4 [ms]": "worse"}


@pytest.mark.parametrize(
    "before, after, verdict",
    [
        (Measured(2.0, 1.5, 2.9, 9), Measured(3.0, 2.8, 3.1, 9), "same"),  # the spreads touch
        (Measured(2.0, 2.0, 2.0, 9), Measured(2.1, 2.1, 2.1, 9), "same"),  # five per cent
        (Measured(2.0, 2.0, 2.0, 1), Measured(9.0, 9.0, 9.0, 1), "too few"),
        (Measured(2.0, 1.9, 2.1, 9), Measured(1.0, 0.9, 1.1, 9), "better"),
    ],
)
def test_a_change_counts_only_beyond_the_spread(before, after, verdict):
    assert compare.judge(before.as_dict(), after.as_dict(), larger=False) == verdict


def test_what_else_differs_between_two_runs_is_said(results):
    then = Results(machine={**results.machine, "numpy": "1.26"}, options={"quick": True})
    lines = compare.against(results, then, "then.json")
    assert lines == ["", "then.json measured nothing that this run measured"]
    then.ratios = results.ratios
    lines = compare.against(results, then, "then.json")
    assert "  numpy: then 1.26, now 2.0" in lines
    assert "  one of the two runs was --quick: its numbers are rough" in lines
