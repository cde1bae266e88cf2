"""The results as plain tables, in a terminal's width."""

from benchmarks.results import FASTER, SHARE

TITLES = {
    "step": "gradient + update, batch of 100",
    "inference": "scores for 1, 100 and 1000 images",
    "loading": "MNIST into memory; cold writes the cache, warm reads it",
    "layers": "a layer alone, one thread, batch of 100; forward and backward",
    "memory": "peak memory above what the process held before",
    "scale": "how a step grows",
}
CONTENDERS = ("library", "book", "book, float32", "PyTorch")


def section(results, name):
    """The lines of one section's table: a row for each name, a column for each contender."""
    rows = [row for row in results.rows if row["section"] == name]
    if not rows:
        return []
    columns = [who for who in CONTENDERS if any(row["contender"] == who for row in rows)]
    kinds = [kind for kind in (FASTER, SHARE) if ratios(results, name, kind)]
    names = list(dict.fromkeys((row["name"], row["unit"]) for row in rows))
    table = [["", *columns, *kinds]]
    for label, unit in names:
        line = [f"{label} [{unit}]"]
        for who in columns:
            found = [r for r in rows if (r["name"], r["unit"], r["contender"]) == (label, unit, who)]
            line.append(spread(found[0]) if found else "")
        for kind in kinds:
            found = [r for r in ratios(results, name, kind) if r["name"] == label]
            line.append(judged(found[0]) if found else "")
        table.append(line)
    return ["", TITLES[name], *aligned(table)]


def ratios(results, name, kind):
    return [row for row in results.ratios if row["section"] == name and row["kind"] == kind]


def spread(row):
    """0.212 (0.208-0.231): the median and the quartiles around it."""
    if row["samples"] == 1:
        return number(row["value"])
    return f"{number(row['value'])} ({number(row['low'])}-{number(row['high'])})"


def judged(row):
    """A ratio with its target: 3.1 (3.0-3.2) >= 2.5 yes."""
    if row["target"] is None:
        return spread(row)
    sign = ">=" if row["kind"] == FASTER else "<="
    return f"{spread(row)} {sign} {row['target']:g} {'yes' if row['meets'] else 'NO'}"


def number(value):
    """Three digits that say something: 0.0123, 1.23, 12.3, 1,234."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    digits = 3 if abs(value) < 0.1 else 2 if abs(value) < 10 else 1
    return f"{value:.{digits}f}"


def aligned(table):
    """Rows of texts as lines: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(
            text.rjust(width) if i else text.ljust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in table
    ]


def checks(results):
    """How well the contenders agree with the library."""
    if not results.checks:
        return []
    lines = [f"  {c['what']}, {c['contender']}: {c['error']:.0e} in {c['where']}" for c in results.checks]
    return ["", "worst difference from the library, before the timing", *lines]


def machine(results):
    m = results.machine
    pools = [f"{p['internal_api']} {p['version'] or ''} x{p['num_threads']}" for p in m["blas"]]
    return [
        f"{m['processor']}, {m['cores']} cores, {m['system']}, load {m['load']}",
        f"Python {m['python']}, NumPy {m['numpy']} ({', '.join(pools)}), PyTorch {m['torch']}",
    ]
