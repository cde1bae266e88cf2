"""What a run leaves behind: rows and ratios, as plain dictionaries that go into the JSON as they are.

A row is a measurement of one contender: section, name, contender, unit, value, low, high, samples.
A ratio compares two contenders in one row: section, name, kind, value, low, high, target, meets.
value is a median; low and high are quartiles.
"""

import json
from dataclasses import dataclass, field

from benchmarks.timing import Measured, milliseconds, ratio
from dlscratch.files import DataError, atomic_write

SCHEMA = 1
FASTER, SHARE = "times faster than the book", "of PyTorch's time"


@dataclass
class Results:
    machine: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)
    checks: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    ratios: list = field(default_factory=list)
    where: list = field(default_factory=list)  # per layer of a network: see benchmarks.where

    def add(self, section, name, contender, measured, unit):
        row = {"section": section, "name": name, "contender": contender, "unit": unit}
        self.rows.append({**row, **measured.as_dict()})

    def add_ratio(self, section, name, kind, measured, target=None):
        good = None
        if target is not None:
            good = measured.value >= target if kind == FASTER else measured.value <= target
        row = {"section": section, "name": name, "kind": kind, **measured.as_dict()}
        self.ratios.append({**row, "target": target, "meets": good})

    def add_blocks(self, section, name, blocks, faster=None, of_pytorch=None):
        """Times of several contenders, interleaved, and the library's ratios to the others."""
        for contender, taken in blocks.items():
            self.add(section, name, contender, milliseconds(taken), "ms")
        if "library" in blocks and "book" in blocks:
            times = ratio(blocks["book"], blocks["library"])
            self.add_ratio(section, name, FASTER, times, faster)
        if "library" in blocks and "PyTorch" in blocks:
            share = ratio(blocks["library"], blocks["PyTorch"])
            self.add_ratio(section, name, SHARE, share, of_pytorch)

    def find(self, section, name, contender):
        """The value of a row; None if it was not measured."""
        for row in self.rows:
            if (row["section"], row["name"], row["contender"]) == (section, name, contender):
                return row["value"]
        return None

    def names(self, section):
        """The names of a section's rows, each once, in order."""
        return list(dict.fromkeys(row["name"] for row in self.rows if row["section"] == section))

    def save(self, path):
        with atomic_write(path) as file:
            file.write(json.dumps({"schema": SCHEMA, **vars(self)}, indent=1).encode())


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
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{path}: not the JSON of a benchmark run ({error})") from error
