"""What was probably meant, for an option or a choice of the command line that does not exist."""

import difflib
import re
from collections.abc import Iterable


def did_you_mean(complaint: str, options: Iterable[str]) -> str:
    """A question for a complaint of argparse, "" if nothing looks like what was typed.

    >>> did_you_mean("unrecognized arguments: --sed 1", ["--seed", "--out"])
    'did you mean --seed?'
    >>> did_you_mean("argument COMMAND: invalid choice: 'lst' (choose from 'list', 'run')", [])
    'did you mean list?'
    >>> did_you_mean("unrecognized arguments: 7", ["--seed"])
    ''
    """
    if option := re.match(r"unrecognized arguments: (--[^\s=]+)", complaint):
        typed, known = option[1], list(options)
    elif choice := re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)", complaint):
        typed, known = choice[1], re.findall(r"[^\s',]+", choice[2])
    else:
        return ""
    like = difflib.get_close_matches(typed, known, n=1)
    return f"did you mean {like[0]}?" if like else ""
