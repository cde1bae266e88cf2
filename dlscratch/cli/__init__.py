"""The `dlscratch` command: run, check and draw everything in the book.

    dlscratch list                          what there is to run
    dlscratch run ch06/overfit_dropout      one experiment
    dlscratch reproduce --quick             all of them
    dlscratch draw                          draw a digit and see it classified
    dlscratch exercises start FOLDER        write the code yourself, and have it checked

Exit codes: 0 = done; 1 = done, with a negative result: a wrong gradient, unreadable data; 2 = a
mistake in the command line; 130 = stopped by Ctrl-C.
"""

# Each command is a module of this folder: its docstring is its help, `options(parser)` adds its
# options, `main(args)` does the work and returns the exit code, None for 0.

import importlib
import sys
from collections.abc import Sequence

from dlscratch.book.experiment import Parser, exit_with_one_line
from dlscratch.cli.script_names import UsageError
from dlscratch.storage.files import one_line

COMMANDS = {  # its name: its module
    "list": "list_scripts",
    "run": "run",
    "show": "show",
    "summary": "summary",
    "gradcheck": "gradcheck",
    "graph": "graph",
    "draw": "draw",
    "exercises": "exercises",
    "reproduce": "reproduce",
    "info": "info",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv`, by default the one that was typed; the exit code."""
    parser = _parser()
    args, unknown = parser.parse_known_args(argv)
    if "main" not in args:
        parser.print_help()
        return 2
    if unknown:  # said by the command itself, which knows the options that it has
        args.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    with exit_with_one_line(args.parser.prog, args.farewell):
        try:
            return args.main(args) or 0
        except UsageError as mistake:
            print(f"{args.parser.prog}: {one_line(str(mistake))}", file=sys.stderr)
            return 2


def _parser():
    parser = Parser("dlscratch", __doc__)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, module_name in COMMANDS.items():
        module = importlib.import_module(f"dlscratch.cli.{module_name}")
        title = (module.__doc__ or "").partition("\n")[0]
        command = commands.add_parser(name, help=title, description=module.__doc__)
        module.options(command)
        farewell = getattr(module, "FAREWELL", "stopped")
        command.set_defaults(main=module.main, parser=command, farewell=farewell)
    return parser
