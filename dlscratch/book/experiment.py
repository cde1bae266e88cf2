"""What all chapter scripts have in common: options, an output folder, figures and claims.

A chapter script is a docstring (the lesson), `main(args)` (the experiment) and one call of `run`:

    def options(parser):        # only if the script has its own options
        parser.add_argument("--lr", type=number(float, above=0), default=0.1, help="learning rate")

    def main(args):             # args.seed, args.quick, args.out, args.show, and the script's own
        fig, ax = figures.new()
        ...
        args.save(fig, "fig_3-7_sigmoid.png")
        return [Claim(what="test accuracy", book="0.9352", ours=f"{accuracy:.4f}")]

    if __name__ == "__main__":
        run(main, __doc__, options)

A run also writes a record of its options and results beside its figures: out/ch03/sigmoid.json.
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

# options that do not affect the result of a run
IRRELEVANT_OPTIONS = "error", "out", "processes", "resume", "show"


@dataclass(frozen=True)
class Claim:
    """The book's result beside the one measured here; `holds=False` is a finding, not a failure.

    quoted=True: nothing was measured here, the book's number is only repeated.

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
    """The argument of `main`: every option as an attribute, and `save` for figures."""

    seed: int
    quick: bool
    show: bool
    out: Path
    error: Callable[[str], NoReturn]  # for options that exclude each other: one line, exit code 2
    __slots__ = ("figures",)  # names of the saved ones; not in vars(args), which are the options

    def __init__(self, **options: Any):
        super().__init__(**options)
        self.figures: list[str] = []

    def save(self, fig: Any, name: str) -> Path:
        """Save a Matplotlib figure in the output folder, and print its path."""
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

    A script calls `run(main, __doc__, options)`; a program also passes `argv`, a list such as
    `["--quick", "--out", "figures"]`, and collects the claims. An error that the user can fix (a
    bad option, unreadable data, a full disk) raises `SystemExit` with one line instead of a
    traceback; Ctrl-C ends with exit code 130.
    """
    script = Path(inspect.getfile(main))
    parser = parser_of(main, doc, options)
    args = parser.parse_args(argv, namespace=Arguments(error=parser.error))
    farewell = f"stopped; finished results are in {args.out}"
    ranks = one_voice(args) if getattr(args, "mpi", False) else nullcontext()
    with exit_with_one_line(parser.prog, farewell), ranks:
        args.out.mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        claims = list(main(args) or [])
        seconds = time.perf_counter() - started
        for claim in claims:
            print(claim)
        if script.name != "__main__.py":  # a program that is not a chapter script has its own files
            _write_record(args.out / f"{script.stem}.json", args, parser, seconds, claims)
    return claims


def parser_of(
    main: Callable, doc: str | None, options: Callable[[argparse.ArgumentParser], None] | None
) -> argparse.ArgumentParser:
    """The parser of a script: the options of all scripts, and its own."""
    script = Path(inspect.getfile(main))
    chapter = script.parent.name
    name = f"-m {chapter}" if script.name == "__main__.py" else f"{chapter}/{script.name}"
    options_of_all(parser := Parser(f"python {name}", doc), Path("out", chapter))
    if options is not None:
        options(parser)
    return parser


@contextmanager
def exit_with_one_line(program: str, farewell: str) -> Iterator[None]:
    """Turn errors that the user can fix, and Ctrl-C, into one line and an exit code."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has stopped reading; the rest of the buffer has no reader
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except (DataError, OSError) as error:
        raise SystemExit(f"{program}: {one_line(_reason(error))}") from None
    except KeyboardInterrupt:
        print(f"\n{program}: {farewell}", file=sys.stderr)
        raise SystemExit(130) from None


def fingerprint(args: Any, ignore: Sequence[str] = ()) -> str:
    """Eight hex digits of the options that affect the result, so that no other run is resumed."""
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
    """A value for JSON: a NumPy number as a Python one, anything else, such as a path, as text."""
    return value.item() if hasattr(value, "item") else str(value)


def number(
    kind: type = float,
    *,
    at_least: float = -math.inf,
    above: float = -math.inf,
    at_most: float = math.inf,
) -> Callable[[str], Any]:
    """An argparse `type` for a number in a range; its error message names the range.

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
    """Show the interactive session of a script, a text file of >>> lines, after running it.

    The session of ch01/repl.py is ch01/repl.txt; doctest runs it. If Python prints anything but the
    output in the file, both are printed and the script ends with `SystemExit`.
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
    """Add --seed, --quick, --out and --show, the options of every script."""
    parser.add_argument(
        "--seed",
        type=number(int, at_least=0),
        default=0,
        help="of the random numbers (default: 0); the same seed gives the same result",
    )
    parser.add_argument(
        "--quick", action="store_true", help="a small version of the experiment, takes seconds"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=default_out,
        metavar="FOLDER",
        help=f"folder for the figures (default: {default_out})",
    )
    parser.add_argument(
        "--show", action="store_true", help="also open the figures, if there is a screen"
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
    """Whether a window can be opened here."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
