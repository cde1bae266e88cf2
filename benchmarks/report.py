"""The results as tables: for a terminal, as Markdown for README, beside those of an earlier run."""

from benchmarks.networks import SUBJECTS

COLUMNS = ("library", "book", "PyTorch")  # of README's table


def section(results, name, title):
    """The lines of one section: a measurement each, and the library's time as a share of it."""
    table = [["", "median", "quartiles", "library's share"]]
    for row in results.rows:
        if row["section"] == name:
            ratio = spread(row["ratio"]) if "ratio" in row else ""
            value = f"{number(row['value'])} {row['unit']}"
            table.append([f"{row['name']}, {row['contender']}", value, between(row), ratio])
    return ["", title, *aligned(table)] if table[1:] else []


def between(row):
    return "" if row["samples"] == 1 else f"{number(row['low'])}-{number(row['high'])}"


def spread(row):
    """0.212 (0.208-0.231): the median and the quartiles around it."""
    return f"{number(row['value'])} ({between(row)})" if between(row) else number(row["value"])


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
    versions = [f"{name} {m[name]}" for name in ("python", "numpy", "torch", "jax") if m[name]]
    return [
        f"{m['processor']}, {m['cores']} cores, {m['system']}, load {m['load']}",
        ", ".join([*versions, *pools]),
    ]


def markdown(results):
    """The rows of README's table: a network each, its step, the fastest peer, its memory."""
    lines = []
    for key, subject in SUBJECTS.items():
        step, book = (results.row("step", key, who) for who in COLUMNS[:2])
        if step is None:
            continue
        peer = results.fastest_peer("step", key)
        shares = [number(1 / book["ratio"]["value"])] if book else [""]
        shares.append(f"{number(peer['ratio']['value'])} ({peer['contender']})" if peer else "")
        peaks = [results.row("memory", f"{key}, training", who, "MB") for who in COLUMNS]
        memory = ", ".join(f"{row['value']:.0f}" for row in peaks if row)
        cells = [subject.title, number(step["value"]), *shares, memory]
        lines.append(f"| {' | '.join(cells)} |")
    return ["", *lines]


def against(now, then, path):
    """What both runs measured, side by side.

    Milliseconds move with the machine's mood, ratios taken in one run hardly: so where there are
    ratios they are shown. A change says something if the quartiles around the two do not touch.
    """
    table = [["", "then", "now", "change"]]
    for row in now.rows:
        before = then.row(row["section"], row["name"], row["contender"], row["unit"])
        if before and before["value"]:
            old, new = (one.get("ratio", one) for one in (before, row))
            change = f"{new['value'] / old['value'] - 1:+.0%}"
            what = "library's share" if "ratio" in row else row["unit"]
            name = ", ".join([row["section"], row["name"], row["contender"], what])
            table.append([name, spread(old), spread(new), change])
    names = [name for name in now.machine if then.machine.get(name) != now.machine[name]]
    found = [f"  {name}: then {then.machine.get(name)}, now {now.machine[name]}" for name in names]
    return ["", f"against {path}", *found, *aligned(table)]
