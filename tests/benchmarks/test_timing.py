"""Contenders take turns; what is told of their samples is the median and the quartiles."""

from contextlib import contextmanager

import pytest

from benchmarks.timing import Effort, Measured, block, interleave, milliseconds, ratio

SHORT = Effort(rounds=3, seconds=0, pause=0)


def test_a_measurement_is_the_median_with_the_quartiles_around_it():
    assert Measured.of([4, 1, 3, 2, 5]) == Measured(3, 2, 4, 5)


def test_a_single_sample_has_no_spread():
    assert Measured.of([7]) == Measured(7, 7, 7, 1)


def test_contenders_take_turns_and_the_first_of_a_round_moves_on():
    begun = []

    def contender(name):
        @contextmanager
        def begin():
            begun.append(name)
            yield lambda: None

        return begin

    interleave({name: contender(name) for name in "abc"}, SHORT)
    assert "".join(begun) == "abcbcacab"


def test_every_contender_gets_a_block_in_each_round_with_a_call_at_least():
    @contextmanager
    def begin():
        yield lambda: None

    blocks = interleave({"one": begin, "two": begin}, SHORT)
    assert {name: len(some) for name, some in blocks.items()} == {"one": 3, "two": 3}
    assert all(some for name in blocks for some in blocks[name])


def test_no_further_round_begins_after_the_limit():
    @contextmanager
    def begin():
        yield lambda: None

    blocks = interleave({"one": begin}, Effort(rounds=5, seconds=0, limit=0, pause=0))
    assert len(blocks["one"]) == 1


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves on by as much as the test says."""
    now = [0.0]
    monkeypatch.setattr("benchmarks.timing.time.perf_counter", lambda: now[0])

    def takes(*durations):
        left = iter(durations)

        def call():
            now[0] += next(left)

        return call

    return takes


def test_the_first_call_warms_up_and_is_not_counted(clock):
    assert block(clock(9, 2, 2, 2), seconds=5) == [2, 2, 2]


def test_a_call_as_long_as_many_blocks_is_counted_at_once(clock):
    assert block(clock(60), seconds=5) == [60]


def test_blocks_are_told_in_milliseconds_and_compared_round_by_round():
    slow, fast = [[4.0, 4.0], [40.0, 44.0, 90.0]], [[2.0], [11.0]]
    assert milliseconds(fast) == Measured(6500, 4250, 8750, 2)
    # the second round was slower for both: 4 / 2 and 44 / 11, not the medians of all
    assert ratio(slow, fast) == Measured(3, 2.5, 3.5, 2)
