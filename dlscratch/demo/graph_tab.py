"""A computational graph as the page shows it: places, values, gradients, a sentence for each step.

The graph and its numbers are the library's (`dlscratch.graph`); the page only draws, and shows one
step after the other: every operation forwards, then the gradient of the result, 1, then every
operation again on the way back.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import numpy as np

from dlscratch.graph.expression import parse
from dlscratch.graph.geometry import half_height, half_width, is_circle, name_of, picture
from dlscratch.graph.node import Node, text_of

MAX_TEXT = 200  # characters of an expression
WIDTHS = 1.0, 100.0  # of the picture, in inches
MEASURE = threading.Lock()  # Matplotlib measures one text at a time; the server has many threads
BACK = {  # symbol: how the gradient of the output becomes that of an input
    "+": "the derivative of a sum is 1: the gradient passes unchanged",
    "−": "the gradient passes to the first input, and with the other sign to the second",
    "×": "each input gets the gradient times the other input",
    "/": "d(1/x)/dx = -1/x², so the gradient is multiplied by -(output)²",
    "exp": "d exp(x)/dx = exp(x): the gradient times the output",
    "log": "d log(x)/dx = 1/x: the gradient divided by the input",
    "sin": "d sin(x)/dx = cos(x): the gradient times the cosine of the input",
    "cos": "d cos(x)/dx = -sin(x): the gradient times minus the sine of the input",
    "sqrt": "d √x/dx = 1/(2√x): the gradient divided by twice the output",
    "tanh": "d tanh(x)/dx = 1 - y²: the gradient times 1 - (output)²",
    "sigmoid": "the derivative is y (1 - y), from the output alone",
    "ReLU": "the gradient passes where the input was above 0, else it is stopped",
    "max": "the gradient passes to the larger input alone",
    "sum": "every number of the input gets the same gradient",
    "dot": "dX = dY · Wᵀ, dW = Xᵀ · dY: the shapes leave no other choice",
}


def asked_graph(asked: Any) -> dict[str, Any]:
    """The graph of {"what": an expression, "values": {name: number}, "width": inches}."""
    if not isinstance(asked, dict):
        raise TypeError("expected one JSON object: what, values, width")
    return graph(asked.get("what"), asked.get("values", {}), asked.get("width", 10.0))


def graph(what: Any, values: Any, width: Any = 10.0) -> dict[str, Any]:
    """The graph of an expression with these values, as JSON can hold it; places are in inches.

    width, height: of the picture, about as wide as asked. nodes: {x, y, half: [width, height],
    circle, symbol, name, value}. edges: {line, back, x, y, source, target, value, grad}: the
    points of the arrows forwards and back, the place of the words, the numbers of the nodes; grad
    is what this edge carries back. steps: {node, back, text} in order. ValueError, TypeError or
    ArithmeticError for what has no graph.

    >>> found = graph("price = apple * 2", {"apple": 100})
    >>> [step["text"] for step in found["steps"]]  # doctest: +ELLIPSIS
    ['100 × 2 = 200', 'The gradient of the result by itself is 1', '× back: each input gets ...']
    """
    if not isinstance(what, str) or len(what) > MAX_TEXT:
        raise ValueError(f"expected an expression of {MAX_TEXT} characters at most")
    if not isinstance(values, Mapping) or not all(map(_is_number, values.values())):
        raise ValueError("expected a number for each name")
    if not _is_number(width) or not WIDTHS[0] <= width <= WIDTHS[1]:
        raise ValueError(f"expected a width of {WIDTHS[0]:g} to {WIDTHS[1]:g} inches")
    with np.errstate(all="raise", under="ignore"):
        result = parse(what, {name: float(value) for name, value in values.items()})
        result.backward()
    with MEASURE:
        found = picture(result, width)
        nodes = [_node(spot) for spot in found.spots]
    number = {spot.node: i for i, spot in enumerate(found.spots) if spot.node}
    order = [node for node in result.topological_order() if node.symbol]
    return {
        "width": found.width,
        "height": found.height,
        "nodes": nodes,
        "edges": [_edge(wire, number) for wire in found.wires],
        "steps": [
            *({"node": number[n], "back": False, "text": forward_words(n)} for n in order),
            {"node": len(nodes) - 1, "back": True, "text": START},
            *({"node": number[n], "back": True, "text": back_words(n)} for n in reversed(order)),
        ],
    }


START = "The gradient of the result by itself is 1"


def forward_words(node: Node) -> str:
    """2 × 3 = 6, or log(2) = 0.6931."""
    inputs = [text_of(source.value) for source in node.inputs]
    if node.symbol.startswith("**"):
        left = f"{inputs[0]} {node.symbol[:2]} {node.symbol[2:]}"
    elif node.symbol == "/":
        left = f"1 / {inputs[0]}"
    elif len(inputs) == 1 or node.symbol == "max":
        left = f"{node.symbol}({', '.join(inputs)})"
    else:
        left = f" {node.symbol} ".join(inputs)
    return f"{left} = {text_of(node.value)}"


def back_words(node: Node) -> str:
    """The rule of the operation, and the gradients that it gives to its inputs."""
    power = "d(xⁿ)/dx = n xⁿ⁻¹"
    rule = power if node.symbol.startswith("**") else BACK[node.symbol]
    given = [
        text_of(grad) for source, grad in zip(node.inputs, node.input_grads) if not source.constant
    ]
    return f"{node.symbol} back: {rule}. {text_of(node.grad)} becomes {' and '.join(given)}"


def _node(spot: Any) -> dict[str, Any]:
    node = spot.node
    return {
        "x": spot.x,
        "y": spot.y,
        "half": [half_width(node), half_height(node)],
        "circle": is_circle(node),
        "symbol": node.symbol,
        "name": name_of(node),
        "value": text_of(node.value),
    }


def _edge(wire: Any, number: Mapping[Node, int]) -> dict[str, Any]:
    return {
        "line": wire.arrow().round(4).tolist(),
        "back": wire.arrow(back=True).round(4).tolist() if wire.back else [],
        "x": wire.x,
        "y": wire.y,
        "source": number[wire.edge.source],
        "target": number[wire.edge.target],
        "value": wire.value,
        "grad": wire.gradient,
    }


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e100
