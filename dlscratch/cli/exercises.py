"""Learn by doing: write the functions and layers of the book yourself, and have them checked.

    dlscratch exercises start my_exercises          # files with holes, ordered by chapter
    cd my_exercises
    dlscratch exercises watch                       # checks whenever you save a file
    dlscratch exercises list                        # what is done
    dlscratch exercises check relu                  # one exercise; without a name, all of them
    dlscratch exercises hint relu 2                 # the second of three hints
    dlscratch exercises solution relu               # after a try of your own

Each exercise is one small file. Its docstring says what to write; NumPy is all that it needs. What
is done is known from the files alone. `--fast` is one exercise a chapter, `--lang zh` is Chinese.
After an update of dlscratch `start` says which exercises are new, and leaves your files alone.
For a teacher: `pytest my_exercises`, or `dlscratch exercises report`.
"""

import difflib
import json
import shutil
import sys
from pathlib import Path

from dlscratch.cli.script_names import UsageError
from dlscratch.exercises import exercises
from dlscratch.exercises.exercise import LANGUAGES
from dlscratch.exercises.source import is_tried
from dlscratch.exercises.texts import COMMAND
from dlscratch.exercises.workbook import Workbook
from dlscratch.storage.files import atomic_write

FAREWELL = "stopped; what you wrote is in your files"
ACTIONS = {  # name: what it does
    "start": "put the exercises, or those that are new since, into a folder; your files stay",
    "list": "show what is done",
    "check": "check one exercise, or all of them",
    "watch": "check whenever a file is saved, and go on to the next exercise",
    "hint": "one of three hints; the last one nearly gives it away",
    "solution": "show the solution, after a try of your own",
    "reset": "bring an exercise back as it was given; what you wrote is kept beside it",
    "report": "write as JSON what is done",
}
NAMED = ("check", "hint", "solution", "reset")  # actions on one exercise
TRACKS = ("start", "list", "check", "watch", "report")  # actions on all, or on the fast track


def options(parser):
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    for name, text in ACTIONS.items():
        action = actions.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name == "start":
            action.add_argument("folder", nargs="?", type=Path, default=Path(), metavar="FOLDER")
        else:
            action.add_argument(
                "--folder",
                type=Path,
                default=Path(),
                help="where the exercises are (default: the current folder)",
            )
        if name in NAMED:
            needed = {"nargs": "?"} if name in ("check", "hint") else {}
            action.add_argument("name", metavar="NAME", help="relu, say, or 5.5.1", **needed)
        if name == "hint":
            action.add_argument("step", nargs="?", type=int, choices=(1, 2, 3), default=1)
        if name in TRACKS:
            action.add_argument("--fast", action="store_true", help="one exercise a chapter")
        if name == "report":
            action.add_argument("--out", type=Path, metavar="FILE", help="default: print it")
        action.add_argument(
            "--lang", choices=LANGUAGES, help="default: the language that the files are in"
        )


def main(args):
    book = Workbook(args.folder)
    if args.action == "start":
        return start(book, args)
    there = book.exercises(getattr(args, "fast", False))
    if not there and args.action != "report":
        raise UsageError(COMMAND["no_folder"].say(args.lang or "en", folder=book.folder))
    args.lang = args.lang or (book.lang(there[0]) if there else "en")
    return DO[args.action](book, there, args)


def start(book, args):
    there = book.exercises()
    lang = args.lang or (book.lang(there[0]) if there else "en")
    added, kept = book.start(lang, args.fast)
    counts = {"added": len(added), "all": len(book.exercises()), "folder": book.folder}
    if kept:  # a second time: after an update of the library there may be new ones
        print(COMMAND["added" if added else "nothing_new"].say(lang, **counts))
        print(*titles(added, lang), COMMAND["go_on"].say(lang), sep="\n")
    else:
        print(COMMAND["started"].say(lang, first=book.path(added[0]), **counts))
    if book.folder != Path():
        print(f"    cd {book.folder}")
    print("    dlscratch exercises watch")


def titles(those, lang):
    """A line for each exercise: its section, its name, what it is about."""
    width = max((len(exercise.topic) for exercise in those), default=0)
    for exercise in those:
        yield f"  {exercise.section:<5}  {exercise.topic:<{width}}  {exercise.title(lang)}"


def show_list(book, there, args):
    """One line for each exercise, below its chapter."""
    done, chapter = 0, 0
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for (exercise, finding), title in zip(book.findings(there), titles(there, args.lang)):
        if exercise.chapter != chapter:
            chapter = exercise.chapter
            print(COMMAND["chapter"].say(args.lang, chapter=chapter))
        status = COMMAND[finding.status].say(args.lang)
        print(f"  {status:<5}{title}"[:columns], flush=True)
        done += finding.status == "done"
    print(COMMAND["count"].say(args.lang, done=done, all=len(there)))
    every = len(exercises())
    more = every - len(there)
    if more and len(there) > len(exercises(fast=True)):  # the fast track leaves them out knowingly
        print(COMMAND["more"].say(args.lang, more=more, all=every, folder=book.folder))


