"""Interrupt trainings at random moments, and compare what they end at with one left in peace.

    python -m tests.interruptions --kills 100 --ctrl-c 100

The trainings are those of trainings.py: `Trainer.fit` with a checkpoint, a `Loop`, a `Runner` on
two processes. Each is interrupted once or more by kill -9 or Ctrl-C, goes on each time, and must
end at the same bits. Nothing may be left behind then: no half-written file, no process.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from dlscratch.book.experiment import Parser
from tests.interruptions.trainings import END, TRAININGS

ROOT = Path(__file__).parents[2]
AGAIN = 0.3  # how probable it is that a training that goes on is interrupted once more
PATIENCE = 60.0  # seconds for a training, and for its processes to end


def main(argv=None) -> int:
    args = _parser().parse_args(argv)
    rng = np.random.default_rng(args.seed)
    print(f"{'':<10}{'':<10}{'interrupted':>12}{'half files':>12}{'trainings':>11}{'faults':>8}")
    faults = 0
    for i, kind in enumerate(args.trainings):
        with tempfile.TemporaryDirectory() as folder:
            peace = in_peace(kind, Path(folder))
        for how, count in ((signal.SIGKILL, args.kills), (signal.SIGINT, args.ctrl_c)):
            n = len(args.trainings)
            share = count * (i + 1) // n - count * i // n
            found = attack(kind, how, share, peace, rng)
            name = "kill -9" if how == signal.SIGKILL else "Ctrl-C"
            faults += found["faults"]
            row = "".join(f"{found[what]:>{w}}" for what, w in zip(found, (12, 12, 11, 8)))
            print(f"{kind:<10}{name:<10}{row}", flush=True)
    return min(1, faults)


def in_peace(kind, folder):
    """What a training prints at its end, the seconds that it takes, and the files it leaves."""
    process = begin(kind, folder)
    start = time.monotonic()
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err.decode()
    return out.split()[-1], time.monotonic() - start, names(folder)


def attack(kind, how, count, peace, rng):
    """Interrupt trainings of this kind `count` times in all; what came of it, in numbers."""
    found = dict.fromkeys(("interrupted", "half files", "trainings", "faults"), 0)
    while found["interrupted"] < count:
        with tempfile.TemporaryDirectory() as folder:
            for fault in one_training(kind, how, peace, rng, Path(folder), found, count):
                found["faults"] += 1
                print(f"  {kind}, {how.name}: {fault}", file=sys.stderr, flush=True)
        found["trainings"] += 1
    return found


def one_training(kind, how, peace, rng, folder, found, count):
    """Interrupt one training, perhaps several times, until it ends; yield what is wrong."""
    end, seconds, files = peace
    chance = 1.0
    while True:
        process = begin(kind, folder)
        if found["interrupted"] < count and rng.random() < chance:
            time.sleep(rng.uniform(0, seconds))
            interrupt(process, how)
        out, err = process.communicate(timeout=PATIENCE)
        if not all_ended(process.pid):
            yield "processes are left"
        if END.encode() in out:  # it came too late, for Python's own end perhaps
            break
        found["interrupted"] += 1
        chance = AGAIN
        if (
            process.returncode != (130 if how == signal.SIGINT else -how)
            or how == signal.SIGINT
            and err
        ):
            yield f"ended with {process.returncode}: {err[-300:]!r}"
            return
        found["half files"] += sum(name.endswith(".tmp") for name in names(folder))
    if out.split()[-1] != end:
        yield "other numbers than in peace"
    if names(folder) != files:
        yield f"other files than in peace: {names(folder)}"


def begin(kind, folder):
    """A process that has begun to train; the first in a group of its own, as from a terminal."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.interruptions.trainings", kind, folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # so that reading the first line takes nothing of the next ones
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        start_new_session=True,
    )
    process.stdout.readline()
    return process


def interrupt(process, how):
    """Ctrl-C reaches all processes of a terminal, kill -9 the one whose number it is given."""
    if how == signal.SIGKILL:
        process.kill()
    elif process.poll() is None:
        os.killpg(process.pid, how)


def all_ended(group):
    """Whether each process of the group ends within a few seconds."""
    stop = time.monotonic() + 10
    while time.monotonic() < stop:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def _parser():
    parser = Parser("python -m tests.interruptions", __doc__)
    parser.add_argument("--kills", type=int, default=10, help="by kill -9 (default: 10)")
    parser.add_argument("--ctrl-c", type=int, default=10, help="by Ctrl-C (default: 10)")
    parser.add_argument("--trainings", nargs="+", choices=TRAININGS, default=list(TRAININGS))
    parser.add_argument("--seed", type=int, default=0, help="of the random moments")
    return parser


if __name__ == "__main__":
    sys.exit(main())
