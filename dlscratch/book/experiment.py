"""What every chapter script shares: its options, its output folder, its figures and its claims.

A chapter script is a docstring (the lesson), `main(args)` (the experiment) and one call of `run`:

    def options(parser):        # only where the script has options of its own
        parser.add_argument("--lr", type=number(float, above=0), default=0.1, help="learning rate")

    def main(args):             # args.seed, args.quick, args.out, args.show, and the script's own
        fig, ax = figures.new()
        ...
        args.save(fig, "fig_3-7_sigmoid.png")
        return [Claim(what="test accuracy", book="0.9352", ours=f"{accuracy:.4f}")]

    if __name__ == "__main__":
        run(main, __doc__, options)

Beside its figures a run writes a record, out/ch03/sigmoid.json: its options and its results.
"""

import argparse
import doctest
import inspect
import json
import math
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from dlscratch.book.command_line import Parser
from dlscratch.mpi import one_voice
from dlscratch.storage.files import DataError, atomic_write, one_line

__all__ = [
    "Arguments",
    "Claim",
    "Parser",
    "has_screen",
    "number",
    "exit_with_one_line",
    "fingerprint",
    "options_of_all",
    "parser_of",
    "replay",
    "run",
]

# what the result of a run does not depend on
IRRELEVANT_OPTIONS = "error", "out", "processes", "resume", "show"


@dataclass(frozen=True)
class Claim:
    """What the book says beside what was measured here; `holds=False` is a finding, no failure.

    quoted=True: nothing was measured, the book's number is passed on.

    >>> print(Claim(what="test accuracy", book="0.9352", ours="0.9401"))
    test accuracy | book: 0.9352 | here: 0.9401 | holds
    >>> print(Claim("best optimizer", "AdaGrad", "Momentum", holds=False, why="one seed"))
    best optimizer | book: AdaGrad | here: Momentum | differs, because one seed
    """

    what: str
    book: str
    ours: str
    holds: bool = True
    why: str = ""
    quoted: bool = False

    @property
    def verdict(self) -> str:
        """quoted, holds or differs."""
        return "quoted" if self.quoted else "holds" if self.holds else "differs"

    def __str__(self) -> str:
        because = f", because {self.why}" if self.why else ""
        return f"{self.what} | book: {self.book} | here: {self.ours} | {self.verdict}{because}"


class Arguments(argparse.Namespace):
    """What `main` receives: every option as an attribute, and `save` for its figures."""

    seed: int
    quick: bool
    show: bool
    out: Path
    error: Callable[[str], NoReturn]  # for options that do not go together: one line, exit code 2
    __slots__ = ("figures",)  # the names of those saved; kept apart from vars(args), the options

    def __init__(self, **options: Any):
        super().__init__(**options)
        self.figures: list[str] = []

    def save(self, fig: Any, name: str) -> Path:
        """Write a figure of Matplotlib into the output folder and print its path."""
        path = self.out / name
        fig.savefig(path)
        self.figures.append(name)
        print(f"figure: {path}", flush=True)
        if self.show:
            _open_viewer(path)
        return path


def run(
    main: Callable[[Arguments], Sequence[Claim] | None],
    doc: str | None,
    options: Callable[[argparse.ArgumentParser], None] | None = None,
    argv: Sequence[str] | None = None,
) -> list[Claim]:
    """Parse the options, run `main(args)`, print its claims and return them.

    A script calls `run(main, __doc__, options)`; a program passes `argv` too, a list such as
    `["--quick", "--out", "figures"]`, and collects the claims. Whatever goes wrong for a reason
    that the user can mend (a bad option, unreadable data, a full disk) ends in `SystemExit` with
    one line instead of a traceback; Ctrl-C ends in exit code 130.
    """
    script = Path(inspect.getfile(main))
    parser = parser_of(main, doc, options)
    args = parser.parse_args(argv, namespace=Arguments(error=parser.error))
    farewell = f"stopped; what was finished is in {args.out}"
    ranks = one_voice(args) if getattr(args, "mpi", False) else nullcontext()
    with exit_with_one_line(parser.prog, farewell), ranks:
        args.out.mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        claims = list(main(args) or [])
        seconds = time.perf_counter() - started
        for claim in claims:
            print(claim)
        if script.name != "__main__.py":  # a program that is no chapter script keeps its own books
            _write_record(args.out / f"{script.stem}.json", args, parser, seconds, claims)
    return claims


