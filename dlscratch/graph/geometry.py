"""Where everything of a computational graph stands on paper, in inches from the upper left corner.

Columns of nodes and columns of words take turns (layout.py). In a column edges run level, each in
its own row; only in the channels between columns they slant. So no edge can run through a node or
through another edge's words. A graph wider than the paper goes on in the next band (bands.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from matplotlib.textpath import TextPath

from dlscratch.graph.bands import TRACK, break_into_bands, is_leaf
from dlscratch.graph.layout import Edge, LayoutNode, arrange
from dlscratch.graph.node import Node, text_of

ROW, RADIUS = 0.56, 0.21
FONT = 9  # points
LANE = 0.036  # from an edge's middle line to each of its two arrows
GAP = 0.045  # from an arrow to its words
PORT = 0.12  # between edges at the same side of a node
FAN = 0.3  # from a leaf's middle to the highest and lowest of its edges, at most
WORDS = LANE + GAP + 1.1 * FONT / 72  # how far an edge reaches with the words at one side of it


@dataclass
class Wire:
    """An edge on paper: its middle line (points, 2), and its words above and below (x, y).

    gradient is "" without one; `back` tells whether an arrow runs back.
    """

    edge: Edge
    line: np.ndarray
    x: float
    y: float
    value: str
    gradient: str
    back: bool

    def arrow(self, back: bool = False) -> np.ndarray:
        """The line of the arrow forwards, or of the one back; each keeps to its own lane."""
        aside = LANE * _across(self.line) if self.back else 0.0
        return (self.line - aside)[::-1] if back else self.line + aside


@dataclass
class Picture:
    """The size of the paper, the places of the nodes (x and y are set), and the edges."""

    width: float
    height: float
    spots: list[LayoutNode]
    wires: list[Wire]


def picture(output: Node, widest: float = np.inf) -> Picture:
    """The graph of everything that `output` was made from, in bands `widest` inches wide if it can.

    >>> from dlscratch.graph import exp
    >>> round(picture(exp(Node(0.0, "x"))).height, 2)
    0.44
    """
    columns, edges = arrange(output)
    lefts, rights = _columns_on_paper(columns, edges)
    bands = break_into_bands(columns, lefts, rights, widest)
    paper = _Paper(columns, edges, bands)
    width, height = paper.place_bands()
    wires = [paper.wire(edge) for edge in edges]
    return Picture(width, height, [spot for spot in paper.band_of if spot.node], wires)


def _columns_on_paper(columns, edges, bands=()):
    """Where each column begins and ends: as wide as its nodes or words, with channels between."""
    halves = [max(half_width(s.node) if s.node else 0.0 for s in column) for column in columns]
    for edge in edges:
        at = edge.spots[-2].column
        halves[at] = max(halves[at], max(map(text_width, words(edge))) / 2 + GAP)
    channels = [0.0, *map(_channel, columns[:-1])]
    for band in bands[1:]:
        channels[band.first + 1] += TRACK * len(band.torn)
    widths = 2 * np.array(halves)
    rights = np.cumsum(widths + channels)
    return rights - widths, rights


def _channel(column):
    """How wide the channel behind a column is: edges slant gently, so that they stay apart."""
    steps = [abs(b.row - a.row) for a in column for b in a.after]
    return 0.17 + min(1.4, 0.55 * ROW * max(steps, default=0.0))


class _Paper:
    """Columns, rows and bands, as they become places in inches."""

    def __init__(self, columns, edges, bands):
        self.columns, self.bands = columns, bands
        self.lefts, self.rights = _columns_on_paper(columns, edges, bands)
        self.worded = {edge.spots[-2] for edge in edges if any(words(edge))}
        self.band_of = {}
        for band in bands:
            for column in columns[band.first : band.last + 1]:
                for spot in column:
                    self.band_of[spot] = band  # a later band overwrites an earlier one
        for band in bands[1:]:
            for spot in columns[band.first]:
                if not is_leaf(spot):
                    self.band_of[spot] = bands[bands.index(band) - 1]
        self.ports: dict[tuple[LayoutNode, LayoutNode], float] = {}
        for spot in self.band_of:
            if spot.node:
                self.ports |= _ports(spot, spot.before) | _ports(spot, spot.after)

    def place_bands(self):
        """Set x and y of every spot; the width and the height of everything."""
        width = y = 0.0
        for band, following in zip(self.bands, [*self.bands[1:], None]):
            spots = [spot for spot in self.band_of if self.band_of[spot] is band]
            torn = following.torn if following else []
            reach = [(spot.row * ROW, self.reach(spot)) for spot in spots]
            reach += [(row * ROW, LANE) for row in _rows_out(torn)]
            y += TRACK * (len(band.torn) + 1) if band.torn else 0.0
            band.top = min(row - up for row, up in reach) - y
            band.left = min(map(self.left_of, spots)) - TRACK * len(band.torn)
            for spot in spots:
                spot.x = (self.lefts[spot.column] + self.rights[spot.column]) / 2 - band.left
                spot.y = spot.row * ROW - band.top
            y = band.bottom = max(row + down for row, down in reach) - band.top
            right = self.rights[band.last] - band.left
            if torn:
                right += _channel(self.columns[band.last]) + TRACK * (len(torn) - 1) + LANE
            width = max(width, right)
        return width, y

    def reach(self, spot):
        """How far up and down what is drawn at a spot goes from the middle of its row."""
        if spot.node:
            return half_height(spot.node)
        return WORDS if spot in self.worded else LANE

    def left_of(self, spot):
        if spot.node:
            middle = (self.lefts[spot.column] + self.rights[spot.column]) / 2
            return middle - half_width(spot.node)
        return self.lefts[spot.column]

    def wire(self, edge):
        """The edge level through each of its columns, slanting between them, around band breaks."""
        points = []
        for a, b in zip(edge.spots, edge.spots[1:]):
            points += self.end(a, b)[::-1]
            if self.band_of[a] is not self.band_of[b]:
                points += self.detour(a, b)
            points += self.end(b, a)
        value, gradient = words(edge)
        at = edge.spots[-2]
        back = not edge.source.constant and bool(edge.target.input_grads)
        return Wire(edge, _without_repeats(points), at.x, at.y, value, gradient, back)

    def end(self, spot, other):
        """Where an edge enters a spot's column from the side of another spot, and where it ends."""
        side = 1 if other.column > spot.column else -1
        edge = (self.rights if side > 0 else self.lefts)[spot.column] - self.band_of[spot].left
        if not spot.node:
            return [(edge, spot.y), (spot.x, spot.y)]
        port = self.ports[spot, other]
        rim = spot.x + side * _rim(spot.node, port)
        ends = [(rim, spot.y + port)]
        return ends if abs(edge - rim) < RADIUS / 2 else [(edge, spot.y + port), *ends]

    def detour(self, a, b):
        """Off to the right, down between the bands, back to the left, and into the next one.

        Of several torn edges the topmost takes the outermost way, so that none cross.
        """
        above, below = self.band_of[a], self.band_of[b]
        i = below.torn.index((a, b))
        inner = len(below.torn) - 1 - i  # edges that turn down before this one
        turn = self.rights[a.column] - above.left + _channel(self.columns[a.column])
        y_out = _rows_out(below.torn)[i] * ROW - above.top
        y_between = above.bottom + TRACK * (inner + 1)
        x_out, x_in = turn + TRACK * inner, self.lefts[b.column] - below.left - TRACK * (i + 1)
        return [(turn, y_out), (x_out, y_out), (x_out, y_between), (x_in, y_between), (x_in, b.y)]


