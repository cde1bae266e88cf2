"""Find scripts by the names on the command line, with a suggestion if there is none."""

import difflib
from collections.abc import Sequence

from dlscratch.book.chapters import Script, scripts


class UsageError(Exception):
    """A mistake in the command line: the message is all that the user sees; exit code 2."""


def chosen(names: Sequence[str]) -> list[Script]:
    """The scripts with these names, or of these chapters; UsageError for an unknown name.

    A script is called ch06/overfit_dropout, ch06/overfit_dropout.py or, if only one chapter has it,
    overfit_dropout.

    >>> [script.name for script in chosen(["ch02/xor_gate.py", "sigmoid"])]
    ['ch02/xor_gate', 'ch03/sigmoid']
    >>> chosen(["ch02/xor_gat"])
    Traceback (most recent call last):
        ...
    dlscratch.cli.script_names.UsageError: no script is called ch02/xor_gat; did you mean ...?
    """
    every = scripts()
    found: dict[Script, None] = {}  # a set that keeps its order
    for name in names:
        wanted = name.removesuffix(".py").strip("/")
        those = [s for s in every if wanted in (s.name, s.chapter)]
        those = those or [s for s in every if wanted == s.path.stem]
        if not those:
            known = [word for s in every for word in (s.name, s.path.stem, s.chapter)]
            similar = difflib.get_close_matches(wanted, known, n=1)
            hint = f"did you mean {similar[0]}?" if similar else "`dlscratch list` shows all"
            raise UsageError(f"no script is called {name}; {hint}")
        if len(those) > 1 and wanted == those[0].path.stem:
            both = " or ".join(s.name for s in those)
            raise UsageError(f"{name} is in several chapters: {both}")
        found.update(dict.fromkeys(those))
    return list(found)
