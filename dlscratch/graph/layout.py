"""Where each node of a computational graph stands: columns and rows, few crossings, level lines.

Sugiyama's method in four steps. Every node gets a column, as far right as its consumers allow, and
an edge passes through an empty spot in each column between its ends. At least one is between: the
odd columns hold no nodes, they are for the words of the edges. In each column the spots trade
places until few edges cross. Chains of operations become level lines, all of one row. Then each
line moves towards its neighbours, as far as the lines above and below it let it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dlscratch.graph.node import Node

SWEEPS = 50  # the pictures stop changing long before


@dataclass(eq=False)
class LayoutNode:
    """A place in a column: of a node, or an empty one that an edge passes through."""

    column: int
    node: Node | None = None
    row: float = 0.0  # 0 is the top; neighbours in a column are 1 or more apart
    x: float = 0.0  # inches on paper; geometry.py sets both, it knows how wide the words are
    y: float = 0.0
    # The spots where its edges come from, where they go, what it would be level with, and what it
    # moves with; not in its repr, for each of them has neighbours again.
    before: list[LayoutNode] = field(default_factory=list, repr=False)
    after: list[LayoutNode] = field(default_factory=list, repr=False)
    pulled_by: list[LayoutNode] = field(default_factory=list, repr=False)
    line: list[LayoutNode] = field(default_factory=list, repr=False)
    row_offset: int = 0  # how many rows below its line it stands


@dataclass(eq=False)
class Edge:
    """From a node to one input of another; `spots` are its ends and all that it passes."""

    source: Node
    target: Node
    place: int  # which input
    spots: list[LayoutNode]


def arrange(output: Node) -> tuple[list[list[LayoutNode]], list[Edge]]:
    """The columns of spots from left to right, each from top to bottom, and the edges.

    The graph ends in a node without an operation, which stands for the words behind the output.
    """
    end = Node(output.value, output.name)
    end.inputs, end.input_grads = (output,), () if output.grad is None else (output.grad,)
    columns, edges = _placed(end)
    _uncross(columns)
    lines = _lines(columns, edges)
    _first_rows(columns, lines)
    for _ in range(SWEEPS):
        for line in lines:
            _move(line, columns)
    return columns, edges


def main_inputs(node: Node) -> tuple[Node, ...]:
    """The inputs that a node stands level with: where branches join all, else the first one."""
    made = tuple(source for source in node.inputs if source.inputs)
    if node.symbol in ("+", "concat") and made:
        return made
    return made[:1] or node.inputs[:1]


def _placed(end):
    """Each node in its column, in the order of a first walk back from the end; and the edges."""
    nodes = end.topological_order()
    column = dict.fromkeys(nodes, 0)
    for node in reversed(nodes):
        for source in node.inputs:
            column[source] = min(column[source], column[node] - 2)
    first = min(column.values())
    spots = {node: LayoutNode(column[node] - first, node) for node in nodes}
    columns: list[list[LayoutNode]] = [[] for _ in range(1 - first)]
    edges = []

    def visit(node):
        columns[spots[node].column].append(spots[node])
        for place, source in enumerate(node.inputs):
            passed = [LayoutNode(c) for c in range(spots[source].column + 1, spots[node].column)]
            for spot in passed:
                columns[spot.column].append(spot)
            edges.append(Edge(source, node, place, [spots[source], *passed, spots[node]]))
            if spots[source] not in columns[spots[source].column]:
                visit(source)

    visit(end)
    for edge in edges:
        for a, b in zip(edge.spots, edge.spots[1:]):
            a.after.append(b)
            b.before.append(a)
            a.pulled_by.append(b)
            if b.node is None or edge.source in main_inputs(edge.target):
                b.pulled_by.append(a)
    return columns, edges


def _uncross(columns):
    """Sort each column by the middle of the neighbours; keep the order with fewest crossings."""
    best, fewest = list(map(list, columns)), _crossings(columns)
    for sweep in range(8):
        forwards = sweep % 2 == 0
        for column in columns if forwards else reversed(columns):
            for i, spot in enumerate(column):
                spot.row = i
            column.sort(key=lambda spot: _middle(spot, spot.before if forwards else spot.after))
        if _crossings(columns) < fewest:
            best, fewest = list(map(list, columns)), _crossings(columns)
    columns[:] = best


def _middle(spot, neighbours):
    return np.mean([neighbour.row for neighbour in neighbours]) if neighbours else spot.row


def _crossings(columns):
    for column in columns:
        for i, spot in enumerate(column):
            spot.row = i
    steps = [[(a.row, b.row) for a in column for b in a.after] for column in columns]
    return sum(_cross(s, other) for step in steps for s in step for other in step)


def _cross(step, other):
    return (step[0] - other[0]) * (step[1] - other[1]) < 0


def _lines(columns, edges):
    """Chains of main inputs that are drawn level: each spot is in one line, no two lines cross."""
    _crossings(columns)  # row = place in the column, for `_cross`
    for column in columns:
        for spot in column:
            spot.line = [spot]
    level: list[tuple[int, tuple[float, float]]] = []  # (column, rows) of each step so far
    for edge in edges:
        whole = main_inputs(edge.target) == (edge.source,)
        # Its line goes on elsewhere; or the leaf stands in the middle of many edges.
        taken = edge.spots[0].line[-1] is not edge.spots[0] or len(edge.spots[0].after) > 3
        chain = edge.spots if whole and not taken else edge.spots[1:-1]
        steps = [(a.column, (a.row, b.row)) for a, b in zip(chain, chain[1:])]
        if chain and not any(c == d and _cross(s, t) for c, s in steps for d, t in level):
            level += steps
            line = [*chain[0].line, *chain[1:-1], *chain[-1].line] if chain[1:] else chain
            for spot in line:
                spot.line = line
    for edge in edges:
        _hang(edge, columns)
    return list({id(spot.line): spot.line for column in columns for spot in column}.values())


def _hang(edge, columns):
    """Join a leaf at the side, such as the tax, to the line of its operation, one row below it."""
    leaf, consumer = edge.spots[0], edge.spots[-1]
    if edge.source.inputs or edge.source in main_inputs(edge.target) or leaf.after[1:]:
        return
    for spot in edge.spots[:2]:  # the leaf, and the words of its edge
        column = columns[spot.column]
        i = column.index(spot)
        if i > 0 and column[i - 1].line is consumer.line:
            spot.line = consumer.line
            spot.row_offset = column[i - 1].row_offset + 1
            consumer.line.append(spot)


def _first_rows(columns, lines):
    """Every line as high as the lines above it allow."""
    for line in lines:
        _set_row(line, 0)
    for _ in lines:
        for column in columns:
            for above, spot in zip(column, column[1:]):
                _set_row(spot.line, max(spot.row, above.row + 1) - spot.row_offset)


def _set_row(line, row):
    for spot in line:
        spot.row = row + spot.row_offset


def _move(line, columns):
    """Move a line to the middle of what pulls it, or as near as the others let it come."""
    row = line[0].row
    shifts = [s.row - spot.row for spot in line for s in spot.pulled_by if s.line is not line]
    wanted = float(np.mean(shifts)) if shifts else 0.0
    for spot in line:
        column = columns[spot.column]
        i = column.index(spot)
        if i > 0 and column[i - 1].line is not line:
            wanted = max(wanted, column[i - 1].row + 1 - spot.row)
        if i + 1 < len(column) and column[i + 1].line is not line:
            wanted = min(wanted, column[i + 1].row - 1 - spot.row)
    _set_row(line, row + wanted)
