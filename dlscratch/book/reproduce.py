"""Run all experiments of the book and write the table of their results, REPRODUCTION.md.

Each script runs in its own process, so that one failure does not end the run, and writes a log
beside its figures. Its record has the book's claims and the results here. Records are kept: a run
that was stopped continues from them, and the table can be rewritten at any time.
"""

import json
import os
import platform
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from dlscratch.book.chapters import Script
from dlscratch.book.experiment import Claim
from dlscratch.book.spread import by_claim, mean_and_spread
from dlscratch.storage.files import atomic_write

# The long trainings, only with --full: minutes on two fast cores, hours on a slow laptop.
HOURS = (
    "ch07/alexnet",
    "ch07/lenet",
    "ch07/train_convnet",
    "ch08/binarized_net",
    "ch08/blocks",
    "ch08/captioning",
    "ch08/dcgan",
    "ch08/depth",
    "ch08/ensemble",
    "ch08/ensemble_ablation",
    "ch08/train_deepnet",
    "ch08/train_deepnet_book",
    "ch08/transfer_learning",
)

LARGEST_THUMBNAIL = 30_000  # bytes


def argv_of(seed: int = 0, quick: bool = False) -> list[str]:
    """The command-line options that every script is run with."""
    return ["--seed", str(seed)] + ["--quick"] * quick


def finished(script: Script, out: Path, seed: int, quick: bool) -> dict | None:
    """The record of a finished run with the same seed and size, or None."""
    record = script.record(out)
    wanted = {"seed": seed, "options": {"quick": True} if quick else {}}
    return record if record and wanted.items() <= record.items() else None


def run_all(
    scripts: Sequence[Script], out: Path, seed: int = 0, quick: bool = False, resume: bool = False
) -> Iterator[tuple[str, str]]:
    """Run the scripts one by one, with output below `out`; yield (name, why) for each failure.

    resume: skip finished scripts, and let the others continue if they can. Prints a line for each
    script, and a progress bar if the output is a terminal. Ctrl-C is passed on to the running
    script, so that it can save its state, and raised again.
    """
    from tqdm import tqdm

    with tqdm(scripts, "scripts", disable=None) as bar:
        for script in bar:
            bar.set_postfix_str(script.name)
            reason = ""
            if resume and finished(script, out, seed, quick):
                outcome = "finished before"
            else:
                reason = run_one(script, out, argv_of(seed, quick), resume)
                outcome = reason or outcome_of(script.record(out))
            tqdm.write(f"{script.name}: {outcome}", file=sys.stdout)
            sys.stdout.flush()
            if reason:
                yield script.name, reason


