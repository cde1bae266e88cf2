"""Memory, and how time and memory grow: memory, scale. Each job in a process of its own.

The memory is the peak above what the process held when the job began: for training after the
imports, for evaluation with the data loaded too.
"""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks import contenders
from benchmarks.networks import SUBJECTS, mnist
from benchmarks.timing import seconds_of
from dlscratch.workers import Workers

GROWTH = {  # what grows -> how far, for each network
    "batch": dict.fromkeys(SUBJECTS, (1, 4, 16, 64, 100, 256, 1000, 4000)),
    "width": {"mlp": (25, 50, 100, 200, 400, 800), "simple": (8, 15, 30, 60, 120)},
    "depth": {"mlp": (1, 2, 4, 8, 16, 32)},
}


def memory(results, effort, options):
    """peak memory above the imports (training, batch of 100) or the data (evaluation)"""
    for key in options.net:
        for who in contenders.entered(options, "book", peers_at_most=1):
            megabytes, _ = in_process(train, key, who, options.workers)
            results.add("memory", f"{key}, training", who, megabytes, "MB")
        if not options.quick:
            megabytes, seconds = in_process(evaluate, key, options.workers)
            name = f"{key}, 60,000 images evaluated"
            results.add("memory", name, "library", megabytes, "MB")
            results.add("memory", name, "library", seconds, "s")


def scale(results, effort, options):
    """how a step grows; batch of 100 where it is not the batch that grows"""
    for what, curves in GROWTH.items():
        for key, sizes in curves.items():
            for n in sizes if key in options.net else ():
                if n in (1, 100) or not options.quick:
                    job = train, key, "library", options.workers, effort.seconds
                    megabytes, seconds = in_process(*job, **{what: n})
                    name = f"{key} {what} {n}"
                    results.add("scale", name, "library", [1000 * s for s in seconds], "ms")
                    results.add("scale", name, "library", megabytes, "MB")


def in_process(job, *arguments, **options):
    """What the job returns in a fresh Python: [peak MB] and the seconds of each call."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as one:
        return one.submit(job, *arguments, **options).result()


def train(key, contender, workers=None, seconds=0.0, batch=100, **size):
    """Gradient + update on one batch of noise, for so long, at least three times."""
    kind = contenders.named(contender)  # PyTorch counts as an import, not as training
    peak = Peak()
    one = kind(SUBJECTS[key], workers, **size)
    rng = np.random.default_rng(0)
    x = rng.random((batch, *SUBJECTS[key].image), dtype=np.float32)
    x, t = one.batch(x, rng.integers(0, 10, batch))
    taken = []
    with one.ready():
        one.step(x, t)
        one.step(x, t)
        while sum(taken) < seconds or len(taken) < 3:  # one alone may be disturbed
            taken.append(seconds_of(lambda: one.step(x, t)))
    return peak.above(), taken


def evaluate(key, workers=None):
    """The accuracy on all 60,000 training images."""
    (x, t), _ = mnist()
    x, net = x.reshape(-1, *SUBJECTS[key].image), SUBJECTS[key].network()
    peak = Peak()
    with Workers(net, workers) as several:
        seconds = [seconds_of(lambda: several.accuracy(x, t))]
    return peak.above(), seconds


class Peak:
    """The highest memory of this process since now, above what it holds now; only Linux tells."""

    def __init__(self):
        self.now = status("VmRSS")
        if self.now:
            Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far

    def above(self):
        """[MB], or nothing."""
        return [(status("VmHWM") - self.now) / 1e6] if self.now else []


def status(field):
    """A memory field of this process in bytes; None on systems other than Linux."""
    file = Path("/proc/self/status")
    text = file.read_text() if file.exists() else ""
    return 1024 * int(text.partition(f"{field}:")[2].split()[0]) if text else None
