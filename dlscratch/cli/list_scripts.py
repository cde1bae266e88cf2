"""List all scripts of all chapters.

A line for each, in the order of the book: its name, the figures of the book that it draws, how long
it takes in full size (measured on two cores; with --quick all take seconds), and what it shows.

    dlscratch list
    dlscratch list ch06
    complete -W "$(dlscratch list --names)" dlscratch       # for Tab in bash
"""

import json
import shutil
import sys

from dlscratch.book.chapters import TIMES, scripts
from dlscratch.book.reproduce import duration
from dlscratch.cli.script_names import chosen


def options(parser):
    parser.add_argument("only", nargs="*", metavar="NAME", help="chapters, scripts (default: all)")
    parser.add_argument("--names", action="store_true", help="the names alone")


def main(args):
    found = chosen(args.only) if args.only else scripts()
    if args.names:
        print("\n".join(script.name for script in found))
        return
    times = json.loads(TIMES.read_text(encoding="utf-8")) if TIMES.exists() else {}
    cells = [
        (s.name, s.figures, duration(times[s.name]) if s.name in times else "", s.lesson)
        for s in found
    ]
    head = "script", "figures", "time", "what it shows"
    names, figures, took = (max(len(cell[i]) for cell in (head, *cells)) for i in range(3))
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None

    def line(name, figure, time, lesson):
        return f"  {name:<{names}}  {figure:<{figures}}  {time:>{took}}  {lesson}"[:width]

    print(line(*head))
    chapter = ""
    for script, cell in zip(found, cells):
        if script.chapter != chapter:
            print(f"\nChapter {int(script.chapter.removeprefix('ch'))}")
            chapter = script.chapter
        print(line(*cell))
