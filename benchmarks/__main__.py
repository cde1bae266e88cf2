"""How fast is it? The library beside the book's manner and PyTorch, in one interleaved run.

Every contender is checked against the library first, then they take turns; a number is the median
of many samples, with the quartiles around it. Ratios hold, milliseconds are this machine's.

    python -m benchmarks
    python -m benchmarks --quick
    python -m benchmarks --only step --net deep --against out/benchmarks/benchmarks.json
"""

import sys
from dataclasses import replace
from pathlib import Path

from benchmarks import machine, pytorch, report, space, speed
from benchmarks.networks import SUBJECTS
from benchmarks.results import Results, load
from benchmarks.timing import Effort
from dlscratch.experiment import number, run

SECTIONS = {
    "step": speed.step,
    "inference": speed.inference,
    "loading": speed.loading,
    "memory": space.memory,
    "scale": space.scale,
}


def options(parser):
    parser.add_argument(
        "--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), metavar="SECTION",
        help=f"of {', '.join(SECTIONS)} (default: all)",
    )
    parser.add_argument(
        "--net", nargs="+", choices=SUBJECTS, default=list(SUBJECTS), metavar="NET",
        help=f"of {', '.join(SUBJECTS)} (default: all)",
    )
    parser.add_argument(
        "--rounds", type=number(int, at_least=1), help="turns of each contender (default: 9)"
    )
    parser.add_argument(
        "--workers", type=number(int, at_least=1),
        help="the library's threads (default: what it chooses itself)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the numbers go")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="where the figure goes")
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="compare with the JSON of an earlier run"
    )


def main(args):
    earlier = load(args.against) if args.against else None
    effort = Effort(rounds=2, seconds=0.02, calls=1) if args.quick else Effort()
    if args.rounds:
        effort = replace(effort, rounds=args.rounds)
    results = Results(machine=machine.describe(), options={"quick": args.quick, **vars(effort)})
    print(*report.machine(results), sep="\n")
    if not pytorch.installed():
        print(pytorch.MISSING)
    for name in SECTIONS:
        if name in args.only:
            print(f"measuring: {name}", file=sys.stderr, flush=True)
            SECTIONS[name](results, effort, args)
            print(*report.section(results, name), sep="\n", flush=True)
    print(*report.checks(results), sep="\n")
    path = args.json or args.out / "benchmarks.json"
    results.save(path)
    print(f"numbers: {path}")


if __name__ == "__main__":
    run(main, __doc__, options)
