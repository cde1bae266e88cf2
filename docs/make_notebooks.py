"""Write the notebooks of all chapters, notebooks/ch01.ipynb and so on, from their scripts.

A section for each file: its lesson, its code in cells, and a cell that runs it small. Notebooks are
never edited by hand: change the script, then

    make notebooks

writes them anew; a test compares. The same scripts give the same bytes.
"""

import ast
import re
import sys
from pathlib import Path

import nbformat
from lessons import ROOT, chapters, markdown, paragraph, session_parts
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOM = 24  # lines of code in a cell, as far as functions are that short

# What --quick takes too long for a notebook: fewer trials, epochs or repeats.
SMALLER = {
    "ch06/hyperparameter_optimization": "--trials 6 --epochs 10 --images 200 --processes 2",
}

INTRODUCTION = """\
# {title}

The experiments of chapter {number}, in the order of the book. A section is a file of `{chapter}/`:
its lesson, its code, and a cell that runs it in a small version. Change something in its cells and
run them again, from the top of the section: sections use the same names. What a section imports
comes from the files, not from the cells of another section.

This notebook is made from the scripts, by `make notebooks`: lasting changes belong there."""

SETUP = '''\
"""How a section runs its script: options as on the command line, figures on this page."""

import shlex
from pathlib import Path

from IPython.display import Image, display

from dlscratch.book.chapters import ROOT
from dlscratch.book.experiment import Arguments, parser_of

CHAPTER = ROOT / "{chapter}"  # the files that lie beside the scripts
OUT = Path("out", "{chapter}")  # where figures are saved


class Inline(Arguments):
    """The arguments of a script, whose figures are shown as well as saved."""

    def save(self, fig, name):
        path = super().save(fig, name)
        display(Image(path, width=round(96 * fig.get_figwidth())))  # 96 pixels an inch
        return path


def run_here(main, options=None, command=""):
    """Run the `main` of a script with the options in `command`, and print its claims."""
    parser = parser_of(main, None, options)
    parser.prog = "run_here"
    args = parser.parse_args(shlex.split(command), Inline(error=parser.error))
    args.out = OUT
    args.out.mkdir(parents=True, exist_ok=True)
    for claim in main(args) or []:
        print(claim)'''


def notebook(chapter, title, lessons):
    """The notebook of a chapter, without outputs."""
    names = {"chapter": chapter, "title": title, "number": int(chapter.removeprefix("ch"))}
    cells = [new_markdown_cell(markdown(INTRODUCTION.format(**names)), id="introduction")]
    cells.append(new_code_cell(SETUP.replace("{chapter}", chapter), id="setup"))
    for lesson in lessons:
        body = session_cells(lesson) if lesson.session else script_cells(lesson)
        for number, cell in enumerate([new_markdown_cell(heading(lesson)), *body]):
            cell.id = f"{lesson.path.stem}-{number}"
            cells.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return new_notebook(cells=cells, metadata=metadata, nbformat_minor=5)


def heading(lesson):
    link = f"[{lesson.name}.py](../{lesson.name}.py)"
    parts = [f"## {paragraph(lesson.title)}", link]
    if lesson.session:
        return "\n\n".join([*parts, "What the session types at the prompt stands in the cells."])
    parts.append(lesson.prose)
    if lesson.last_line and not lesson.last_line.startswith("figure:"):
        parts += ["Its last line, in full size and with the default seed:"]
        parts += [f"```text\n{lesson.last_line}\n```"]
    return "\n\n".join(parts)


def session_cells(lesson):
    """What the chapter types at the prompt: prose, and cells that end where Python answers."""
    cells = []
    for part in session_parts(lesson.session):
        if isinstance(part, str):
            told = [section(text) for text in part.split("\n\n") if ">>>" not in text]
            cells.append(new_markdown_cell("\n\n".join(told)))
            continue
        typed = ""
        for example in part:
            typed += example.source
            if example.want or example is part[-1]:
                tags = {"tags": ["raises-exception"]} if example.exc_msg else {}
                cells.append(new_code_cell(typed.rstrip(), metadata=tags))
                typed = ""
    return cells


def section(text):
    """A paragraph of a session, the number of its section in bold."""
    number, rest = re.fullmatch(r"(?s)(\d[\d. and]*\d )?(.*)", text).groups()
    return (f"**{number.strip()}** " if number else "") + paragraph(rest)


def script_cells(lesson):
    """The code in cells of a readable size, and the run."""
    cells = [new_code_cell(code) for code in packed(pieces(lesson)) if code]
    if lesson.defines("main"):
        cells.append(new_code_cell(run_call(lesson)))
    return cells


def run_call(lesson):
    """The cell that runs a script in its small version: the script's own call of `run` says how."""
    arguments = re.search(r"^    run\((.*)\)$", lesson.source, re.MULTILINE)[1].split(", ")
    arguments.remove("__doc__")
    quick = "args.quick" in lesson.source or "long_training" in lesson.source
    command = SMALLER.get(lesson.name, "--quick" if quick else "")
    if not command:
        return f"run_here({', '.join(arguments)})"
    if len(arguments) == 1:
        arguments.append("None")  # it has no options of its own
    whole = "" if command == "--quick" else "  # smaller even than --quick"
    return f'run_here({", ".join(arguments)}, "{command}"){whole}'


def pieces(lesson):
    """(is it a definition?, code) for what stands at the top level, with the comments above it."""
    lines = lesson.source.splitlines()
    body = [node for node in lesson.tree.body if not is_docstring(node) and not is_run(node)]
    end = lesson.tree.body[0].end_lineno
    for node in body:
        text = "\n".join(lines[end : node.end_lineno])
        end = node.end_lineno
        yield isinstance(node, (ast.FunctionDef, ast.ClassDef)), in_notebook(text)


def is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_run(node):
    """if __name__ == "__main__": the notebook has a cell for that."""
    return isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)


def in_notebook(text):
    """The code as it runs in a notebook, where there is no __file__ and no `run`."""
    text = re.sub(r'Path\(__file__\)\.with_name\((".*?")\)', r"CHAPTER / \1", text)
    text = text.replace("Path(__file__).parent", "CHAPTER")
    shared = re.search(r"^from dlscratch\.book\.experiment import (.*)$", text, re.MULTILINE)
    if shared is None:
        return text
    names = ", ".join(name for name in shared[1].split(", ") if name != "run")
    return text.replace(
        shared[0], f"from dlscratch.book.experiment import {names}" if names else ""
    )


def packed(pieces):
    """Join neighbours of a kind while they fit into a cell: imports and constants, functions."""
    cell = ""
    kind = None
    for defines, text in pieces:
        joined = f"{cell}{text}".strip("\n")
        if cell and (defines != kind or joined.count("\n") >= ROOM):
            yield cell.strip("\n")
            joined = text
        cell, kind = joined + "\n", defines
    if cell.strip():
        yield cell.strip("\n")


def write(folder):
    """Write the notebooks of all chapters into the folder."""
    folder.mkdir(exist_ok=True)
    for chapter, (title, lessons) in chapters().items():
        made = notebook(chapter, title, lessons)
        nbformat.validate(made)
        with open(folder / f"{chapter}.ipynb", "w", encoding="utf-8", newline="\n") as file:
            nbformat.write(made, file)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "notebooks")
