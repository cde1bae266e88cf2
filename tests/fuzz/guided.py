"""Attack `load_pickle` with pickles that are led by what they reach in its code.

    pip install atheris
    python -m tests.fuzz.guided --seconds 600

A pickle that takes a path through the code that none took before is kept, and changed further: so
step by step they get into corners that chance does not find. Half of the changes are those of
libFuzzer, which knows nothing of pickles, the others those of pickles.py.
"""

import inspect
import os
import shutil
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from dlscratch.book.experiment import Parser
from dlscratch.storage import pickle_opcodes, unpickler
from dlscratch.storage.unpickler import Unpickler
from tests.fuzz.damage import damaged
from tests.fuzz.pickles import Pickles, rearranged
from tests.fuzz.trial import attempt

PACKAGE = "dlscratch.storage"
SEEDS = 300  # sound pickles and damaged ones to begin with


def main(argv=None) -> int:
    args = _parser().parse_args(argv)
    if not find_spec("atheris"):
        print("Atheris is not installed: pip install atheris", file=sys.stderr)
        return 2
    import atheris

    for owner in (Unpickler, unpickler, pickle_opcodes):
        for name, function in list(vars(owner).items()):
            if inspect.isfunction(function) and function.__module__.startswith(PACKAGE):
                setattr(owner, name, atheris.instrument_func(function))
    folder = Path(tempfile.mkdtemp())
    door = Pickles(folder)
    for i in range(SEEDS):
        (folder / str(i)).write_bytes(door.make(np.random.default_rng([args.seed, i])))
    door.sound = False  # from here on, nothing that it is fed is known to be sound
    counts = dict.fromkeys(("right", "refused", "failure"), 0)
    end = time.monotonic() + args.seconds

    def one(case):
        outcome, why = attempt(door, case)
        counts[outcome] += 1
        if outcome == "failure":
            args.out.mkdir(parents=True, exist_ok=True)
            name = args.out / f"guided-{sum(counts.values())}.bin"
            name.write_bytes(case)
            print(f"  {name}: {why}", file=sys.stderr, flush=True)
        if time.monotonic() > end:  # libFuzzer never returns
            kept = len(list(folder.iterdir())) - SEEDS
            shutil.rmtree(folder)
            words = ", ".join(f"{name} {count:,}" for name, count in counts.items())
            print(f"{sum(counts.values()):,} pickles: {words}; {kept:,} took new paths", flush=True)
            os._exit(min(1, counts["failure"]))

    def changed(case, most, seed):
        rng = np.random.default_rng(seed)
        if rng.random() < 0.5:
            return atheris.Mutate(case, most)
        try:
            case = rearranged(case, rng)
        except (ValueError, IndexError):  # too damaged to be cut into steps
            case = damaged(case, rng)
        return case[:most]

    options = ["-max_len=2000", "-mutate_depth=1", "-rss_limit_mb=0", "-verbosity=0"]
    options += [f"-seed={args.seed + 1}", str(folder)]
    atheris.Setup([sys.argv[0], *options], one, custom_mutator=changed)
    atheris.Fuzz()
    return 0


def _parser():
    parser = Parser("python -m tests.fuzz.guided", __doc__)
    parser.add_argument("--seconds", type=float, default=60, help="(default: 60)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("out/fuzz"), help="for cases that failed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
