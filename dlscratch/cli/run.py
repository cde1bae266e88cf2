"""Run one script, from any folder, with its own options, or with several seeds side by side.

    dlscratch run ch06/overfit_dropout --quick
    dlscratch run ch06/overfit_dropout --help       # the lesson, and all options
    dlscratch run sigmoid                           # the chapter may be left out
    dlscratch run ch05/train_neuralnet --seeds 0-4  # what of its result is chance?

It is the same as `python ch06/overfit_dropout.py`, wherever that file lies. With --seeds each seed
is a process of its own, as many at a time as there are cores, or --processes; seed 3 writes into
the folder seed3 below that of --out (default: out), and at the end mean and standard deviation are
printed. --resume leaves out what is finished.
"""

import argparse
from pathlib import Path

from dlscratch.book import experiment
from dlscratch.book.command_line import Parser
from dlscratch.book.experiment import number
from dlscratch.cli.argument_types import seeds
from dlscratch.cli.script_names import UsageError, chosen
from dlscratch.workers import available_cores

FAREWELL = "stopped; the same command with --resume goes on"


def options(parser):
    parser.add_argument("name", metavar="NAME", help="as `dlscratch list` shows it")
    rest = parser.add_argument(
        "rest", nargs=argparse.REMAINDER, metavar="...", help="options of the script, and --seeds"
    )
    rest.required = False  # argparse would name it beside a missing NAME
    parser.add_argument("--seeds", type=seeds, help="run it with each of them: 0-4, or 0,3,7")


def options_of_seeds(parser, args):
    """Those that may stand among the options of the script, where there are several seeds."""
    parser.add_argument("--seeds", type=seeds, default=args.seeds)
    whole = number(int, at_least=1)
    parser.add_argument("--processes", type=whole, default=available_cores())  # at a time
    parser.add_argument("--out", type=Path, default=Path("out"))
    parser.add_argument("--resume", action="store_true")


def main(args):
    found = chosen([args.name])
    if len(found) > 1:
        scripts = ", ".join(script.name for script in found)
        raise UsageError(f"{args.name} is a chapter; name one of its scripts: {scripts}")
    script, module = found[0], found[0].load()
    parts = module.main, module.__doc__, getattr(module, "options", None)
    parser = experiment.parser_of(*parts)
    counts_seeds = parser.get_default("seeds") is not None  # a --seeds of its own: how many
    asked = any(word.partition("=")[0] == "--seeds" for word in args.rest) and not counts_seeds
    if not asked and not args.seeds:
        experiment.run(*parts, args.rest)
        return 0
    return run_with_seeds(args, script, parser)


def run_with_seeds(args, script, parser):
    """Run the script with each seed, then print its claims side by side; 1 if a seed failed."""
    from dlscratch.book.seeds import run_seeds
    from dlscratch.book.spread import side_by_side

    ours = Parser(args.parser.prog, add_help=False, allow_abbrev=False)
    options_of_seeds(ours, args)
    own, rest = ours.parse_known_args(args.rest)
    parser.parse_args(rest)  # a mistake is told once, not by every process
    if any(word.partition("=")[0] == "--seed" for word in rest):
        raise UsageError("--seeds names all seeds: leave out --seed")
    claims, failed = run_seeds(
        script, rest, own.out, own.seeds, processes=own.processes, resume=own.resume
    )
    for line in side_by_side(claims):
        print(line)
    if failed:
        print(f"failed: seed {', '.join(map(str, failed))}; --resume tries again")
    elif not any(claims.values()):
        print(f"{script.name} claims nothing: see what it has written below {own.out}")
    return 1 if failed else 0
