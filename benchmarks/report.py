"""The results as tables: aligned for a terminal, and as Markdown for README."""

from benchmarks.networks import SUBJECTS
from benchmarks.results import FASTER, SHARE, WORKERS_SHARE
from benchmarks.where import floor, rest, total

TITLES = {
    "step": "gradient + update, batch of 100",
    "inference": "scores for 1, 100 and 1000 images",
    "layers": "a layer alone, forward + backward, batch of 100, one thread each",
    "update": "the update alone, parameters of the MLP",
    "loading": "MNIST into memory; cold writes the cache, warm reads it",
    "memory": "peak memory above the imports (training, batch of 100) or the data (evaluation)",
    "scale": "how a step grows; batch of 100 where it is not the batch that grows",
}
CONTENDERS = ("library", "library, workers", "book", "book, float32", "PyTorch")
KINDS = (FASTER, SHARE, WORKERS_SHARE)


def section(results, name):
    """The lines of one section's table: a row for each name, a column for each contender."""
    if name == "where":
        return [line for record in results.where for line in profile(record)]
    rows = [row for row in results.rows if row["section"] == name]
    if not rows:
        return []
    columns = [who for who in CONTENDERS if any(row["contender"] == who for row in rows)]
    kinds = [kind for kind in KINDS if any(known(results, name, kind))]
    table = [["", *columns, *kinds]]
    for label, unit in dict.fromkeys((row["name"], row["unit"]) for row in rows):
        ratios = kinds if unit == "ms" else []
        table.append(
            [
                f"{label} [{unit}]",
                *(judged(results.row(name, label, who, unit)) for who in columns),
                *(
                    judged(results.ratio(name, label, kind), larger=kind == FASTER)
                    for kind in ratios
                ),
                *([""] * (len(kinds) - len(ratios))),
            ]
        )
    return ["", TITLES[name], *aligned(table)]


def known(results, section, kind):
    return [r for r in results.ratios if (r["section"], r["kind"]) == (section, kind)]


def profile(record):
    """Where the time of a step goes, for one network."""
    peak, step = record["peak"], record["step ms"]
    heading = ["", "forward ms", "backward ms", "of the step", "MFLOP", "GF/s", "of peak"]
    table = [[*heading, "MB", "GB/s", "of peak"]]
    for layer in record["layers"]:
        ms, flop, moved = (total(layer, what) for what in ("ms", "flop", "bytes"))
        gigaflops, gigabytes = (part / ms / 1e6 for part in (flop, moved))
        work = [number(flop / 1e6), number(gigaflops), percent(gigaflops / peak["GF/s"])]
        table.append(
            [
                layer["layer"],
                number(layer["forward ms"]),
                number(layer["backward ms"]),
                percent(ms / step),
                *(work if flop else ["", "", ""]),
                number(moved / 1e6),
                number(gigabytes),
                percent(gigabytes / peak["GB/s"]),
            ]
        )
    others = {"loss": record["loss ms"], "update": record["update ms"], "all else": rest(record)}
    for name, ms in others.items():
        table.append([name, number(ms), "", percent(ms / step), "", "", "", "", "", ""])
    title = (
        f"where the time goes: {record['title']}, {record['threads']} worker(s); the peak is "
        f"{peak['GF/s']:.0f} GF/s, {peak['GB/s']:.1f} GB/s"
    )
    ratio = step / floor(record)
    end = f"a step takes {number(step)} ms, {number(ratio)} times its products at the peak"
    return ["", title, *aligned(table), end]


def judged(row, larger=False):
    """A measurement with its target: 3.1 (3.0-3.2) >= 2.5 yes. Empty if it was not made."""
    if row is None:
        return ""
    if row["target"] is None:
        return spread(row)
    sign = ">=" if larger else "<="
    return f"{spread(row)} {sign} {row['target']:g} {'yes' if row['meets'] else 'NO'}"


def spread(row):
    """0.212 (0.208-0.231): the median and the quartiles around it."""
    if row["samples"] == 1:
        return number(row["value"])
    return f"{number(row['value'])} ({number(row['low'])}-{number(row['high'])})"


def number(value):
    """Three digits that say something: 0.012, 1.23, 12.3, 1,234.

    >>> number(0.0123), number(1.234), number(12.34), number(1234.5)
    ('0.012', '1.23', '12.3', '1,234')
    """
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    digits = 3 if abs(value) < 0.1 else 2 if abs(value) < 10 else 1
    return f"{value:.{digits}f}"


def percent(share):
    return f"{100 * share:.0f} %"


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
    """How well the contenders agree with the library: the worst of the checks of each."""
    worst = {}
    for check in sorted(results.checks, key=lambda check: check["error"]):
        worst[check["contender"]] = check
    lines = [
        f"  {who}: {check['error']:.0e} of the largest number, in {check['where']} of "
        f"{check['what']}"
        for who, check in sorted(worst.items())
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
    """README's table: a row for each network."""
    heading = [
        "batch of 100, float32",
        "ms a step",
        "book's code / ours",
        "ours / PyTorch",
        "inference: ours / PyTorch",
        "peak MB in training: ours, book, PyTorch",
    ]
    lines = ["| " + " | ".join(heading) + " |", "|---" * len(heading) + "|"]
    for key, subject in SUBJECTS.items():
        if (step := results.row("step", key, "library")) is None:
            continue
        peaks = [
            row and number(row["value"])
            for who in ("library", "book", "PyTorch")
            for row in [results.row("memory", f"{key}, training", who, "MB")]
        ]
        cells = [
            subject.title,
            spread(step),
            plain(results.ratio("step", key, FASTER)),
            plain(results.ratio("step", key, SHARE)),
            plain(results.ratio("inference", f"{key} x100", SHARE)),
            ", ".join(filter(None, peaks)),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return ["", *lines, "", "Median (quartiles). " + "; ".join(machine(results)) + "."]


def plain(row):
    return "" if row is None else spread(row)
