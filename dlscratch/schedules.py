"""Learning rates that change during training (section 6.1.4).

Large steps make fast progress, small steps reach a lower loss: most trainings begin with large
steps and end with small ones. A schedule is a function of the step number, which starts at 1, and
replaces a fixed rate: `Adam(StepDecay(0.001, 0.85, every=600))`. It has no state, so a training
that is resumed at step k gets the rate of step k.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from dlscratch.arguments import expect_number, expect_whole

Schedule: TypeAlias = Callable[[int], float]


def rate_at(lr: float | Schedule, step: int) -> float:
    """The learning rate of a step; lr: a number or a schedule.

    >>> rate_at(0.1, 5), rate_at(lambda step: 0.1 / step, 5)
    (0.1, 0.02)
    """
    return lr(step) if callable(lr) else lr


def expect_rate(lr: float | Schedule) -> float | Schedule:
    """Return lr; ValueError or TypeError unless it is a number above 0 or a schedule."""
    if isinstance(lr, type):
        raise TypeError(f"lr must be a number or a schedule, got a class: write {lr.__name__}(..)")
    return lr if callable(lr) else expect_number("lr, unless it is a schedule,", lr, above=0)


@dataclass(frozen=True)
class StepDecay:
    """lr * factor^n after n times `every` steps: the rate falls like a staircase.

    lr > 0, 0 < factor <= 1, every: steps, 1 or more; ValueError otherwise. If an epoch has 600
    steps, every=600 multiplies the rate by `factor` after each epoch.

    >>> schedule = StepDecay(0.1, 0.5, every=2)
    >>> [schedule(step) for step in (1, 2, 3, 4, 5)]
    [0.1, 0.1, 0.05, 0.05, 0.025]
    """

    lr: float
    factor: float
    every: int

    def __post_init__(self) -> None:
        expect_number("lr", self.lr, above=0)
        expect_number("factor", self.factor, above=0, at_most=1)
        expect_whole("every", self.every, at_least=1)

    def __call__(self, step: int) -> float:
        return self.lr * self.factor ** ((step - 1) // self.every)


@dataclass(frozen=True)
class CosineDecay:
    """From lr down to floor along half a cosine (Loshchilov and Hutter, 2017).

    It falls slowly at the beginning and at the end. lr > 0, 0 <= floor <= lr, steps: 1 or more;
    ValueError otherwise. The first step has the rate lr; from step `steps` + 1 on it is floor.

    >>> schedule = CosineDecay(0.1, steps=4)
    >>> [round(schedule(step), 4) for step in (1, 2, 3, 4, 5, 6)]
    [0.1, 0.0854, 0.05, 0.0146, 0.0, 0.0]
    """

    lr: float
    steps: int
    floor: float = 0.0

    def __post_init__(self) -> None:
        expect_number("lr", self.lr, above=0)
        expect_whole("steps", self.steps, at_least=1)
        expect_number("floor", self.floor, at_least=0, at_most=self.lr)

    def __call__(self, step: int) -> float:
        done = min(step - 1, self.steps) / self.steps  # 0 .. 1
        return self.floor + (self.lr - self.floor) * (1 + math.cos(math.pi * done)) / 2


@dataclass(frozen=True)
class Warmup:
    """A schedule, or a fixed rate, with smaller rates at the beginning (Goyal and others, 2017).

    Large steps from random weights can make training diverge: over the first `steps` steps the rate
    rises linearly, from 1/steps of the schedule's in the first step to all of it in step `steps`.
    ValueError if steps is below 1.

    >>> schedule = Warmup(0.1, steps=4)
    >>> [round(schedule(step), 4) for step in (1, 2, 3, 4, 5)]
    [0.025, 0.05, 0.075, 0.1, 0.1]
    """

    schedule: float | Schedule
    steps: int

    def __post_init__(self) -> None:
        expect_rate(self.schedule)
        expect_whole("steps", self.steps, at_least=1)

    def __call__(self, step: int) -> float:
        return min(1.0, step / self.steps) * rate_at(self.schedule, step)
