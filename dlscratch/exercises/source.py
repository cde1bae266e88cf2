"""A learner's file, looked at without running it."""

import ast
import re
import sys

from dlscratch.exercises.exercise import Exercise, functions, parse
from dlscratch.exercises.finding import Finding

ANSWERS = r"dlscratch|common|ch\d\d"  # modules that hold what the exercises ask for


def look(source: str, exercise: Exercise) -> Finding | None:
    """What is wrong with it before it runs: nothing written, no Python, the answer imported."""
    try:
        tree = parse(source)
    except SyntaxError as error:
        line, code = error.lineno or 1, (error.text or "").strip()
        return Finding("syntax", {"line": str(line), "code": code, "error": str(error.msg)})
    except ValueError:  # a null byte, in Python before 3.12
        return Finding("unreadable")
    if not _body(tree):
        return Finding("empty", {"name": exercise.topic})
    for node in ast.walk(tree):
        for module in _imported(node):
            fields = {"module": module, "line": str(getattr(node, "lineno", 1))}
            fields["code"] = source.splitlines()[int(fields["line"]) - 1].strip()
            top = module.partition(".")[0]
            if re.fullmatch(ANSWERS, top):
                return Finding("copied", fields)
            if top != "numpy" and top not in sys.stdlib_module_names:
                return Finding("import", fields)
    return None


def language(source: str) -> str:
    """zh if its lesson, or whatever else is written in it, is Chinese."""
    return "zh" if re.search(r"[\u4e00-\u9fff]", source) else "en"


def is_untouched(source: str, exercise: Exercise) -> bool:
    """Whether its code is still that of the hole, whatever its comments are."""
    return _plain(source) == _plain(exercise.hole())


def first_hole(source: str) -> Finding | None:
    """The first function that is still to be written."""
    for node in functions(parse(source)):
        if isinstance(node.body[0], ast.Raise):
            line = node.body[0].lineno
            return Finding("hole", {"function": function_at(line, source), "line": str(line)})
    return None


def is_tried(source: str, exercise: Exercise) -> bool:
    """Whether one function at least is filled with more than pass, or a return of nothing new."""
    holes = {ast.dump(node) for node in functions(parse(exercise.hole()))}
    try:
        tree = parse(source)
    except (SyntaxError, ValueError):
        return False
    new = [node for node in functions(tree) if ast.dump(node) not in holes]
    return any(not all(map(_is_trivial, node.body)) for node in new)


def function_at(line: int, source: str) -> str:
    """The function that holds this line, with its class: Relu.forward."""
    name = ""
    inside: ast.AST = parse(source)
    while True:
        for node in ast.iter_child_nodes(inside):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                if node.lineno <= line <= (node.end_lineno or line):
                    name, inside = f"{name}.{node.name}".strip("."), node
                    break
        else:
            return name


def _imported(node: ast.AST) -> list[str]:
    """The modules that a statement imports; a string with such a name counts: __import__("..")."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""] if node.level == 0 else []
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value] if re.fullmatch(r"dlscratch(\.\w+)*", node.value) else []
    return []


def _is_trivial(node: ast.stmt) -> bool:
    value = getattr(node, "value", None)
    simple = value is None or isinstance(value, ast.Constant | ast.Name)
    return isinstance(node, ast.Pass | ast.Raise) or (
        isinstance(node, ast.Expr | ast.Return) and simple
    )


def _body(tree: ast.Module) -> list[ast.stmt]:
    """The statements without the docstring."""
    return tree.body[1:] if ast.get_docstring(tree) is not None else tree.body


def _plain(source: str) -> str:
    try:
        return ast.dump(ast.Module(_body(parse(source)), []))
    except (SyntaxError, ValueError):
        return ""