def _rows_out(torn):
    """In which rows torn edges leave their band: level, unless their source has several."""
    rows: list[float] = []
    for a, b in torn:
        row = b.row if a.after[1:] else a.row
        rows.append(max(row, rows[-1] + 0.5) if rows else row)
    return rows


def _ports(spot, neighbours):
    """Where at a spot's side its edges arrive or leave, up or down from the middle, in order.

    A level edge stays in the middle, so that chains of operations are straight lines, unless the
    others would crowd on one side of it: two of them at a circle, three elsewhere.
    """
    order = sorted(neighbours, key=lambda other: other.row)
    level = [i for i, other in enumerate(order) if abs(other.row - spot.row) < 1e-6]
    middle = level[0] if level else (len(order) - 1) / 2
    if max(middle, len(order) - 1 - middle) > (1 if is_circle(spot.node) else 2):
        middle = (len(order) - 1) / 2
    most = max(middle, len(order) - 1 - middle, 1)
    reach = 0.85 * half_height(spot.node) if spot.node.symbol else FAN
    pitch = min(PORT, reach / most)
    return {(spot, other): (i - middle) * pitch for i, other in enumerate(order)}


def _rim(node, port):
    """How far to the side a node reaches at the height of a port."""
    return np.sqrt(RADIUS**2 - port**2) if is_circle(node) else half_width(node)


def _without_repeats(points):
    kept = [points[0]]
    for point in points[1:]:
        if np.hypot(point[0] - kept[-1][0], point[1] - kept[-1][1]) > 1e-6:
            kept.append(point)
    return np.array(kept)


def _across(line):
    """For each point of a line the way aside, so that the line beside it is everywhere 1 away."""
    pieces = np.diff(line, axis=0)
    normals = np.stack([pieces[:, 1], -pieces[:, 0]], axis=1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    before, after = np.vstack([normals[:1], normals]), np.vstack([normals, normals[-1:]])
    return (before + after) / (1 + np.sum(before * after, axis=1, keepdims=True))


# ---- sizes and words


def is_circle(node: Node) -> bool:
    """Whether an operation is drawn as a circle; longer words and many inputs need a box."""
    return bool(node.symbol) and len(node.symbol) <= 4 and len(node.inputs) <= 3


def half_width(node: Node) -> float:
    """Half of what a node takes on paper: circle, box, or a name without anything around it."""
    if is_circle(node):
        return RADIUS
    if node.symbol:
        return max(RADIUS, text_width(node.symbol) / 2 + 0.12)
    return text_width(name_of(node)) / 2 + 0.06 if name_of(node) else 0.0


def half_height(node: Node) -> float:
    """Of many inputs the box grows, as far as a row allows."""
    return max(RADIUS, min(0.26, 0.065 * len(node.inputs)))


def name_of(node: Node) -> str:
    """What is written at a leaf, or behind the last arrow."""
    return node.name or ("" if node.inputs else text_of(node.value))


def words(edge: Edge) -> tuple[str, str]:
    """The value, and the gradient if there is one, as they are written at the edge."""
    source = edge.source
    if not (source.name or source.symbol):
        return "", ""  # a constant is written where it stands
    above = text_of(source.value) if source.above is None else source.above
    if source.constant or not edge.target.input_grads:
        return above, ""
    below = text_of(edge.target.input_grads[edge.place]) if source.below is None else source.below
    return above, below


@lru_cache(maxsize=10000)
def text_width(text: str, size: float = FONT) -> float:
    """Inches that a text takes; $..$ is set in TeX, and ValueError if that is none."""
    return float(TextPath((0, 0), text, size=size).get_extents().width) / 72 if text else 0.0
