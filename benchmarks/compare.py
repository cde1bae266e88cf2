"""This run beside an earlier one: --against FILE.

Milliseconds move with the machine's mood, ratios taken in one interleaved run hardly: so ratios
are compared where there are any, milliseconds where there are none, and megabytes. A change counts
only if the spreads between the quartiles do not touch and it is larger than `NOISE`; times and
ratios that were taken once or twice have no spread, and prove nothing.
"""

from benchmarks.report import aligned, spread
from benchmarks.results import FASTER, find

NOISE = 0.1  # of the earlier value
NAMES = ("section", "name", "contender", "unit", "kind")  # what a row or a ratio is about
MACHINE = ("processor", "cores", "python", "numpy", "torch")


def against(now, then, path):
    """The lines of the comparison."""
    table = [["", "then", "now", "change", ""]]
    for name, before, after in pairs(now, then):
        change = f"{after['value'] / before['value'] - 1:+.0%}" if before["value"] else ""
        table.append([name, spread(before), spread(after), change, judge(before, after)])
    if len(table) == 1:
        return ["", f"{path} measured nothing that this run measured"]
    found = [
        f"  {name}: then {then.machine.get(name)}, now {now.machine.get(name)}"
        for name in MACHINE
        if then.machine.get(name) != now.machine.get(name)
    ]
    if then.options.get("quick") != now.options.get("quick"):
        found.append("  one of the two runs was --quick: its numbers are rough")
    return ["", f"against {path}", *found, *aligned(table)]


def pairs(now, then):
    """(name, row of then, row of now) for all that both measured and that can be compared."""
    compared = set()
    for after in [*now.ratios, *now.rows]:
        key = {name: after[name] for name in NAMES if name in after}
        before = find([*then.ratios, *then.rows], **key)
        if before is None:
            continue
        if "kind" in after:
            compared.add((after["section"], after["name"]))
            yield ", ".join(key.values()), before, after
        elif after["contender"] == "library" and (
            after["unit"] == "MB"
            or after["unit"] in ("ms", "s")
            and (after["section"], after["name"]) not in compared
        ):
            yield f"{after['section']}, {after['name']} [{after['unit']}]", before, after


def judge(before, after):
    """better, worse, or nothing that the spread does not explain."""
    if after.get("unit") != "MB" and min(before["samples"], after["samples"]) < 3:
        return "too few"
    apart = before["high"] < after["low"] or after["high"] < before["low"]
    if not apart or abs(after["value"] - before["value"]) <= NOISE * abs(before["value"]):
        return "same"
    larger_is_better = after.get("kind") == FASTER
    return "better" if (after["value"] > before["value"]) == larger_is_better else "worse"
