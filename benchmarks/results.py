"""What a run leaves behind: rows and ratios, plain dictionaries that go into the JSON as they are.

A row is a measurement of one contender: section, name, contender, unit, value, low, high, samples.
A ratio compares two contenders in one row: section, name, kind, value, low, high, samples.
value is a median; low and high are quartiles. Both have a target and whether it is met, or None.
"""

import json
import statistics
from dataclasses import dataclass, field

from benchmarks.timing import ratios
from dlscratch.storage.files import DataError, atomic_write

SCHEMA = 1
FASTER, SHARE = "times faster than the book", "of PyTorch's time"
WORKERS_SHARE = "workers: of PyTorch's time"


@dataclass
class Results:
    machine: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)
    checks: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    ratios: list = field(default_factory=list)
    where: list = field(default_factory=list)  # a network each, layer by layer: benchmarks.where

    def add(self, section, name, contender, samples, unit, at_most=None):
        row = {"section": section, "name": name, "contender": contender, "unit": unit}
        self.rows.append({**row, **judged(samples, at_most)})

    def add_blocks(self, section, name, blocks, faster=None, of_pytorch=None):
        """Times of several contenders, interleaved, and the library's ratios to the others."""
        for who, taken in blocks.items():
            self.add(section, name, who, [1000 * s for block in taken for s in block], "ms")
        for kind, above, below, target in [
            (FASTER, "book", "library", faster),
            (SHARE, "library", "PyTorch", of_pytorch),
            (WORKERS_SHARE, "library, workers", "PyTorch", of_pytorch),
        ]:
            if above in blocks and below in blocks:
                found = judged(ratios(blocks[above], blocks[below]), target, kind == FASTER)
                self.ratios.append({"section": section, "name": name, "kind": kind, **found})

    def row(self, section, name, contender, unit="ms"):
        """A measurement; None if it was not made."""
        return find(self.rows, section=section, name=name, contender=contender, unit=unit)

    def ratio(self, section, name, kind):
        """A ratio; None if one of the two was not measured."""
        return find(self.ratios, section=section, name=name, kind=kind)

    def save(self, path):
        with atomic_write(path) as file:
            file.write(json.dumps({"schema": SCHEMA, **vars(self)}, indent=1).encode())


def find(rows, **wanted):
    return next((row for row in rows if wanted.items() <= row.items()), None)


def judged(samples, target=None, larger=False):
    """The median, the quartiles, the target, and whether it is met: from above if larger."""
    several = len(samples) > 1
    quartiles = statistics.quantiles(samples, n=4, method="inclusive") if several else samples * 3
    found = dict(zip(("low", "value", "high"), quartiles), samples=len(samples), target=target)
    met = target is None or (found["value"] >= target if larger else found["value"] <= target)
    return {**found, "meets": None if target is None else met}


def load(path):
    """The results of an earlier run; DataError if it is something else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found.pop("schema") == SCHEMA:
            return Results(**found)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{path}: not the JSON of a benchmark run ({error})") from error
    raise DataError(f"{path}: written by another version of the benchmarks, run it again")
