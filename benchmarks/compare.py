"""This run beside an earlier one: --against FILE.

Milliseconds move with the machine's mood, ratios taken in one interleaved run hardly: so ratios
are compared where there are any, milliseconds where there are none, and megabytes. A change counts
only if the spreads between the quartiles do not touch and it is larger than `NOISE`; times and
ratios that were taken once or twice have no spread, and prove nothing.
"""

from benchmarks.report import aligned, spread
from benchmarks.results import FASTER

NOISE = 0.1  # of the earlier value


def against(now, then, path):
    """The lines of the comparison."""
    table = [["", "then", "now", "change", ""]]
    for name, before, after, larger in pairs(now, then):
        table.append(
            [
                name,
                spread(before),
                spread(after),
                change(before, after),
                judge(before, after, larger),
            ]
        )
    if len(table) == 1:
        return ["", f"{path} measured nothing that this run measured"]
    return ["", f"against {path}", *others(now, then), *aligned(table)]


def pairs(now, then):
    """(name, row of then, row of now, whether larger is better) for all that both measured."""
    kept = {key(ratio): ratio for ratio in then.ratios}
    compared = set()
    for ratio in now.ratios:
        if key(ratio) in kept:
            compared.add((ratio["section"], ratio["name"]))
            yield ", ".join(key(ratio)), kept[key(ratio)], ratio, ratio["kind"] == FASTER
    kept = {key(row): row for row in then.rows}
    for row in now.rows:
        timed = row["contender"] == "library" and row["unit"] in ("ms", "s", "MB")
        alone = (row["section"], row["name"]) not in compared or row["unit"] == "MB"
        if timed and alone and key(row) in kept:
            yield f"{row['section']}, {row['name']} [{row['unit']}]", kept[key(row)], row, False


def key(row):
    """What a row or a ratio is about."""
    names = ("section", "name", "contender", "unit", "kind")
    return tuple(row[name] for name in names if name in row)


def change(before, after):
    if not before["value"]:
        return ""
    return f"{100 * (after['value'] / before['value'] - 1):+.0f} %"


def judge(before, after, larger):
    """better, worse, or nothing that the spread does not explain."""
    if after.get("unit") != "MB" and min(before["samples"], after["samples"]) < 3:
        return "too few"
    apart = before["high"] < after["low"] or after["high"] < before["low"]
    if not apart or abs(after["value"] - before["value"]) <= NOISE * abs(before["value"]):
        return "same"
    return "better" if (after["value"] > before["value"]) == larger else "worse"


def others(now, then):
    """What else differs between the two runs."""
    names = ("processor", "cores", "python", "numpy", "torch")
    found = [
        f"  {name}: then {then.machine.get(name)}, now {now.machine.get(name)}"
        for name in names
        if then.machine.get(name) != now.machine.get(name)
    ]
    if then.options.get("quick") != now.options.get("quick"):
        found.append("  one of the two runs was --quick: its numbers are rough")
    return found
