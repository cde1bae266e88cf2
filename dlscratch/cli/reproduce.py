"""Run all experiments and write REPRODUCTION.md: the book's numbers beside ours.

By default all experiments run that take minutes; --full includes those that take hours. Each writes
its figures, its log and its results below the folder of --out, so that Ctrl-C keeps what is
finished, and --resume continues.

    dlscratch reproduce --quick
    dlscratch reproduce --full --resume
    dlscratch reproduce ch05 --seeds 0-4  # beside it, mean and standard deviation of five seeds
"""

import shlex
import sys
from pathlib import Path

from dlscratch.book import chapters
from dlscratch.book.experiment import number
from dlscratch.cli.argument_types import seeds
from dlscratch.cli.script_names import chosen as chosen_scripts
from dlscratch.workers import available_cores

FAREWELL = "stopped; the same command with --resume goes on"


def options(parser):
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="small versions, a few seconds each")
    size.add_argument("--full", action="store_true", help="all, also those that take hours")
    parser.add_argument(
        "only", nargs="*", metavar="NAME", help="scripts or chapters, ch06 (default: all)"
    )
    parser.add_argument(
        "--seed",
        type=number(int, at_least=0),
        default=0,
        help="where the random numbers start (default: 0)",
    )
    parser.add_argument(
        "--seeds", type=seeds, default=[], help="also run each with these: 0-4, or 0,3,7"
    )
    parser.add_argument(
        "--resume", action="store_true", help="leave out what an earlier run has finished"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        metavar="FOLDER",
        help="folder for figures, logs, results and REPRODUCTION.md (default: out)",
    )
    parser.add_argument(
        "--publish",
        action="store_true",
        help="also write REPRODUCTION.md, its pictures and the times of `list` into the checkout",
    )


def main(args):
    from dlscratch.book.reproduce import HOURS, run_all, write_report, write_times
    from dlscratch.book.seeds import run_seeds

    if args.publish and args.quick:
        args.parser.error("--publish is for results in full size: leave out --quick")
    if args.publish and not (chapters.ROOT / "pyproject.toml").exists():
        args.parser.error("--publish writes into a checkout; this copy is installed: take --out")
    scripts = chosen_scripts(args.only) if args.only else chapters.scripts()
    hours = [] if args.full or args.quick or args.only else HOURS
    chosen = [script for script in scripts if script.name not in hours]
    missing = dict.fromkeys(hours, "takes long: only with --full")
    failed = {}
    try:
        for name, reason in run_all(
            chosen, args.out, seed=args.seed, quick=args.quick, resume=args.resume
        ):
            failed[name] = reason
        for script in chosen if args.seeds else []:
            if (script.record(args.out) or {}).get("claims"):  # it ran, and claims something
                _, lost = run_seeds(
                    script,
                    ["--quick"] * args.quick,
                    args.out,
                    args.seeds,
                    processes=available_cores(),
                    resume=args.resume,
                )
                failed.update({f"{script.name}, seed {n}": why for n, why in lost.items()})
    finally:
        words = shlex.join(["python", "-m", "dlscratch", *sys.argv[1:]])
        for folder in [args.out] + [chapters.ROOT] * args.publish:
            write_report(
                folder / "REPRODUCTION.md",
                scripts,
                args.out,
                seed=args.seed,
                quick=args.quick,
                command=words,
                missing={**missing, **failed},
            )
            print(f"table: {folder / 'REPRODUCTION.md'}")
        if args.publish:
            write_times(chapters.TIMES, chosen, args.out, args.seed)
    return 1 if failed else 0
