"""`watch`: whenever a file is saved it is checked; what is right makes room for the next one."""

import os
import queue
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dlscratch.exercises.exercise import Exercise
from dlscratch.exercises.finding import Finding
from dlscratch.exercises.texts import COMMAND
from dlscratch.exercises.workbook import Workbook

POLL = 0.3  # seconds between two looks at the files
CLEAR = "\x1b[2J\x1b[H"  # the screen, and the cursor to its top left; what is above it stays
WIDTH = 24  # of the bar


class Watch:
    """What is shown, and which exercise is next; `run` is the loop around it."""

    def __init__(self, book: Workbook, those: list[Exercise], lang: str):
        self.book = book
        self.those = those
        self.lang = lang
        self.findings: dict[Exercise, Finding] = {}  # of each file as it was last seen
        self.stamps = {exercise: self._stamp(exercise) for exercise in those}
        self.skipped: set[Exercise] = set()
        self.note = ""
        self.choose(None)

    def choose(self, wanted: Exercise | None) -> None:
        """Go to this exercise if it is not right yet, otherwise to the first that is not."""
        before = getattr(self, "current", None)
        rest = [exercise for exercise in self.those if exercise not in self.skipped]
        those = [*([wanted] if wanted else []), *rest, *self.those]
        self.current = next((e for e in those if self._find(e).status != "done"), None)
        if self.current != before:
            self.hints = 0

    def press(self, key: str) -> None:
        """h shows a hint more, n leaves this exercise for later."""
        self.note = ""
        if key == "h":
            self.hints = min(self.hints + 1, 3)
        elif key == "n" and self.current:
            self.skipped.add(self.current)
            if len(self.skipped) >= sum(self._find(e).status != "done" for e in self.those):
                self.skipped = {self.current}
            self.choose(None)

    def saved(self) -> bool:
        """Check the files that changed since the last look; whether there were any."""
        stamps = {exercise: self._stamp(exercise) for exercise in self.those}
        changed = [e for e in self.those if stamps[e] and stamps[e] != self.stamps[e]]
        for exercise in changed:
            self.stamps[exercise] = stamps[exercise]
            self.findings.pop(exercise, None)
        if changed:
            self.note = ""
            finding = self._find(changed[-1])
            if finding.status == "done":
                self.note = COMMAND["goes_on"].say(self.lang, name=changed[-1].topic)
                self.note += self._printed(finding)
            self.choose(changed[-1])
        return bool(changed)

    def screen(self) -> str:
        done = sum(finding.status == "done" for finding in self.findings.values())
        bar = "#" * (WIDTH * done // len(self.those))
        count = COMMAND["count"].say(self.lang, done=done, all=len(self.those))
        parts = [f"[{bar:.<{WIDTH}}] {count}", self.note]
        if self.current is None:
            return "\n\n".join([*filter(None, parts), COMMAND["all_done"].say(self.lang)])
        exercise, finding = self.current, self.findings[self.current]
        parts += [
            f"{exercise.section} {exercise.title(self.lang)}",
            finding.text(exercise, self.lang) + self._printed(finding),
            *(
                COMMAND["hint"].say(self.lang, step=i + 1, text=hint.say(self.lang))
                for i, hint in enumerate(exercise.module.HINTS[: self.hints])
            ),
            COMMAND["watching"].say(self.lang, file=self.book.path(exercise)),
        ]
        return "\n\n".join(filter(None, parts))

    def _printed(self, finding: Finding) -> str:
        if not finding.printed.strip():
            return ""
        return f"\n\n{COMMAND['printed'].say(self.lang)}\n{finding.printed.rstrip()}"

    def _find(self, exercise: Exercise) -> Finding:
        if exercise not in self.findings:
            self.findings[exercise] = self.book.find(exercise)
        return self.findings[exercise]

    def _stamp(self, exercise: Exercise) -> tuple[int, int] | None:
        """What changes when a file is saved; None while an editor replaces it."""
        try:
            status = os.stat(self.book.path(exercise))
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size


def run(book: Workbook, those: list[Exercise], lang: str) -> None:
    """Until q is pressed or all is done."""
    clear = CLEAR if sys.stdout.isatty() else "\n"
    print(COMMAND["checking"].say(lang), flush=True)
    watch = Watch(book, those, lang)
    with keyboard() as keys:
        print(clear + watch.screen(), flush=True)
        while watch.current:
            key = keys(POLL)
            if key == "q":
                return
            if key:
                watch.press(key)
            if watch.saved() or key:
                print(clear + watch.screen(), flush=True)


@contextmanager
def keyboard() -> Iterator:
    """keys(seconds) waits for a key so long and returns it, "" if there was none.

    In a terminal a single key is enough. Elsewhere, a pipe for instance, keys are lines.
    """
    if sys.stdin is not None and sys.stdin.isatty():
        if sys.platform == "win32":
            yield _windows_key
            return
        import termios
        import tty

        fd = sys.stdin.fileno()
        before = termios.tcgetattr(fd)
        tty.setcbreak(fd)
        try:
            yield lambda seconds: _terminal_key(fd, seconds)
        finally:
            termios.tcsetattr(fd, termios.TCSADRAIN, before)
    else:
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_read_lines, args=[lines], daemon=True).start()
        yield lambda seconds: _next_line(lines, seconds)


def _terminal_key(fd: int, seconds: float) -> str:
    ready, _, _ = select.select([fd], [], [], seconds)
    return os.read(fd, 1).decode("ascii", "replace").lower() if ready else ""


def _windows_key(seconds: float) -> str:
    import msvcrt
    import time

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if msvcrt.kbhit():  # type: ignore[attr-defined, unused-ignore]
            return msvcrt.getwch().lower()  # type: ignore[attr-defined, unused-ignore]
        time.sleep(0.02)
    return ""


def _read_lines(lines: "queue.Queue[str]") -> None:
    for line in sys.stdin or ():
        lines.put(line.strip().lower()[:1])


def _next_line(lines: "queue.Queue[str]", seconds: float) -> str:
    try:
        return lines.get(timeout=seconds)
    except queue.Empty:
        return ""
