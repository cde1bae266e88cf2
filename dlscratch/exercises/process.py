"""A check in a process of its own, ended when it takes too long.

    python -c "from dlscratch.exercises.process import main; main()" ch05_5_1_relu FILE SECONDS

prints the finding as a line of JSON. A thread watches the clock there and names the line that is
still running; if it cannot, because a single call of NumPy does not return, the parent ends it.
"""

import json
import os
import subprocess
import sys
import threading
import traceback
from dataclasses import asdict
from pathlib import Path

from dlscratch.exercises.exercise import Exercise
from dlscratch.exercises.finding import Finding

ROOT = Path(__file__).parents[2]
LIMIT = 10.0  # seconds for one file: the checks themselves take a fraction of one
STARTUP = 20.0  # seconds more before the parent gives up: the import of NumPy on a slow machine


def check_file(exercise: Exercise, path: Path, limit: float = LIMIT) -> Finding:
    """What the check of this exercise says of the learner's file."""
    if not path.is_file():
        return Finding("missing", {"file": path.name})
    code = (
        f"import sys; sys.path[:] = [{str(ROOT)!r}, *filter(None, sys.path)]; "
        "from dlscratch.exercises.process import main; main()"
    )
    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}
    try:
        child = subprocess.run(
            [sys.executable, "-c", code, exercise.name, str(path.resolve()), str(limit)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **one},
            timeout=limit + STARTUP,
        )
    except subprocess.TimeoutExpired:
        return Finding("stuck", {"seconds": f"{limit:g}"})
    try:
        last = child.stdout.decode("utf-8", "replace").strip().splitlines()[-1]
        return Finding(**json.loads(last))
    except (IndexError, ValueError, TypeError):
        return Finding("crashed", {"code": str(child.returncode)})


def main() -> None:
    """What the child does."""
    from dlscratch.exercises.examine import examine

    name, file, limit = sys.argv[1:]
    exercise = Exercise(name)
    exercise.module  # noqa: B018  the clock starts after the imports
    try:
        source = Path(file).read_text(encoding="utf-8-sig")  # some editors begin with a mark
    except ValueError:
        return _print(Finding("unreadable"))
    clock = threading.Timer(float(limit), _too_long, [threading.get_ident(), source, file, limit])
    clock.daemon = True
    clock.start()
    finding = examine(exercise, source, file)
    clock.cancel()
    _print(finding)


def _print(finding: Finding) -> None:
    print("\n" + json.dumps(asdict(finding)), file=sys.__stdout__, flush=True)


def _too_long(thread: int, source: str, file: str, limit: str) -> None:
    """Say which line of the learner's is running, and end this process."""
    frames = traceback.extract_stack(sys._current_frames()[thread])
    lines = [frame.lineno or 1 for frame in frames if frame.filename == file]
    fields = {"seconds": f"{float(limit):g}"}
    if lines:
        fields |= {"line": str(lines[-1]), "code": source.splitlines()[lines[-1] - 1].strip()}
    _print(Finding("endless" if lines else "stuck", fields))
    os._exit(1)
