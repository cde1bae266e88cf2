"""Schedules: their rates against numbers worked by hand, and in the steps of an optimizer."""

import copy
import math
import pickle

import numpy as np
import pytest

from dlscratch import SGD, Adam, CosineDecay, StepDecay, Warmup
from dlscratch.schedules import rate_at

SCHEDULES = [
    StepDecay(0.1, 0.5, every=3),
    CosineDecay(0.1, steps=6, floor=0.01),
    Warmup(0.1, steps=4),
    Warmup(StepDecay(0.1, 0.5, every=3), steps=2),
]


def rates(schedule, steps):
    return [schedule(step) for step in range(1, steps + 1)]


def test_a_staircase_keeps_each_rate_for_so_many_steps():
    assert rates(StepDecay(0.8, 0.5, every=3), 8) == [0.8] * 3 + [0.4] * 3 + [0.2] * 2


def test_a_factor_of_one_is_no_decay():
    assert rates(StepDecay(0.1, 1, every=1), 5) == [0.1] * 5


def test_the_cosine_goes_from_the_rate_to_the_floor_and_stays_there():
    """cos of 0, 60, 120 and 180 degrees is 1, 1/2, -1/2 and -1."""
    found = rates(CosineDecay(0.9, steps=3, floor=0.1), 6)
    np.testing.assert_allclose(found, [0.9, 0.7, 0.3, 0.1, 0.1, 0.1], rtol=1e-12)


def test_no_step_of_a_cosine_decay_to_zero_is_wasted():
    assert min(rates(CosineDecay(0.1, steps=100), 100)) > 0


def test_a_warmup_rises_evenly_to_a_rate():
    np.testing.assert_allclose(rates(Warmup(0.8, steps=4), 6), [0.2, 0.4, 0.6, 0.8, 0.8, 0.8])


def test_a_warmup_rises_into_the_schedule_behind_it_whose_steps_count_from_the_start():
    found = rates(Warmup(StepDecay(0.8, 0.5, every=4), steps=2), 6)
    np.testing.assert_allclose(found, [0.4, 0.8, 0.8, 0.8, 0.4, 0.4])


@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
def test_a_schedule_is_a_function_of_the_step_alone(schedule):
    for step in (7, 1, 7, 1000):
        assert (
            schedule(step)
            == copy.copy(schedule)(step)
            == pickle.loads(pickle.dumps(schedule))(step)
        )
        assert type(schedule(step)) is float
    with pytest.raises(AttributeError):
        schedule.steps = 3  # frozen, so that a checkpoint can rely on it


def test_the_repr_is_what_one_types_and_tells_schedules_apart():
    for schedule in SCHEDULES:
        assert eval(repr(schedule)) == schedule
    optimizer = Adam(Warmup(StepDecay(0.001, 0.85, every=600), steps=100))
    assert repr(optimizer) == (
        "Adam(lr=Warmup(schedule=StepDecay(lr=0.001, factor=0.85, every=600), steps=100), "
        "beta1=0.9, beta2=0.999)"
    )


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: StepDecay(0, 0.5, 3), "lr must be a number above 0, got 0"),
        (lambda: StepDecay(0.1, 1.5, 3), "factor must be a number above 0 and at most 1, got 1.5"),
        (lambda: StepDecay(0.1, 0.5, 2.5), "every must be a whole number, 1 or more, got 2.5"),
        (lambda: CosineDecay(math.nan, 3), "lr must be a number above 0, got nan"),
        (lambda: CosineDecay(0.1, 0), "steps must be a whole number, 1 or more, got 0"),
        (lambda: CosineDecay(0.1, 3, 0.2), "floor must be a number at least 0 and at most 0.1"),
        (
            lambda: Warmup(-0.1, 3),
            "lr, unless it is a schedule, must be a number above 0, got -0.1",
        ),
        (lambda: Warmup(0.1, 0), "steps must be a whole number, 1 or more, got 0"),
    ],
)
def test_numbers_that_make_no_sense_are_refused_with_what_is_allowed(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_number_is_the_rate_of_every_step():
    assert rate_at(0.3, 1) == rate_at(0.3, 10**9) == 0.3


@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
def test_an_optimizer_takes_step_k_with_the_rate_of_step_k(schedule):
    """With a gradient of 1, SGD moves by the rate itself."""
    params, optimizer = {"x": np.zeros(1)}, SGD(schedule)
    assert optimizer.rate == schedule(1)
    for step in range(1, 9):
        before = params["x"].copy()
        optimizer.update(params, {"x": np.ones(1)})
        np.testing.assert_allclose(before - params["x"], schedule(step), rtol=1e-12)
        assert optimizer.rate == schedule(step) and optimizer.lr is schedule
