"""Write the notebooks of all chapters, notebooks/ch01.ipynb and so on, from their scripts.

First what the chapter types at the prompt; then a section for each file: its lesson, its code in
cells, and its experiment in the small version, step by step; at the end two or three exercises,
which are checked when their cells are run. Notebooks are never edited by hand: change the script,
then

    make notebooks

writes them anew and runs them, so that their outputs show wherever they are looked at; a test
compares all but the outputs.
"""

import ast
import base64
import inspect
import io
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from lessons import ROOT, chapters, markdown, paragraph, session_parts
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from dlscratch.exercises import exercises

ROOM = 24  # lines of code in a cell, as far as functions are that short

# What --quick takes too long for a notebook: fewer trials, epochs or repeats.
SMALLER = {
    "ch06/hyperparameter_optimization": "--trials 6 --epochs 10 --images 200 --processes 2",
}

INTRODUCTION = """\
# {title}

The experiments of chapter {number}, in the order of the book. A section is a file of `{chapter}/`:
its lesson, its code, and its experiment in a small version. Change something in its cells and run
them again, from the top of the section: sections use the same names. What a section imports comes
from the files, not from the cells of another section. Without `--quick` it is the whole experiment.

This notebook is made from the scripts, by `make notebooks`: lasting changes belong there."""

PLUMBING = "from dlscratch.notebook import ROOT, arguments, run_here, show"

YOUR_TURN = """\
## Your turn

Write what is missing, and run the cell: it says what is right and what to look at. All exercises,
with hints: `dlscratch exercises start FOLDER`."""


def notebook(chapter, title, lessons):
    """The notebook of a chapter, without outputs."""
    names = {"chapter": chapter, "title": title, "number": int(chapter.removeprefix("ch"))}
    cells = [new_markdown_cell(markdown(INTRODUCTION.format(**names)), id="introduction")]
    cells.append(new_code_cell(PLUMBING, id="plumbing"))
    for lesson in sorted(lessons, key=lambda lesson: lesson.session is None):
        body = session_cells(lesson) if lesson.session else script_cells(lesson)
        cells += numbered(lesson.path.stem, [new_markdown_cell(heading(lesson)), *body])
    chosen = chosen_exercises(names["number"])
    if chosen:
        body = [cell for exercise in chosen for cell in exercise_cells(exercise)]
        cells += numbered("exercise", [new_markdown_cell(YOUR_TURN), *body])
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return new_notebook(cells=cells, metadata=metadata, nbformat_minor=5)


def numbered(name, cells):
    """The cells, each with an identity that stays the same the next time."""
    for number, cell in enumerate(cells):
        cell.id = f"{name}-{number}"
    return cells


def chosen_exercises(chapter):
    """The one of the fast track, and the two shortest others, in the order of the book."""
    all_of_it = [exercise for exercise in exercises() if exercise.chapter == chapter]
    chosen = sorted(all_of_it, key=lambda one: (not one.fast, len(one.solution())))[:3]
    return sorted(chosen, key=all_of_it.index)


def exercise_cells(exercise):
    """The lesson, and a cell with a hole that checks itself."""
    lesson = exercise.lesson("en")
    title, _, rest = lesson.partition("\n")
    text, _, example = rest.partition("\n>>>")
    example = f"\n\n```python\n>>>{example.rstrip()}\n```" if example else ""
    code = exercise.hole()
    lines = code.splitlines()[ast.parse(code).body[0].end_lineno :]  # below the lesson
    code = "\n".join(lines).strip("\n")
    yield new_markdown_cell(f"### {paragraph(title)}\n\n{fenced(text)}{example}")
    yield new_code_cell(f"%%check {exercise.name}\n{code}")


def fenced(text):
    """Prose as Markdown; what is indented is shown as it is written."""
    return markdown(text).replace("```sh", "```text")


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
    """The code in cells of a readable size, then what `main` does, or a call of it."""
    steps = body_of_main(lesson)
    code = pieces(lesson, without_main=bool(steps))
    cells = [new_code_cell(cell) for cell in packed(code) if cell]
    if steps:
        return cells + [new_code_cell(step) for step in steps]
    if lesson.defines("main"):
        cells.append(new_code_cell(f"run_here({call_of_run(lesson)})"))
    return cells


def call_of_run(lesson, main="main, "):
    """What `run_here` or `arguments` is called with: the script's own call of `run` says it."""
    arguments = re.search(r"^    run\((.*)\)$", lesson.source, re.MULTILINE)[1].split(", ")
    own = [name for name in arguments if name not in ("main", "__doc__")]
    options = own[0].removeprefix("options=") if own else "None"
    quick = "args.quick" in lesson.source or "long_training" in lesson.source
    command = SMALLER.get(lesson.name, "--quick" if quick else "")
    command = f"{command} --out out/{lesson.chapter}".strip()
    return f'{main}{options}, "{command}"'


