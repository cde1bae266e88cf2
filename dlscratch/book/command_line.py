"""The parser of all scripts and commands: an error is one line, with a suggestion."""

import argparse
import difflib
import inspect
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from dlscratch.storage.files import one_line


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that shows a docstring unchanged, and reports an error in one line."""

    def __init__(self, prog: str | None = None, description: str | None = None, **others: Any):
        others["formatter_class"] = argparse.RawDescriptionHelpFormatter
        super().__init__(prog, description=inspect.cleandoc(description or ""), **others)

    def error(self, message: str) -> NoReturn:
        hint = did_you_mean(message, self._option_string_actions) or "--help shows an example"
        self.exit(2, f"{self.prog}: {one_line(message)} ({hint})\n")


def did_you_mean(error: str, options: Iterable[str]) -> str:
    """A suggestion for an error message of argparse, "" if nothing is similar to what was typed.

    >>> did_you_mean("unrecognized arguments: --sed 1", ["--seed", "--out"])
    'did you mean --seed?'
    >>> did_you_mean("argument COMMAND: invalid choice: 'lst' (choose from 'list', 'run')", [])
    'did you mean list?'
    >>> did_you_mean("unrecognized arguments: 7", ["--seed"])
    ''
    """
    if option := re.match(r"unrecognized arguments: (--[^\s=]+)", error):
        typed, known = option[1], list(options)
    elif choice := re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)", error):
        typed, known = choice[1], re.findall(r"[^\s',]+", choice[2])
    else:
        return ""
    similar = difflib.get_close_matches(typed, known, n=1)
    return f"did you mean {similar[0]}?" if similar else ""