def check(book, there, args):
    """The verdict on one exercise; on all of them, and the first that is not right in full."""
    if args.name:
        exercise = chosen(args.name, there)
        finding = book.find(exercise)
        print(f"{book.path(exercise).name}: {finding.text(exercise, args.lang)}")
        _print_printed(finding, args.lang)
        return 0 if finding.status == "done" else 1
    first, done = None, 0
    for exercise, finding in book.findings(there):
        done += finding.status == "done"
        if finding.status != "done" and first is None:
            first = exercise, finding
    print(COMMAND["count"].say(args.lang, done=done, all=len(there)))
    if first is None:
        print(COMMAND["all_done"].say(args.lang))
        return 0
    exercise, finding = first
    print(f"\n{book.path(exercise).name}: {finding.text(exercise, args.lang)}")
    _print_printed(finding, args.lang)
    command = f"dlscratch exercises hint {exercise.topic}"
    print("\n" + COMMAND["next"].say(args.lang, command=command))
    return 1


def watch(book, there, args):
    from dlscratch.exercises.watch import run

    run(book, there, args.lang)


def hint(book, there, args):
    """The hint of this step; without a name, for the first exercise that is not done."""
    if args.name:
        exercise = chosen(args.name, there)
    else:
        found = book.first_open(there)
        if found is None:
            print(COMMAND["all_done"].say(args.lang))
            return
        exercise, _ = found
    text = exercise.module.HINTS[args.step - 1].say(args.lang)
    print(f"{exercise.section} {exercise.title(args.lang)}")
    print(COMMAND["hint"].say(args.lang, step=args.step, text=text))
    if args.step < 3:
        command = f"dlscratch exercises hint {exercise.topic} {args.step + 1}"
        print(COMMAND["next"].say(args.lang, command=command))


def solution(book, there, args):
    """The solution, if the file differs from what was given; it is checked here and now."""
    exercise = chosen(args.name, there)
    finding = book.find(exercise)
    text = finding.text(exercise, args.lang)
    if not is_tried(book.source(exercise), exercise):
        first = COMMAND["try_first"].say(args.lang, name=exercise.topic)
        print(text if finding.key == "syntax" else first)
        return 1
    print(COMMAND["your_try"].say(args.lang, text=text) + "\n")
    print(exercise.solution(args.lang), end="")


def reset(book, there, args):
    exercise = chosen(args.name, there)
    backup = book.reset(exercise, args.lang)
    path = book.path(exercise)
    print(COMMAND["reset"].say(args.lang, file=path.name, backup=backup.name))


def report(book, there, args):
    """Every exercise with its status; a file that is not there is `missing`."""
    rows = []
    for exercise, finding in book.findings(exercises(args.fast)):
        row = {"name": exercise.name, "chapter": exercise.chapter, "section": exercise.section}
        row |= {"title": exercise.title(args.lang), "status": finding.status, "key": finding.key}
        rows.append({**row, "message": finding.text(exercise, args.lang)})
    done = sum(row["status"] == "done" for row in rows)
    text = json.dumps({"done": done, "all": len(rows), "exercises": rows}, indent=1)
    if args.out is None:
        print(text)
        return
    with atomic_write(args.out) as file:
        file.write((text + "\n").encode())
    print(COMMAND["report"].say(args.lang, done=done, all=len(rows), file=args.out))


def chosen(name, there):
    """The exercise of this name: relu, ch05_5_1_relu, ch05_5_1_relu.py or 5.5.1."""
    wanted = Path(name).name.removesuffix(".py")
    found = [e for e in there if wanted in (e.name, e.topic, e.section)]
    if len(found) == 1:
        return found[0]
    if found:
        both = " or ".join(exercise.topic for exercise in found)
        raise UsageError(f"several exercises are called {name}: {both}")
    known = [word for e in there for word in (e.topic, e.name)]
    like = difflib.get_close_matches(wanted, known, n=1)
    cure = f"did you mean {like[0]}?" if like else "`dlscratch exercises list` shows all"
    raise UsageError(f"no exercise here is called {name}; {cure}")


def _print_printed(finding, lang):
    if finding.printed.strip():
        print(f"\n{COMMAND['printed'].say(lang)}\n{finding.printed.rstrip()}")
    sys.stdout.flush()


DO = {
    "list": show_list,
    "check": check,
    "watch": watch,
    "hint": hint,
    "solution": solution,
    "reset": reset,
    "report": report,
}