def body_of_main(lesson):
    """What `main` does, in cells that end where a figure is shown; none if it may end early."""
    main = next((node for node in lesson.tree.body if is_function(node, "main")), None)
    if main is None or any(is_early_return(node, main) for node in ast.walk(main)):
        return []
    cells = [""]
    end = main.lineno
    for node in main.body:
        lines = lesson.source.splitlines()[end : node.end_lineno]
        end = node.end_lineno
        text = in_notebook(inspect.cleandoc("\n" + "\n".join(lines)), lesson.chapter)
        if isinstance(node, ast.Return):
            text = print_claims(text)
        gap = "\n" * (1 + (lines[0] == "")) if cells[-1] else ""
        cells[-1] += gap + with_figures_shown(text)
        if "args.save(" in text or cells[-1].count("\n") >= ROOM:
            cells.append("")
    cells = [cell for cell in cells if cell]
    if re.search(r"\bargs\b", "\n".join(cells)):
        cells[0] = f"args = arguments({call_of_run(lesson, main='')})\n{cells[0]}"
    return cells


def is_function(node, name):
    return isinstance(node, ast.FunctionDef) and node.name == name


def is_early_return(node, main):
    return isinstance(node, ast.Return) and node is not main.body[-1]


def print_claims(text):
    """`return [..]` at the end of `main`, as a notebook has it."""
    text = re.sub(r"^return ", "claims = ", text, flags=re.MULTILINE)
    return text.removesuffix("claims = claims") + '\nprint(*claims, sep="\\n")'


def with_figures_shown(text):
    """show(fig) for args.save(fig, "name.png")."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    for call in reversed([call for call in calls if ast.unparse(call.func) == "args.save"]):
        whole = ast.get_source_segment(text, call)
        shown = ast.get_source_segment(text, call.args[0])
        text = text.replace(whole, f"show({shown})")
    return text


def pieces(lesson, without_main):
    """(is it a definition?, code) for what stands at the top level, with the comments above it."""
    lines = lesson.source.splitlines()
    body = [node for node in lesson.tree.body if not is_docstring(node) and not is_run(node)]
    end = lesson.tree.body[0].end_lineno
    for node in body:
        text = "\n".join(lines[end : node.end_lineno])
        end = node.end_lineno
        if without_main and is_function(node, "main"):
            continue
        yield isinstance(node, (ast.FunctionDef, ast.ClassDef)), in_notebook(text, lesson.chapter)


def is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_run(node):
    """if __name__ == "__main__": the notebook has a cell for that."""
    return isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)


def in_notebook(text, chapter):
    """The code as it runs in a notebook, where there is no __file__ and no `run`."""
    text = re.sub(r'Path\(__file__\)\.with_name\((".*?")\)', rf'ROOT / "{chapter}" / \1', text)
    text = text.replace("Path(__file__).parent", f'ROOT / "{chapter}"')
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
    """Write the notebooks of all chapters into the folder, without outputs."""
    folder.mkdir(exist_ok=True)
    for chapter, (title, lessons) in chapters().items():
        made = notebook(chapter, title, lessons)
        nbformat.validate(made)
        save(made, folder / f"{chapter}.ipynb")


def save(made, path):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        nbformat.write(made, file)


def execute(path):
    """Run every cell, in an empty folder, and keep what comes out; pictures in a small form."""
    from nbclient import NotebookClient

    made = nbformat.read(path, 4)
    with tempfile.TemporaryDirectory() as here:
        NotebookClient(made, timeout=600, resources={"metadata": {"path": here}}).execute()
    for cell in made.cells:
        cell.metadata.pop("execution", None)  # its times
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                width = output.metadata["image/png"]["width"]
                output.data["image/png"] = smaller(output.data["image/png"], width)
    save(made, path)


def smaller(png, width):
    """The picture as wide as it is shown, 600 pixels at most, with 24 colours: a few kB."""
    from PIL import Image

    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    width = min(width, 600)
    height = round(picture.height * width / picture.width)
    file = io.BytesIO()
    picture.resize((width, height)).quantize(24).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


if __name__ == "__main__":
    if sys.argv[1:]:  # for the tests
        write(Path(sys.argv[1]))
    else:
        write(ROOT / "notebooks")
        for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
            print(f"running {path.name}", flush=True)
            execute(path)
