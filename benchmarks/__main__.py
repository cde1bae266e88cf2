"""How fast is it? The library beside the book's manner and its peers, in one interleaved run.

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

from benchmarks import contenders, machine, report, space, speed
from benchmarks.loading import loading
from benchmarks.networks import SUBJECTS
from benchmarks.results import Results, load
from benchmarks.timing import Effort
from benchmarks.where import where
from dlscratch.book.experiment import number, run

SECTIONS = {
    "step": speed.step,
    "where": where,
    "inference": speed.inference,
    "epoch": speed.epoch,
    "layers": speed.layers,
    "update": speed.update,
    "loading": loading,
    "memory": space.memory,
    "scale": space.scale,
}
QUICK = Effort(rounds=2, seconds=0.02, limit=0.5)


def options(parser):
    for option, names in (("--only", SECTIONS), ("--net", SUBJECTS)):
        text = f"of {', '.join(names)} (default: all)"
        several = {"nargs": "+", "choices": names, "default": list(names)}
        parser.add_argument(option, metavar="NAME", help=text, **several)
    for option, text in [
        ("--rounds", f"turns of each contender (default: {Effort().rounds})"),
        ("--workers", "the library's threads (default: what it chooses itself)"),
    ]:
        parser.add_argument(option, type=number(int, at_least=1), metavar="N", help=text)
    for option, text in [
        ("--json", "where the numbers go (default: benchmarks.json in the output folder)"),
        ("--against", "compare with the JSON of an earlier run"),
    ]:
        parser.add_argument(option, type=Path, metavar="FILE", help=text)
    parser.add_argument("--markdown", action="store_true", help="also print README's table")


def main(args):
    earlier = load(args.against) if args.against else None
    effort = QUICK if args.quick else Effort()
    effort = replace(effort, rounds=args.rounds or effort.rounds)
    facts = {"quick": args.quick, "seed": args.seed, "workers": args.workers, **vars(effort)}
    results = Results(machine=machine.describe(), options=facts)
    print(*report.machine(results), sep="\n")
    if missing := contenders.missing():
        print(f"not measured, as it is not installed: {', '.join(missing)}")
    for name in (name for name in SECTIONS if name in args.only):
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        SECTIONS[name](results, effort, args)
        print(*report.section(results, name, SECTIONS[name].__doc__), sep="\n", flush=True)
    print(*report.checks(results), sep="\n")
    if earlier:
        print(*report.against(results, earlier, args.against), sep="\n")
    if args.markdown:
        print(*report.markdown(results), sep="\n")
    path = args.json or args.out / "benchmarks.json"
    results.save(path)
    print(f"\nnumbers: {path}")
    from benchmarks import chart  # not above: every process that space starts would import it too

    for fig, picture in chart.draw(results, path.with_suffix(".png")):
        args.save(fig, picture.absolute())


if __name__ == "__main__":
    run(main, __doc__, options)
