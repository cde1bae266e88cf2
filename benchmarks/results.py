"""What a run leaves behind: rows, plain dictionaries that go into the JSON as they are.

A row is a measurement of one contender: section, name, contender, unit, value, low, high, samples;
value is the median, low and high are the quartiles. Where contenders took turns, `ratio` is the
library's time as a share of this one's, in the same form.
"""

import json
import statistics
from dataclasses import dataclass, field

from benchmarks.contenders import KINDS
from benchmarks.timing import ratios
from dlscratch.storage.files import DataError, atomic_write

SCHEMA = 2


@dataclass
class Results:
    machine: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)
    checks: list = field(default_factory=list)
    rows: list = field(default_factory=list)

    def add(self, section, name, contender, samples, unit, **ratio):
        row = {"section": section, "name": name, "contender": contender, "unit": unit}
        if samples:  # none, where the system does not tell
            self.rows.append({**row, **quartiles(samples), **ratio})

    def add_blocks(self, section, name, blocks):
        """Times of several contenders that took turns, and the library's ratio to each."""
        for who, taken in blocks.items():
            others = (
                {} if who == "library" else {"ratio": quartiles(ratios(blocks["library"], taken))}
            )
            self.add(
                section, name, who, [1000 * s for block in taken for s in block], "ms", **others
            )

    def row(self, section, name, contender, unit="ms"):
        """A measurement; None if it was not made."""
        wanted = {"section": section, "name": name, "contender": contender, "unit": unit}
        return next((row for row in self.rows if wanted.items() <= row.items()), None)

    def fastest_peer(self, section, name):
        """The row of the fastest that is neither the library nor the book's manner, or None."""
        rows = [row for row in self.rows if (row["section"], row["name"]) == (section, name)]
        peers = [row for row in rows if row["contender"] not in KINDS and "ratio" in row]
        return min(peers, key=lambda row: row["value"], default=None)

    def save(self, path):
        with atomic_write(path) as file:
            file.write(json.dumps({"schema": SCHEMA, **vars(self)}, indent=1).encode())


def quartiles(samples):
    several = len(samples) > 1
    found = statistics.quantiles(samples, n=4, method="inclusive") if several else samples * 3
    return {**dict(zip(("low", "value", "high"), found)), "samples": len(samples)}


def load(path):
    """The results of an earlier run; DataError if it is something else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found.pop("schema") == SCHEMA:
            return Results(**found)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{path}: not the JSON of a benchmark run ({error})") from error
    raise DataError(f"{path}: written by another version of the benchmarks, run it again")
