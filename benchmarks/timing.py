"""How it is timed: the contenders take turns, so that a machine that slows down slows all of them.

A round gives each contender one block of calls, in an order that moves on by one each round. Before
a block there is a pause: the threads of a BLAS or OpenMP call go on spinning for some 25 ms, and
would take a core from the neighbour. The first call of a block warms up and is not counted, unless
it takes as long as many blocks.
"""

import gc
import statistics
import time
from dataclasses import dataclass

LONG = 10  # blocks: a call that takes longer is its own warming up, and is counted at once


@dataclass(frozen=True)
class Effort:
    """How much time to spend.

    rounds: turns of each contender. seconds: of a block, and one call at least. limit: seconds
    after which no further round begins. pause: seconds before a block.
    """

    rounds: int = 9
    seconds: float = 0.15
    limit: float = 90.0
    pause: float = 0.06


def interleave(runners, effort):
    """{name: a block per round}, a block being the seconds of each call.

    runners: {name: (a function that makes the `with` block to call in, the function to call)}.
    """
    names = list(runners)
    blocks = {name: [] for name in names}
    for ready, call in runners.values():
        with ready():
            call()  # compiles what compiles
    end = time.perf_counter() + effort.limit
    gc.collect()
    gc.disable()
    try:
        for number in range(effort.rounds):
            if number and time.perf_counter() > end:
                break
            start = number % len(names)
            for name in names[start:] + names[:start]:
                time.sleep(effort.pause)
                ready, call = runners[name]
                with ready():
                    blocks[name].append(block(call, effort.seconds))
    finally:
        gc.enable()
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


def ratios(blocks, others):
    """How many times longer the first took than the second, round by round."""
    medians = [[statistics.median(block) for block in some] for some in (blocks, others)]
    return [mine / theirs for mine, theirs in zip(*medians, strict=True)]
