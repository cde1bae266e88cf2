"""How fast is it? The library beside the book's manner and PyTorch, in one interleaved run.

Every contender is checked against the library first, then they take turns; a number is the median
of many samples, with the quartiles around it. Ratios hold, milliseconds are this machine's. A busy
machine is hard on threads that wait for each other, PyTorch's first of all: measure on a quiet one.

    python -m benchmarks
    python -m benchmarks --quick
    python -m benchmarks --only step where --net deep --against out/benchmarks/benchmarks.json
"""

import sys
from dataclasses import replace
from pathlib import Path

from benchmarks import chart, compare, machine, pytorch, report, space, speed
from benchmarks.layer_times import layers
from benchmarks.networks import SUBJECTS
from benchmarks.results import Results, load
from benchmarks.timing import Effort
from benchmarks.update import update
from benchmarks.where import where
from dlscratch.book.experiment import number, run

SECTIONS = {
    "step": speed.step,
    "where": where,
    "inference": speed.inference,
    "layers": layers,
    "update": update,
    "loading": speed.loading,
    "memory": space.memory,
    "scale": space.scale,
}
QUICK = Effort(rounds=2, seconds=0.02, limit=0.5)


def options(parser):
    parser.add_argument(
        "--only",
        nargs="+",
        choices=SECTIONS,
        default=list(SECTIONS),
        metavar="SECTION",
        help=f"of {', '.join(SECTIONS)} (default: all)",
    )
    parser.add_argument(
        "--net",
        nargs="+",
        choices=SUBJECTS,
        default=list(SUBJECTS),
        metavar="NET",
        help=f"of {', '.join(SUBJECTS)} (default: all)",
    )
    parser.add_argument(
        "--rounds",
        type=number(int, at_least=1),
        help=f"turns of each contender (default: {Effort().rounds})",
    )
    parser.add_argument(
        "--workers",
        type=number(int, at_least=1),
        help="the library's threads (default: what it chooses itself)",
    )
    parser.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="where the numbers go (default: benchmarks.json in the output folder)",
    )
    parser.add_argument(
        "--chart",
        type=Path,
        metavar="FILE",
        help="where the figure goes (default: benchmarks.png in the output folder)",
    )
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="compare with the JSON of an earlier run"
    )
    parser.add_argument("--markdown", action="store_true", help="also print README's table")


def main(args):
    earlier = load(args.against) if args.against else None
    effort = QUICK if args.quick else Effort()
    if args.rounds:
        effort = replace(effort, rounds=args.rounds)
    facts = {"quick": args.quick, "seed": args.seed, "workers": args.workers, **vars(effort)}
    results = Results(machine=machine.describe(), options=facts)
    print(*report.machine(results), sep="\n")
    if not pytorch.installed():
        print(pytorch.MISSING)
    for name, measure in SECTIONS.items():
        if name in args.only:
            print(f"measuring: {name}", file=sys.stderr, flush=True)
            measure(results, effort, args)
            print(*report.section(results, name), sep="\n", flush=True)
    print(*report.checks(results), sep="\n")
    if earlier:
        print(*compare.against(results, earlier, args.against), sep="\n")
    if args.markdown:
        print(*report.markdown(results), sep="\n")
    path = args.json or args.out / "benchmarks.json"
    results.save(path)
    print(f"\nnumbers: {path}")
    for fig, path in chart.draw(results, args.chart or args.out / "benchmarks.png"):
        args.save(fig, path.absolute())


if __name__ == "__main__":
    run(main, __doc__, options)
