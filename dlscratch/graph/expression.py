"""Reads an expression such as "price = apple * 2 * 1.1" and makes its computational graph."""

import ast
import operator
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from dlscratch.graph.node import Node, operate, relu


class ExpressionError(ValueError):
    """An expression, a name or a value that is not understood; the message says what is."""


OPERATORS: dict[type, Callable] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
    ast.USub: operator.neg,
}
MOST_OPERATIONS = 50
EXACT = 2**53  # whole numbers beyond it become floats: 9 ** 9 ** 9 has 370 million digits
ONE = "exp", "log", "sin", "cos", "sqrt", "tanh", "sigmoid", "sum"  # functions of one value
FUNCTIONS: dict[str, tuple[int, Callable]] = {  # how many values each takes
    **{name: (1, partial(operate, name)) for name in ONE},
    "relu": (1, relu),
    "max": (2, partial(operate, "max")),
}


def parse(text: str, values: Mapping[str, Any]) -> Node:
    """The graph of the expression with these values, named if the text says "name = ...".

    Nothing is executed but sums, products and FUNCTIONS. ExpressionError for
    anything else, for a name without a value and for a value without a name.

    >>> parse("price = apple * 2 * 1.1", {"apple": 100}).value
    220.00000000000003
    """
    try:
        (line,) = ast.parse(text.strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(f"this is not an expression: {text:.200}") from None
    count = sum(isinstance(part, ast.UnaryOp | ast.BinOp | ast.Call) for part in ast.walk(line))
    if count > MOST_OPERATIONS:
        raise ExpressionError(
            f"{count} operations are too many for one picture: {MOST_OPERATIONS} at most"
        )
    name = ""
    if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
        name = line.targets[0].id
    elif not isinstance(line, ast.Expr):
        raise ExpressionError(f"this is not an expression: {text}")
    leaves = {key: Node(value, key) for key, value in values.items()}
    used: set[str] = set()
    result = _read(line.value, leaves, used)
    if not (isinstance(result, Node) and result.symbol):
        raise ExpressionError(f"there is nothing to work out in {text!r}; try: apple * 2 apple=100")
    unused = sorted(set(values) - used)
    if unused:
        raise ExpressionError(f"{', '.join(unused)} does not occur in {text!r}")
    result.name = name
    return result


def _read(part, leaves, used):
    if isinstance(part, ast.Constant) and isinstance(part.value, int | float):
        return part.value if abs(part.value) <= EXACT else float(part.value)
    if isinstance(part, ast.Name):
        if part.id not in leaves:
            raise ExpressionError(f"{part.id} has no value: add one, {part.id}=3")
        used.add(part.id)
        return leaves[part.id]
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.BitXor):
        raise ExpressionError(f"{ast.unparse(part)}: a power is written **, as in x ** 2")
    if isinstance(part, ast.UnaryOp | ast.BinOp) and type(part.op) in OPERATORS:
        parts = [part.operand] if isinstance(part, ast.UnaryOp) else [part.left, part.right]
        values = [_read(each, leaves, used) for each in parts]
        if isinstance(part.op, ast.Pow) and isinstance(values[1], Node):
            raise ExpressionError("an exponent must be a number: x ** 2; for e ** x write exp(x)")
        if isinstance(part.op, ast.Pow) and not isinstance(values[0], Node):
            values[0] = float(values[0])
        result = OPERATORS[type(part.op)](*values)
        if isinstance(result, complex):
            raise ExpressionError(f"{ast.unparse(part)} is no real number")
        return result
    if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and not part.keywords:
        count, function = FUNCTIONS.get(part.func.id, (-1, None))
        if function is not None and len(part.args) == count:
            return function(*(_read(argument, leaves, used) for argument in part.args))
    raise ExpressionError(
        f"{ast.unparse(part)} is not understood: expected + - * / ** @, numbers, names, max(x, y) "
        f"and {', '.join(name for name, (count, _) in FUNCTIONS.items() if count == 1)}"
    )


def value(text: str) -> tuple[str, Any]:
    """
    >>> value("apple=100")
    ('apple', 100.0)
    """
    name, _, number = text.partition("=")
    mistake = ExpressionError(f"expected a name and its value, such as apple=100, got {text!r}")
    if not name.isidentifier():
        raise mistake
    try:
        array = np.array(ast.literal_eval(number), float)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise mistake from None
    return name, array.item() if array.ndim == 0 else array
