"""Contenders take turns, each in a `with` block of its own."""

from contextlib import contextmanager, nullcontext

import pytest

from benchmarks.timing import Effort, block, interleave, ratios


def idle():
    """A contender's call that does nothing."""


def test_contenders_take_turns_and_the_first_of_a_round_moves_on():
    begun = []

    def ready(name):
        @contextmanager
        def begin():
            begun.append(name)
            yield

        return begin

    runners = {name: (ready(name), idle) for name in "abc"}
    blocks = interleave(runners, Effort(rounds=3, seconds=0, pause=0))
    assert "".join(begun) == "abc" + "abcbcacab"  # once each to warm up, then three rounds
    assert [len(some) for some in blocks.values()] == [3, 3, 3]
    assert all(some for name in blocks for some in blocks[name])


def test_no_further_round_begins_after_the_limit():
    effort = Effort(rounds=5, seconds=0, limit=0, pause=0)
    assert len(interleave({"one": (nullcontext, idle)}, effort)["one"]) == 1


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


def test_contenders_are_compared_round_by_round():
    slow, fast = [[4.0, 4.0], [40.0, 44.0, 90.0]], [[2.0], [11.0]]
    # the second round was slower for both: 4 / 2 and 44 / 11, not the medians of all
    assert ratios(slow, fast) == [2, 4]
