"""What a run leaves behind: rows and ratios, plain dictionaries that go into the JSON as they are.

A row is a measurement of one contender: section, name, contender, unit, value, low, high, samples.
A ratio compares two contenders in one row: section, name, kind, value, low, high, samples.
value is a median; low and high are quartiles. Both have a target and whether it is met, or None.
"""

import json
from dataclasses import dataclass, field

from benchmarks.timing import Measured, milliseconds, ratio
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

    def add(self, section, name, contender, measured, unit, at_most=None):
        row = {"section": section, "name": name, "contender": contender, "unit": unit}
        self.rows.append({**row, **measured.as_dict(), **judge(measured, at_most)})

    def add_ratio(self, section, name, kind, measured, target=None):
        row = {"section": section, "name": name, "kind": kind, **measured.as_dict()}
        self.ratios.append({**row, **judge(measured, target, larger=kind == FASTER)})

    def add_blocks(self, section, name, blocks, faster=None, of_pytorch=None):
        """Times of several contenders, interleaved, and the library's ratios to the others."""
        for contender, taken in blocks.items():
            self.add(section, name, contender, milliseconds(taken), "ms")
        if "library" in blocks and "book" in blocks:
            times = ratio(blocks["book"], blocks["library"])
            self.add_ratio(section, name, FASTER, times, faster)
        for who, kind in [("library", SHARE), ("library, workers", WORKERS_SHARE)]:
            if who in blocks and "PyTorch" in blocks:
                share = ratio(blocks[who], blocks["PyTorch"])
                self.add_ratio(section, name, kind, share, of_pytorch)

    def row(self, section, name, contender, unit="ms"):
        """A measurement; None if it was not made."""
        wanted = (section, name, contender, unit)
        keys = ("section", "name", "contender", "unit")
        return next((r for r in self.rows if tuple(r[key] for key in keys) == wanted), None)

    def ratio(self, section, name, kind):
        """A ratio; None if one of the two was not measured."""
        wanted = (section, name, kind)
        keys = ("section", "name", "kind")
        return next((r for r in self.ratios if tuple(r[key] for key in keys) == wanted), None)

    def save(self, path):
        with atomic_write(path) as file:
            file.write(json.dumps({"schema": SCHEMA, **vars(self)}, indent=1).encode())


def judge(measured, target, larger=False):
    """The target, and whether it is met: from below, or from above if larger is better."""
    if target is None:
        return {"target": None, "meets": None}
    return {
        "target": target,
        "meets": measured.value >= target if larger else measured.value <= target,
    }


def once(value):
    """A number that was measured once."""
    return Measured(value, value, value, 1)


def load(path):
    """The results of an earlier run; DataError if it is something else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        schema = found.pop("schema")
        if schema != SCHEMA:
            raise DataError(f"{path}: written by another version of the benchmarks, run it again")
        return Results(**found)
    except DataError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{path}: not the JSON of a benchmark run ({error})") from error
