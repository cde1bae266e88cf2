"""Run one script, from any folder, with its own options.

    dlscratch run ch06/overfit_dropout --quick
    dlscratch run ch06/overfit_dropout --help       # the lesson, and all options
    dlscratch run sigmoid                           # the chapter may be left out

It is the same as `python ch06/overfit_dropout.py`, wherever that file lies.
"""

import argparse

from dlscratch.book import experiment
from dlscratch.cli.script_names import UsageError, chosen


def options(parser):
    parser.add_argument("name", metavar="NAME", help="as `dlscratch list` shows it")
    rest = parser.add_argument(
        "rest", nargs=argparse.REMAINDER, metavar="...", help="options of the script"
    )
    rest.required = False  # argparse would name it beside a missing NAME


def main(args):
    found = chosen([args.name])
    if len(found) > 1:
        scripts = ", ".join(script.name for script in found)
        raise UsageError(f"{args.name} is a chapter; name one of its scripts: {scripts}")
    module = found[0].load()
    experiment.run(module.main, module.__doc__, getattr(module, "options", None), args.rest)
