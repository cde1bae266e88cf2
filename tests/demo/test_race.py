"""The race of the optimizers: the library's own, in the valley of section 6.1.7."""

import json

import numpy as np
import pytest

from ch06.optimizer_compare_naive import OPTIMIZERS, walk
from dlscratch.demo import race as module
from dlscratch.demo.race import RATES, STEPS, race


def test_all_walk_as_in_the_script_of_chapter_6():
    paths = race({})
    for name, (kind, lr, *_) in OPTIMIZERS.items():
        assert RATES[name] == lr
        np.testing.assert_allclose(paths[name], walk(kind(lr), STEPS + 1))


def test_start_and_rate_are_the_readers():
    paths = race({"start": [3, -1.5], "rates": {"SGD": 0.5}})
    assert {tuple(path[0]) for path in paths.values()} == {(3.0, -1.5)}
    assert paths["SGD"][1] == pytest.approx([3 - 0.5 * 3 / 10, 0])
    assert paths["Adam"] == race({"start": [3, -1.5]})["Adam"]


@pytest.mark.parametrize("rate", [1e-4, 10])
def test_who_diverges_ends_and_the_answer_stays_json(rate):
    paths = race({"start": [10, 10], "rates": dict.fromkeys(RATES, rate)})
    json.loads(json.dumps(paths, allow_nan=False))
    assert (len(paths["SGD"]) < STEPS) == (rate == 10)
    assert all(np.abs(path[:-1]).max() < module.FAR for path in paths.values())


def test_at_the_minimum_nobody_moves():
    for path in race({"start": [0, 0]}).values():
        np.testing.assert_array_equal(path, np.zeros((STEPS + 1, 2)))


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ([], "expected one JSON object: start, rates"),
        ({"speed": 3}, "expected one JSON object: start, rates"),
        ({"start": 3}, r"expected the start as \[x, y\]"),
        ({"start": [1, 2, 3]}, r"expected the start as \[x, y\]"),
        ({"start": [11, 0]}, "x must be a number at least -10 and at most 10, got 11"),
        ({"start": ["a", 0]}, "x must be a number"),
        ({"start": [0, float("nan")]}, "y must be a number"),
        ({"rates": {"RMSProp": 1}}, "expected rates for SGD, Momentum, AdaGrad, Adam"),
        ({"rates": [1]}, "expected rates for"),
        ({"rates": {"SGD": 0}}, "the learning rate of SGD must be a number"),
    ],
)
def test_what_is_no_race_is_told_with_what_is_expected(asked, complaint):
    with pytest.raises((ValueError, TypeError), match=complaint):
        race(asked)
