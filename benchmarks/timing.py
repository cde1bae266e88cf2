"""How it is timed: the contenders take turns, so that a machine that slows down slows all of them.

A round gives each contender one block of calls, in an order that moves on by one each round. Before
a block there is a pause: the threads of a BLAS or OpenMP call go on spinning for some 25 ms, and
would take a core from the neighbour. The first call of a block warms up and is not counted, unless
it takes as long as many blocks.
"""

import gc
import statistics
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass

PAUSE = 0.06  # seconds
LONG = 10  # blocks: a call that takes longer is its own warming up, and is counted at once


@dataclass(frozen=True)
class Effort:
    """How much time to spend.

    rounds: turns of each contender. seconds: of a block, and one call at least. limit: seconds
    after which no further round begins.
    """

    rounds: int = 9
    seconds: float = 0.15
    limit: float = 90.0
    pause: float = PAUSE


@dataclass(frozen=True)
class Measured:
    """The median of many samples, with the quartiles around it."""

    value: float
    low: float
    high: float
    samples: int

    @classmethod
    def of(cls, samples):
        samples = list(samples)
        low, value, high = (
            statistics.quantiles(samples, n=4, method="inclusive")
            if len(samples) > 1
            else samples * 3
        )
        return cls(value, low, high, len(samples))

    def times(self, factor):
        return Measured(self.value * factor, self.low * factor, self.high * factor, self.samples)

    def as_dict(self):
        return asdict(self)


def interleave(runners, effort):
    """{name: a block per round}, a block being the seconds of each call.

    runners: {name: a function that gives a `with` block, which gives the function to be called}.
    """
    names = list(runners)
    blocks = {name: [] for name in names}
    end = time.perf_counter() + effort.limit
    with no_garbage_collection():
        for number in range(effort.rounds):
            if number and time.perf_counter() > end:
                break
            start = number % len(names)
            for name in names[start:] + names[:start]:
                time.sleep(effort.pause)
                with runners[name]() as call:
                    blocks[name].append(block(call, effort.seconds))
    return blocks


def block(call, seconds):
    """The seconds that each call takes, one after the other, for so long, at least once."""
    first = seconds_of(call)  # warms caches, starts threads
    if first > LONG * seconds:
        return [first]
    taken = []
    end = time.perf_counter() + seconds
    while not taken or time.perf_counter() < end:
        taken.append(seconds_of(call))
    return taken


def seconds_of(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


@contextmanager
def no_garbage_collection():
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def milliseconds(blocks):
    """All samples of a contender as one `Measured`."""
    return Measured.of(1000 * seconds for block in blocks for seconds in block)


def ratio(blocks, others):
    """How many times longer the first took than the second, compared round by round."""
    medians = [[statistics.median(block) for block in some] for some in (blocks, others)]
    return Measured.of(mine / theirs for mine, theirs in zip(*medians, strict=True))
