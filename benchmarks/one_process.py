"""Time and peak memory of one job in a process of its own, so that nothing else is counted.

    python -m benchmarks.one_process '{"job": "train", "subject": "deep", "contender": "library"}'

The memory is the peak above what the process held when the job began: for training after the
imports, for evaluation with the data loaded too.
"""

import json
import os
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent


def ask(**job):
    """Run a job in a fresh Python; {"mb": peak or None, "seconds": [of each call]}."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.one_process", json.dumps(job)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"the job {job} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def train(subject, contender, batch=100, seconds=0.3, workers=None, **size):
    """Gradient + update on one batch of noise, again and again."""
    from benchmarks import contenders, networks

    if contender == "PyTorch":
        import_module("torch")  # counted as an import, not as training
    begin = Peak()
    kind = contenders.ALL[contender]
    subject = networks.resized(subject, **size)
    runner = kind(subject, workers=workers) if contender == "library" else kind(subject)
    rng = np.random.default_rng(0)
    x = rng.random((batch, *subject.image), dtype=np.float32)
    t = rng.integers(0, 10, batch)
    with runner.training([(x, t)]) as step:
        step()
        step()
        taken = timed(step, seconds)
    return {"mb": begin.above(), "seconds": taken}


def evaluate(subject, workers=None):
    """The accuracy on all 60,000 training images."""
    from benchmarks import networks
    from dataset.mnist import load_mnist
    from dlscratch.workers import Workers

    subject = networks.SUBJECTS[subject]
    (x, t), _ = load_mnist()
    x = x.reshape(-1, *subject.image)
    begin = Peak()
    start = time.perf_counter()
    with Workers(subject.network(), workers) as team:
        team.accuracy(x, t)
    return {"mb": begin.above(), "seconds": [time.perf_counter() - start]}


def timed(call, seconds):
    """The seconds of each call, for so long, at least three times: one alone may be disturbed."""
    taken = []
    while sum(taken) < seconds or len(taken) < 3:
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return taken


class Peak:
    """The highest memory of this process since now, in MB above what it holds now."""

    def __init__(self):
        self.now = status("VmRSS")
        try:
            Path("/proc/self/clear_refs").write_text("5")  # Linux: forget the peak so far
        except OSError:
            pass

    def above(self):
        """None where the system does not tell (Windows)."""
        peak = status("VmHWM")
        return None if self.now is None or peak is None else (peak - self.now) / 1e6


def status(field):
    """A memory field of this process in bytes; without Linux's /proc the peak for either field."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return 1024 * int(line.split()[1])
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


if __name__ == "__main__":
    job = json.loads(sys.argv[1])
    print(json.dumps({"train": train, "evaluate": evaluate}[job.pop("job")](**job)))
