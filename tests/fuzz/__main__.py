"""Attack every door at random, and say how often it held.

    python -m tests.fuzz --seconds 600
    python -m tests.fuzz --doors pickles idx --seconds 60 --seed 7
    python -m tests.fuzz --tries 500                    # of each door: the same table everywhere
    python -m tests.fuzz --only "pickles 1234"          # one try again, with all its words

The doors are what reads something from a stranger: files, requests, expressions, command lines. A
try is right, or refused in one line, within a second of processor time and 64 MB above the arrays
that it may return; anything else is a failure, and its case is written to out/fuzz. One seed makes
one sequence of tries; how far it gets is a matter of time.
"""

import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

os.environ.setdefault("MPLBACKEND", "Agg")

import numpy as np

from dlscratch.book.experiment import Parser
from tests.fuzz.checkpoints import LoopCheckpoints, TrainerCheckpoints
from tests.fuzz.commands import Commands
from tests.fuzz.drawing_page import DrawingPage
from tests.fuzz.expressions import Expressions
from tests.fuzz.idx import Idx
from tests.fuzz.npz import Weights
from tests.fuzz.pickles import Pickles
from tests.fuzz.trial import Door, attempt

DOORS: dict[str, type[Door]] = {
    "pickles": Pickles,
    "weights": Weights,
    "trainer": TrainerCheckpoints,
    "loop": LoopCheckpoints,
    "idx": Idx,
    "page": DrawingPage,
    "expressions": Expressions,
    "commands": Commands,
}


def main(argv=None) -> int:
    args = _parser().parse_args(argv)
    if args.only:
        name, number = args.only.rsplit(maxsplit=1)
        return 1 if attack(name, args.seed, args.out, numbers=[int(number)])["failure"] else 0
    print(f"{'door':<24}{'tries':>10}{'right':>10}{'refused':>10}{'failures':>10}")
    failures = 0
    for name in args.doors:
        limit = {"seconds": args.seconds / len(args.doors)}
        if args.tries is not None:
            limit = {"numbers": range(args.tries)}
        counts = attack(name, args.seed, args.out, **limit)
        tries = sum(counts.values())
        row = [tries, *(counts[key] for key in ("right", "refused", "failure"))]
        print(f"{DOORS[name].name:<24}" + "".join(f"{n:>10,}" for n in row), flush=True)
        failures += counts["failure"]
    return 1 if failures else 0


def attack(name, seed, out, seconds=None, numbers=None) -> dict[str, int]:
    """How many tries at a door were right, refused, and failures, which are also printed."""
    counts = dict.fromkeys(("right", "refused", "failure"), 0)
    which = list(DOORS).index(name)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        door = DOORS[name](Path(folder))
        warnings.simplefilter("error")  # a warning is a line too much
        end = time.monotonic() + (seconds or 0)
        number = 0
        while time.monotonic() < end if numbers is None else number < len(numbers):
            index = number if numbers is None else numbers[number]
            case = door.make(np.random.default_rng([seed, which, index]))
            outcome, why = attempt(door, case)
            counts[outcome] += 1
            if outcome == "failure":
                out.mkdir(parents=True, exist_ok=True)
                data = case if isinstance(case, bytes) else repr(case).encode()
                (out / f"{name}-{index}.bin").write_bytes(data)
                print(f'  "{name} {index}": {why}', file=sys.stderr, flush=True)
            number += 1
        door.close()
    return counts


def _parser():
    parser = Parser("python -m tests.fuzz", __doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for all doors (default: 60)")
    parser.add_argument("--tries", type=int, help="so many at each door, however long they take")
    parser.add_argument("--doors", nargs="+", choices=DOORS, default=list(DOORS), metavar="DOOR")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", metavar="'DOOR NUMBER'", help="this try alone, as it was printed")
    parser.add_argument("--out", type=Path, default=Path("out/fuzz"), help="for cases that failed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
