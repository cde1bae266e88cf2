"""The results as tables: aligned for a terminal, and as Markdown for README."""

from benchmarks.networks import SUBJECTS
from benchmarks.results import FASTER, SHARE, WORKERS_SHARE

COLUMNS = ("library", "library, workers", "book", "book, float32", "PyTorch")
COLUMNS += (FASTER, SHARE, WORKERS_SHARE)


def section(results, name, title):
    """The lines of one section's table: a row for each name, a column for each contender."""
    if name == "where":
        return [line for record in results.where for line in profile(record)]
    table = {}
    for row in [*results.rows, *results.ratios]:
        if row["section"] == name:
            label = f"{row['name']} [{row.get('unit', 'ms')}]"
            table.setdefault(label, {})[row.get("contender") or row["kind"]] = cell(row)
    columns = [column for column in COLUMNS if any(column in cells for cells in table.values())]
    lines = [[label, *(cells.get(c, "") for c in columns)] for label, cells in table.items()]
    return ["", title, *aligned([["", *columns], *lines])] if lines else []


def profile(record):
    """Where the time of a step goes, for one network."""
    peak, step, layers = record["peak"], record["step ms"], record["layers"]
    table = [["", "forward ms", "backward ms", "of the step", "GF/s", "of peak", "GB/s", "of peak"]]
    for layer in layers:
        line = [layer["layer"], number(layer["forward ms"]), number(layer["backward ms"])]
        line.append(f"{layer['ms'] / step:.0%}")
        for work, unit in (("flop", "GF/s"), ("bytes", "GB/s")):
            rate = layer[work] / layer["ms"] / 1e6
            line += [number(rate), f"{rate / peak[unit]:.0%}"] if rate else ["", ""]
        table.append(line)
    for name, ms in record["others"].items():
        table.append([name, number(ms), "", f"{ms / step:.0%}", *[""] * 4])
    title = (
        f"where the time goes: {record['title']}, {record['threads']} worker(s); the peak is "
        f"{peak['GF/s']:.0f} GF/s, {peak['GB/s']:.1f} GB/s"
    )
    floor = sum(layer["flop"] for layer in layers) / peak["GF/s"] / 1e6
    end = f"a step takes {number(step)} ms, {number(step / floor)} times its products at the peak"
    return ["", title, *aligned(table), end]


def cell(row):
    """A measurement with its target: 3.1 (3.0-3.2) >= 2.5 yes."""
    if row["target"] is None:
        return spread(row)
    sign = ">=" if row.get("kind") == FASTER else "<="
    return f"{spread(row)} {sign} {row['target']:g} {'yes' if row['meets'] else 'NO'}"


def spread(row):
    """0.212 (0.208-0.231): the median and the quartiles around it."""
    if row["samples"] == 1:
        return number(row["value"])
    return f"{number(row['value'])} ({number(row['low'])}-{number(row['high'])})"


def number(value):
    """Three digits that say something: 0.012, 1.23, 12.3, 1,234."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{3 if abs(value) < 0.1 else 2 if abs(value) < 10 else 1}f}"


def aligned(table):
    """Rows of texts as lines: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    texts = [
        [text.rjust(w) if i else text.ljust(w) for i, (text, w) in enumerate(zip(line, widths))]
        for line in table
    ]
    return ["  ".join(line).rstrip() for line in texts]


def checks(results):
    """How well the contenders agree with the library: the worst of the checks of each."""
    worst = {c["contender"]: c for c in sorted(results.checks, key=lambda c: c["error"])}
    lines = [
        f"  {who}: {c['error']:.0e} of the largest number, in {c['where']} of {c['what']}"
        for who, c in sorted(worst.items())
    ]
    title = f"worst difference from a plain network of the library, {len(results.checks)} checks"
    return ["", title, *lines] if lines else []


def machine(results):
    m = results.machine
    pools = [f"{p['internal_api']} {p['version'] or ''} x{p['num_threads']}" for p in m["blas"]]
    return [
        f"{m['processor']}, {m['cores']} cores, {m['system']}, load {m['load']}",
        f"Python {m['python']}, NumPy {m['numpy']} ({', '.join(pools)}), PyTorch {m['torch']}",
    ]


def markdown(results):
    """The rows of README's table: a network each, its step, both ratios, its memory."""
    lines = []
    for key, subject in SUBJECTS.items():
        measured = [
            (results.row("step", key, "library"), 1),
            (results.ratio("step", key, FASTER), 1),
            (results.ratio("step", key, SHARE), 2),
        ]
        peaks = [results.row("memory", f"{key}, training", who, "MB") for who in COLUMNS]
        cells = [rounded(row, digits) for row, digits in measured]
        cells.append(", ".join(rounded(row, 0) for row in peaks if row))
        if measured[0][0]:
            lines.append(f"| {subject.title} | {' | '.join(cells)} |")
    return ["", *lines]


def rounded(row, digits):
    """The median as README shows it: with so many digits after the point, two below 1."""
    if row is None:
        return ""
    return f"{row['value']:.{2 if digits and row['value'] < 1 else digits}f}"
