"""The learner's own code, run and checked; whatever it does becomes a Finding.

`examine` runs in the process of its caller. process.py calls it in a process of its own, because
code of a learner may loop for ever.
"""

import contextlib
import io
import re
import sys
import traceback
import warnings
from types import ModuleType

import numpy as np

from dlscratch.exercises.checking import Answer, Mistake
from dlscratch.exercises.exercise import Exercise
from dlscratch.exercises.finding import Finding
from dlscratch.exercises.source import function_at, look

MOST_PRINTED = 2000  # characters of what the learner's file prints
# What NumPy and Python say, "function: type: text", and what is meant by it
ERRORS = {
    "read-only": "writes",
    "truth value of an array": "truth",
    "converted to Python scalars|only 0-dimensional arrays can be|must be real number": "math",
    "Cannot cast ufunc": "casting",
}


def examine(exercise: Exercise, source: str, file: str) -> Finding:
    """Run the source of a learner's file, then the check of the exercise on it."""
    finding = look(source, exercise)
    if finding:
        return finding
    module = ModuleType(f"learner_{exercise.name}")
    sys.modules[module.__name__] = module  # dataclasses look there
    printed = io.StringIO()
    try:
        with (
            contextlib.redirect_stdout(printed),
            np.errstate(all="ignore"),  # inf and nan are told by value
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            exec(compile(source, file, "exec"), vars(module))
            exercise.module.check(Answer(module))
        finding = Finding("done")
    except Mistake as mistake:
        finding = Finding(mistake.key, mistake.fields)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit as well: the learner's file calls exit()
        finding = _explain(error, exercise, source, file)
    finally:
        del sys.modules[module.__name__]
    return Finding(finding.key, finding.fields, printed.getvalue()[:MOST_PRINTED])


def _explain(error: BaseException, exercise: Exercise, source: str, file: str) -> Finding:
    """An exception, with the learner's own line if it comes from there."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    text = f"{type(error).__name__}: {error}".removesuffix(": ")
    if not frames:  # raised where the check calls it: other arguments than the exercise says
        return Finding("signature", {"error": text})
    line = frames[-1].lineno or 1
    fields = {"line": str(line), "code": source.splitlines()[line - 1].strip(), "error": text}
    if isinstance(error, NotImplementedError):
        return Finding("hole", {"function": function_at(line, source), "line": str(line)})
    known = [*getattr(exercise.module, "ERRORS", {}).items(), *ERRORS.items()]
    where = f"{frames[-1].name}: {text}"
    key = next((key for pattern, key in known if re.search(pattern, where)), "raised")
    return Finding(key, fields)
