"""Memory, and how time and memory grow: memory, scale. Each job in a process of its own.

    python -m benchmarks.space train '{"subject": "deep", "contender": "library"}'

The memory is the peak above what the process held when the job began: for training after the
imports, for evaluation with the data loaded too.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks import contenders
from benchmarks.networks import SUBJECTS, training_images
from benchmarks.timing import seconds_of
from dlscratch.workers import Workers

ROOT = Path(__file__).parent.parent
EVALUATION_MB = 300  # for 60,000 images, above the data
GROWTH = {  # what grows -> how far, for each network
    "batch": dict.fromkeys(SUBJECTS, (1, 4, 16, 64, 100, 256, 1000, 4000)),
    "width": {"mlp": (25, 50, 100, 200, 400, 800), "simple": (8, 15, 30, 60, 120)},
    "depth": {"mlp": (1, 2, 4, 8, 16, 32)},
}


def memory(results, effort, options):
    """peak memory above the imports (training, batch of 100) or the data (evaluation)"""
    for subject in map(SUBJECTS.get, options.net):
        for who in ["library"] if options.quick else contenders.available():
            found = ask("train", subject.key, options, who)
            limit = subject.memory if who == "library" else None
            add_peak(results, "memory", f"{subject.key}, training", who, found, limit)
    for key in [] if options.quick else options.net:
        found, name = ask("evaluate", key, options), f"{key}, 60,000 images evaluated"
        add_peak(results, "memory", name, "library", found, EVALUATION_MB)
        results.add("memory", name, "library", found["seconds"], "s")


def scale(results, effort, options):
    """how a step grows; batch of 100 where it is not the batch that grows"""
    for what, curves in GROWTH.items():
        for key, sizes in curves.items():
            for n in sizes if key in options.net else ():
                if n in (1, 100) or not options.quick:
                    found = ask("train", key, options, seconds=effort.seconds, **{what: n})
                    taken = [1000 * seconds for seconds in found["seconds"]]
                    results.add("scale", f"{key} {what} {n}", "library", taken, "ms")
                    add_peak(results, "scale", f"{key} {what} {n}", "library", found)


def add_peak(results, section, name, who, found, limit=None):
    if found["mb"] is not None:
        results.add(section, name, who, [found["mb"]], "MB", limit)


def ask(job, subject, options, contender="library", **details):
    """Run a job in a fresh Python; {"mb": peak or None, "seconds": [of each call]}."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    details.update(subject=subject, contender=contender, workers=options.workers)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.space", job, json.dumps(details)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"the job {job} {details} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def train(subject, contender, workers=None, batch=100, seconds=0.0, **size):
    """Gradient + update on one batch of noise, for so long, at least three times."""
    kind = contenders.named(contender)  # PyTorch counts as an import, not as training
    peak = Peak()
    one = kind(SUBJECTS[subject], workers, **size)
    rng = np.random.default_rng(0)
    x = rng.random((batch, *SUBJECTS[subject].image), dtype=np.float32)
    ((x, t),) = one.batches([(x, rng.integers(0, 10, batch))])
    taken = []
    with one.ready():
        one.step(x, t)
        one.step(x, t)
        while sum(taken) < seconds or len(taken) < 3:  # one alone may be disturbed
            taken.append(seconds_of(lambda: one.step(x, t)))
    return {"mb": peak.above(), "seconds": taken}


def evaluate(subject, contender, workers=None):
    """The accuracy on all 60,000 training images."""
    subject = SUBJECTS[subject]
    x, t = training_images()
    peak, start = Peak(), time.perf_counter()
    with Workers(subject.network(), workers) as several:
        several.accuracy(x.reshape(-1, *subject.image), t)
    return {"mb": peak.above(), "seconds": [time.perf_counter() - start]}


class Peak:
    """The highest memory of this process since now, in MB above what it holds now."""

    def __init__(self):
        self.now = status("VmRSS")
        if self.now is not None:
            Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far

    def above(self):
        return None if self.now is None else (status("VmHWM") - self.now) / 1e6


def status(field):
    """A memory field of this process in bytes; None on systems other than Linux."""
    try:
        text = Path("/proc/self/status").read_text()
    except OSError:
        return None
    return 1024 * int(text.partition(f"{field}:")[2].split()[0])


if __name__ == "__main__":
    job, details = sys.argv[1:]
    print(json.dumps({"train": train, "evaluate": evaluate}[job](**json.loads(details))))
