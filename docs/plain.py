"""The library's docstrings are plain text, to be read at the prompt; Sphinx reads reStructuredText.

This translates: `code` becomes code, or a link where it is a name of the library; what is indented
becomes a block of code; and signs that mean something in reStructuredText mean themselves again.
"""

import ast
import re
from importlib.util import find_spec
from inspect import cleandoc, signature
from textwrap import indent

from docutils import nodes

import dlscratch


def process_docstring(app, what, name, obj, options, lines):
    """Sphinx calls this with each docstring as a list of lines, to be changed in place."""
    text = "\n".join(lines)
    if what == "module" and obj.__doc__:
        text = obj.__doc__  # the lines of a module's may have lost an indentation that it means
    lines[:] = [*translated(text.strip(), parameters(obj)).splitlines(), ""]


def parameters(obj):
    """The names of the arguments that a function or class takes."""
    try:
        return set(signature(obj).parameters)
    except (TypeError, ValueError):
        return set()


def translated(text, arguments=()):
    """Plain text as reStructuredText, paragraph by paragraph."""
    return "\n\n".join(_block(block, arguments) for block in _blocks(text))


def _blocks(text):
    """Paragraphs; indented ones that follow each other are one, for blank lines part code too."""
    blocks = []
    for block in re.split(r"\n[ ]*\n", text):
        if block.startswith(" ") and blocks and blocks[-1].startswith(" "):
            blocks[-1] += "\n\n" + block
        else:
            blocks.append(block)
    return [block for block in blocks if block.strip()]


def _block(block, arguments):
    if block.startswith(">>>"):
        return block
    by_hand = "\n" in block and all("  " in line for line in block.splitlines())  # in columns, say
    if by_hand or block.startswith(" "):
        return f".. code-block:: {_language(block)}\n\n{indent(cleandoc(block), '    ')}"
    lines = re.split(r"\n(?=- )", block)  # each point of a list on a line of its own
    return "\n".join(_line(" ".join(line.split()), arguments) for line in lines)


def _language(block):
    try:
        ast.parse(cleandoc(block))
    except SyntaxError:
        return "text"
    return "python"


def _line(line, arguments):
    pieces = line.split("`")
    pieces[::2] = [_words(words, arguments) for words in pieces[::2]]
    pieces[1::2] = [_code(code) for code in pieces[1::2]]
    return "".join(pieces)


def _words(words, arguments):
    words = re.sub(r"([\\*|]|_(?!\w))", r"\\\1", words)
    for name in arguments:  # "stride: how far" -> its name as code
        words = re.sub(rf"(^|(?<=[.,;] )){re.escape(name)}(?=: )", f"``{name}``", words)
    return words


def _code(code):
    name = code.removeprefix("dlscratch.")
    if name in dlscratch.__all__:
        known = getattr(dlscratch, name)
        return f":py:obj:`{code} <{known.__module__}.{known.__qualname__}>`"
    if re.fullmatch(r"(dlscratch|dataset)(\.[a-z_0-9]+)+", code) and _is_module(code):
        return f":py:mod:`{code}`"
    return f"``{code}``"


def _is_module(name):
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # part of a name that is no package
        return False


def without_object(app, doctree):
    """Sphinx calls this with each page; that a class is an `object` goes without saying."""
    for paragraph in list(doctree.findall(nodes.paragraph)):
        if paragraph.astext() == "Bases: object":
            paragraph.parent.remove(paragraph)
