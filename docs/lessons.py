"""What the chapters' files say of themselves, in Markdown: for the notebooks and for the site.

A file's docstring is its lesson: a title, prose, the command line, and the last line that it
prints. The order of reading is that of README's table.
"""

import ast
import doctest
import inspect
import re
import textwrap
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dlscratch.book import chapters as book

ROOT = Path(__file__).parent.parent
LAST_LINE = "Last line with the default seed:"


@dataclass(frozen=True)
class Lesson:
    """One file of a chapter: a script, or a module that its scripts share."""

    path: Path

    @property
    def chapter(self):
        """ch03"""
        return self.path.parent.name

    @property
    def name(self):
        """ch03/sigmoid"""
        return f"{self.chapter}/{self.path.stem}"

    @cached_property
    def source(self):
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self):
        return ast.parse(self.source)

    def defines(self, name):
        """Is there a function of this name? A file with `main` is a script."""
        functions = [node for node in self.tree.body if isinstance(node, ast.FunctionDef)]
        return name in [function.name for function in functions]

    @property
    def title(self):
        """The first line of the docstring, without its full stop."""
        return ast.get_docstring(self.tree).partition("\n")[0].removesuffix(".")

    @property
    def prose(self):
        """The rest of it as Markdown, up to the last line that the script prints."""
        _, _, rest = ast.get_docstring(self.tree).partition("\n")
        return markdown(rest.partition(LAST_LINE)[0])

    @property
    def last_line(self):
        """What the script prints last, in full size and with the default seed; "" for a module."""
        return inspect.cleandoc(ast.get_docstring(self.tree).partition(LAST_LINE)[2])

    @property
    def session(self):
        """The session at the prompt beside the file, for the scripts that replay one; or None."""
        path = self.path.with_suffix(".txt")
        return path.read_text(encoding="utf-8") if path.exists() else None


def chapters():
    """{"ch01": (its title, its lessons in the order of reading)}."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    titles = dict(re.findall(r"^#+ (\d+)\. (.+)$", readme, re.MULTILINE))
    linked = re.findall(r"\]\((ch\d\d/\w+)\.py\)", readme)
    found = {}
    for folder in book.chapters():
        lessons = [Lesson(path) for path in sorted(folder.glob("*.py"))]
        lessons.sort(key=lambda lesson: (linked + [lesson.name]).index(lesson.name))
        number = str(int(folder.name.removeprefix("ch")))
        found[folder.name] = (f"{number}. {titles.get(number, 'Chapter')}", lessons)
    return found


def markdown(text):
    """Plain prose as Markdown: each paragraph on one line, what is indented as a block of code."""
    blocks = re.split(r"\n\s*?\n", inspect.cleandoc(text))
    return "\n\n".join(
        f"```sh\n{textwrap.dedent(block)}\n```" if block.startswith(" ") else paragraph(block)
        for block in blocks
        if block.strip()
    )


def paragraph(text):
    """On one line, so that no line starts with what Markdown would take for a list.

    Signs that Markdown takes for its own are escaped, but not in `code`.
    """
    pieces = " ".join(text.split()).split("`")
    pieces[::2] = [re.sub(r"([*$]|<(?=\w)|_(?!\w))", r"\\\1", piece) for piece in pieces[::2]]
    return "`".join(pieces)


def session_parts(session):
    """A session at the prompt, in turns: Markdown, then the examples (of doctest) below it."""
    examples = []
    for part in doctest.DocTestParser().parse(session):
        if isinstance(part, doctest.Example):
            examples.append(part)
        elif part.strip():
            if examples:
                yield examples
            examples = []
            yield re.sub(r"^.*\n=+\n", "", part).strip()
    yield examples