def run_one(
    script: Script,
    out: Path,
    argv: Sequence[str],
    resume: bool = False,
    *,
    stop: threading.Event | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run one script, its output into a log; why it failed, or "" if it did not.

    stop: ends it as Ctrl-C does, where this is called in a thread. env: more variables for it.
    """
    stop = stop or threading.Event()
    folder = out / script.chapter
    folder.mkdir(parents=True, exist_ok=True)
    (out / f"{script.name}.json").unlink(missing_ok=True)  # an old record is not of this run
    log = out / f"{script.name}.log"
    command = [sys.executable, str(script.path), *argv, "--out", str(folder)]
    if resume and has_option(script, "--resume"):
        command.append("--resume")
    with open(log, "w", encoding="utf-8") as words:
        # In a new session, so that Ctrl-C reaches only this process, which passes it on once.
        process = subprocess.Popen(
            command,
            stdout=words,
            stderr=words,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
        try:
            while process.poll() is None:
                if stop.wait(0.05):
                    raise KeyboardInterrupt
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait()
            raise
    if process.returncode == 0:
        return ""
    lines = log.read_text(encoding="utf-8").strip().splitlines() or ["no output"]
    return f"failed: {lines[-1]} (exit code {process.returncode}; see {log})"


def has_option(script: Script, option: str) -> bool:
    """Whether its --help names the option."""
    command = [sys.executable, str(script.path), "--help"]
    return option in subprocess.run(command, capture_output=True, text=True).stdout


def outcome_of(record: Any) -> str:
    """How many of its claims hold, and how long it took."""
    claims = record["claims"]
    measured = [claim["holds"] for claim in claims if not claim.get("quoted")]
    holding = f"{sum(measured)} of {len(measured)} claims hold, "
    return (holding if measured else "") + duration(record["seconds"])


def duration(seconds: float) -> str:
    """Seconds as a reader would write them.

    >>> duration(0.84), duration(250), duration(8000)
    ('0.8 s', '4 min 10 s', '2 h 13 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def write_times(path: Path, scripts: Iterable[Script], out: Path, seed: int) -> None:
    """Update a JSON file {script name: seconds} with every finished full-size run."""
    times = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for script in scripts:
        record = finished(script, out, seed, quick=False)
        if record:
            times[script.name] = record["seconds"]
    with atomic_write(path) as file:
        file.write((json.dumps(dict(sorted(times.items())), indent=1) + "\n").encode())


# ---- the table


def write_report(
    path: Path,
    scripts: Iterable[Script],
    out: Path,
    *,
    seed: int,
    quick: bool,
    command: str,
    missing: dict[str, str],
) -> None:
    """Write the table of all finished runs as Markdown; thumbnails go into docs/figures beside it.

    Results of several seeds, below out/seed0, out/seed1 and so on, are added as mean and standard
    deviation. command: that made it. missing: {name: why} for scripts that did not finish.
    """
    chapters: dict[str, list[str]] = {}
    verdicts = []
    left_out = []
    for script in scripts:
        record = finished(script, out, seed, quick)
        if record is None:
            left_out.append(f"{script.name} ({missing.get(script.name, 'not run')})")
            continue
        picture = _thumbnail(script, record, out, path.parent)  # also without claims, for README
        if record["claims"]:
            verdicts += [c["holds"] for c in record["claims"] if not c.get("quoted")]
            over_seeds = by_claim(claims_of_seeds(script, out, quick))
            rows = _rows(script, record, picture, path.parent, over_seeds)
            chapters.setdefault(script.chapter, []).extend(rows)
    parts = [_head(verdicts, command)]
    for chapter, rows in chapters.items():
        parts.append(f"## Chapter {int(chapter[2:])}\n\n{COLUMNS}\n" + "\n".join(rows) + "\n")
    if left_out:
        lines = "\n".join(f"- {_cell(line)}" for line in left_out)
        parts.append(f"## Not in this table\n\n{lines}\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as file:
        file.write("\n".join(parts).encode())


COLUMNS = "| Experiment | Claim | The book | Here | Verdict |\n| --- | --- | --- | --- | --- |"


def _head(verdicts, command):
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {versions}"
    return (
        "# Reproduction\n\n"
        "What the book says, and what its experiments measure here. Of "
        f"{len(verdicts)} claims, {sum(verdicts)} hold and {len(verdicts) - sum(verdicts)} differ. "
        "Nothing was tuned to match the book: a result that differs stays, with the reason if it "
        f"is known.\n\nMade by `{command}` on {date.today()} ({machine}). "
        "Times are wall-clock times. Results over several seeds are given as mean and standard "
        "deviation.\n"
    )


def _thumbnail(script, record, out, folder):
    """Make a thumbnail of the script's first figure; its path from `folder`, "" for no figure."""
    if not record["figures"]:
        return ""
    name = f"docs/figures/{script.chapter}_{script.path.stem}.png"
    write_thumbnail(out / script.chapter / record["figures"][0], folder / name)
    return name


def claims_of_seeds(script: Script, out: Path, quick: bool) -> dict[int, list[Claim]]:
    """{seed: claims} of all finished runs below out/seed0, out/seed1 and so on."""
    seeds = sorted(
        int(folder.name[4:]) for folder in out.glob("seed*") if folder.name[4:].isdigit()
    )
    records = {seed: finished(script, out / f"seed{seed}", seed, quick) for seed in seeds}
    return {seed: [Claim(**c) for c in r["claims"]] for seed, r in records.items() if r}


def _rows(script, record, picture, folder, over_seeds):
    """One row for each claim; the first one has the script, seed, time and picture."""
    link = os.path.relpath(script.path, folder.resolve())
    first = f"[{script.name}]({link})<br>seed {record['seed']}, {duration(record['seconds'])}"
    if picture:
        first += f"<br>![{script.title}]({picture})"
    names = [claim["what"] for claim in record["claims"]]
    for i, claim in enumerate(record["claims"]):
        because = f", because {claim['why']}" if claim["why"] else ""
        cells = [_cell(claim[key]) for key in ("what", "book", "ours")]
        cells[-1] += _beside(over_seeds.get((names[i], names[:i].count(names[i])), {}))
        measured = "holds" if claim["holds"] else "**differs**"
        verdict = ("quoted" if claim.get("quoted") else measured) + _cell(because)
        yield f"| {first} | {' | '.join(cells)} | {verdict} |"
        first = ""


def _beside(those):
    """<br>seeds 0, 1, 2: 0.9718 ± 0.0007; nothing where they differ in no number, or in words."""
    texts = [claim.ours for claim in those.values()]
    found = mean_and_spread(texts) if len(texts) > 1 else None
    if not found or len({*texts}) == 1:
        return ""
    return f"<br>seeds {', '.join(map(str, those))}: {_cell(found)}"


def _cell(text: str) -> str:
    """The text escaped for a cell of a Markdown table."""
    return re.sub(r"([|*_<\\`])", r"\\\1", " ".join(text.split()))


def write_thumbnail(picture: Path, path: Path) -> None:
    """Write a thumbnail of 64 colours, as wide as fits into `LARGEST_THUMBNAIL` bytes."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(picture) as image:
        whole = image.convert("RGB")
    for width in (400, 320, 240, 160, 100):
        small = whole.copy()
        small.thumbnail((width, 300), Image.Resampling.LANCZOS)
        # MAXCOVERAGE keeps the colour of a thin line that has only a few pixels
        few = small.quantize(64, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        if path.stat().st_size <= LARGEST_THUMBNAIL:
            return