def parser_of(
    main: Callable, doc: str | None, options: Callable[[argparse.ArgumentParser], None] | None
) -> argparse.ArgumentParser:
    """The parser of a script: the options that all share, and its own."""
    script = Path(inspect.getfile(main))
    chapter = script.parent.name
    name = f"-m {chapter}" if script.name == "__main__.py" else f"{chapter}/{script.name}"
    options_of_all(parser := Parser(f"python {name}", doc), Path("out", chapter))
    if options is not None:
        options(parser)
    return parser


@contextmanager
def exit_with_one_line(program: str, farewell: str) -> Iterator[None]:
    """End in one line and an exit code where the cause is the user's to mend, or Ctrl-C."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has read enough; what is still buffered has no reader
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except (DataError, OSError) as error:
        raise SystemExit(f"{program}: {one_line(_reason(error))}") from None
    except KeyboardInterrupt:
        print(f"\n{program}: {farewell}", file=sys.stderr)
        raise SystemExit(130) from None


def fingerprint(args: Any, ignore: Sequence[str] = ()) -> str:
    """Eight digits for the options that the result depends on, so that no other run is resumed."""
    ignore = (*IRRELEVANT_OPTIONS, *ignore)
    options = sorted((name, value) for name, value in vars(args).items() if name not in ignore)
    return f"{zlib.crc32(repr(options).encode()):08x}"


def _write_record(path, args, parser, seconds, claims):
    """Write the options that differ from the defaults, the figures and the claims as JSON."""
    options = {
        name: value
        for name, value in vars(args).items()
        if name not in (*IRRELEVANT_OPTIONS, "seed") and value != parser.get_default(name)
    }
    record = {
        "seed": args.seed,
        "options": options,
        "seconds": round(seconds, 2),
        "figures": args.figures,
        "claims": [asdict(claim) for claim in claims],
    }
    with atomic_write(path) as file:
        file.write(json.dumps(record, indent=1, default=_plain).encode())


def _plain(value):
    """What JSON can hold: a number of NumPy's as Python's, a path as its text."""
    return value.item() if hasattr(value, "item") else str(value)


def number(
    kind: type = float,
    *,
    at_least: float = -math.inf,
    above: float = -math.inf,
    at_most: float = math.inf,
) -> Callable[[str], Any]:
    """An argparse `type` for a number in a range, whose error names what is allowed.

    >>> number(int, at_least=1)("20")
    20
    >>> number(float, above=0, at_most=1)("1.5")
    Traceback (most recent call last):
        ...
    argparse.ArgumentTypeError: expected a number above 0 and at most 1, got '1.5'
    """
    bounds = {"at least": at_least, "above": above, "at most": at_most}
    limits = [f"{name} {bound:g}" for name, bound in bounds.items() if math.isfinite(bound)]
    expected = f"a {'whole ' if kind is int else ''}number {' and '.join(limits)}".rstrip()

    def parse(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan  # fails every comparison below
        if not (math.isfinite(value) and at_least <= value <= at_most and value > above):
            raise argparse.ArgumentTypeError(f"expected {expected}, got {text!r}")
        return value

    return parse


def replay(script: str) -> None:
    """Show the session of a script, the text beside it with >>> lines, after checking every output.

    ch01/repl.py has ch01/repl.txt. The lines are run in order, as doctest runs them. Where Python
    prints something else than the text, both are printed and the script ends with
    `SystemExit`.
    """
    session = Path(script).with_suffix(".txt")
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    failed, typed = doctest.testfile(
        str(session), module_relative=False, optionflags=flags, encoding="utf-8"
    )
    if failed:
        raise SystemExit(f"{session}: {failed} of {typed} outputs differ")
    print(session.read_text(encoding="utf-8"))
    print(f"{typed} inputs typed, every output as shown")


def options_of_all(parser: argparse.ArgumentParser, default_out: Path) -> None:
    """Add --seed, --quick, --out and --show, which every script has."""
    parser.add_argument(
        "--seed",
        type=number(int, at_least=0),
        default=0,
        help="where the random numbers start (default: 0); the same seed gives the same result",
    )
    parser.add_argument(
        "--quick", action="store_true", help="a small version of the experiment, done in seconds"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=default_out,
        metavar="FOLDER",
        help=f"folder for the figures (default: {default_out})",
    )
    parser.add_argument(
        "--show", action="store_true", help="also open the figures, where there is a screen"
    )


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"  # without "[Errno 2]"
    return str(error)


def _open_viewer(path: Path) -> None:
    from PIL import Image, ImageShow

    if has_screen():
        with Image.open(path) as picture:
            if ImageShow.show(picture, title=path.name):
                return
    print(f"--show: no screen or picture viewer here; the file is {path}", file=sys.stderr)


def has_screen() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
