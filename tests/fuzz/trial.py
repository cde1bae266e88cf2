"""One try at a door: it must be right, or refused in one line, within a second and 64 MB.

A door is a class of this folder: `make(rng)` makes a case, sound or damaged, `run(case)` opens the
door with it and returns "right" or "refused"; whatever else happens is a failure.
"""

import gc
import signal
import time
import tracemalloc
from abc import ABC, abstractmethod
from contextlib import contextmanager
from pathlib import Path

MEMORY = 64 * 2**20  # bytes above those of the arrays that may be returned
HANGS = 20  # seconds of the clock on the wall, after which a try is broken off


class Wrong(Exception):
    """The door let something in, or refused in more than one line."""


class Hangs(BaseException):  # so that no door can take it for an error of the file
    """A try that does not end."""


class Door(ABC):
    """What is common to all doors."""

    name: str
    seconds = 1.0  # of processor time that a try may take
    returns = 0  # bytes of the arrays that it may return

    def __init__(self, folder: Path):
        self.folder = folder

    @abstractmethod
    def make(self, rng):
        """A case: bytes, a text or a list of words."""

    @abstractmethod
    def run(self, case) -> str:
        """Open the door: "right" or "refused"; Wrong, or any other exception, is a failure."""

    def close(self) -> None:  # noqa: B027
        """After the last try."""


def expect_one_line(error):
    """The message of a refusal, which a terminal must be able to show."""
    text = str(error)
    if not text or not text.isprintable():
        raise Wrong(f"refused in other words than one line: {text!r:.300}")


def attempt(door, case) -> tuple[str, str]:
    """("right" or "refused" or "failure", what went wrong)."""
    gc.collect(0)
    tracemalloc.start()
    try:
        outcome, why, seconds = _timed(door, case)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    if why:
        return "failure", why
    if peak > MEMORY + door.returns:
        return "failure", f"took {peak / 2**20:.0f} MB"
    if seconds > door.seconds:  # watching memory takes time: the time counts without it
        outcome, why, seconds = _timed(door, case)
        if seconds > door.seconds:
            return "failure", f"took {seconds:.1f} s"
    return outcome, why


def _timed(door, case) -> tuple[str, str, float]:
    start = time.process_time()
    try:
        with _alarm():
            outcome, why = door.run(case), ""
    except Hangs:
        outcome, why = "failure", f"did not end within {HANGS} s"
    except (Exception, SystemExit) as error:
        outcome, why = "failure", f"{type(error).__name__}: {error!s:.300}"
    return outcome, why, time.process_time() - start


@contextmanager
def _alarm():
    def ring(*_):
        raise Hangs

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
