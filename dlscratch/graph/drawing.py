"""Draws a computational graph as the book does (Figs 5-1 to 5-22): from left to right.

Circles are operations. Values stand above the edges; gradients, once `backward` has been called,
below them, on arrows that run back. An array shows its shape. The result is a Matplotlib figure
of its own size, to be saved as PNG, SVG or PDF; no other program is needed.

    fig = draw(price, title="Two apples")
    fig.savefig("price.svg")
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from dlscratch.figures import BLACK, VERMILION
from dlscratch.graph.layout import arrange
from dlscratch.graph.node import Node, text_of

# All lengths are inches on paper.
ROW, RADIUS, MARGIN = 0.92, 0.21, 0.2
FONT = 9  # points
LANE = 0.045  # from an edge's middle line to each of its two arrows
PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # words hide the edges they cross
GAP = 0.05  # from an arrow to its label; from a name to its arrow it is twice that


def draw(output: Node, title: str = "") -> Figure:
    """The graph of everything that `output` was made from, as a figure of its own size.

    >>> from dlscratch.graph import exp
    >>> len(draw(1 / (1 + exp(-Node(1.0, "x")))).axes)
    1
    """
    columns, edges = arrange(output)
    _set_x(columns, edges)
    spots = [spot for column in columns for spot in column]
    left = min(spot.x - _left(spot) for spot in spots) - MARGIN
    right = max(spot.x + _right(spot) for spot in spots) + MARGIN
    top = min(spot.row for spot in spots) * ROW - RADIUS - MARGIN
    bottom = max(spot.row * ROW + _depth(spot) for spot in spots) + MARGIN
    if title:
        top -= 0.3
        wider = max(0, _width(title, FONT + 2) + 2 * MARGIN - (right - left)) / 2
        left, right = left - wider, right + wider

    fig = Figure(figsize=(right - left, bottom - top), dpi=150)
    ax = fig.add_axes((0, 0, 1, 1), xlim=(left, right), ylim=(bottom, top))  # row 0 is at the top
    ax.set_axis_off()
    if title:
        ax.text((left + right) / 2, top + MARGIN, title, ha="center", va="top", size=FONT + 2)
    for spot in spots:
        _draw_spot(ax, spot)
    lines = [_draw_edge(ax, edge) for edge in edges]
    crossed = np.array([box for line in lines for box in _boxes_along(line)])
    taken = [_box_of(spot) for spot in spots]
    for edge, line in zip(edges, lines):
        _label(ax, edge, line, taken, crossed)
    return fig


def _set_x(columns, edges):
    """Give every spot its x; the gaps between the columns hold the words that stand there."""
    x = 0.0
    for before, column in zip(columns, columns[1:]):
        there = [edge for edge in edges if _middle_piece(edge)[1] in column]
        words = max((_width(word) for edge in there for word in _words(edge)), default=0.0)
        crowded = any(a.after[1:] for a in before) or any(b.before[1:] for b in column)
        gap = max(0.8, words + (0.6 if crowded else 0.4))
        x += max(map(_right, before)) + gap + max(map(_left, column))
        for spot in column:
            spot.x = x


# ---- pieces


def _is_end(node):
    return bool(node.inputs) and not node.symbol


def _left(spot):
    """How far a spot reaches to the left of its x: a leaf with all of its name."""
    if spot.node is None or _is_end(spot.node):
        return 0.0
    return _half(spot.node) if spot.node.symbol else _width(_name(spot.node)) + 2 * GAP


def _right(spot):
    if spot.node is None:
        return 0.0
    if _is_end(spot.node):
        return _width(spot.node.name) + GAP
    return _half(spot.node) if spot.node.symbol else 0.0


def _box_of(spot):
    """left, right, top, bottom of what is drawn at a spot."""
    x, y = spot.x, spot.row * ROW
    return x - _left(spot), x + _right(spot), y - RADIUS, y + RADIUS


def _depth(spot):
    """How far a spot reaches down: a leaf at the side has nothing below its name."""
    aside = spot.node is not None and not spot.node.inputs and spot.row_offset
    return GAP if aside else RADIUS


def _half(node):
    """Half the width of an operation: a circle, or a box for longer words."""
    return RADIUS if len(node.symbol) <= 4 else _width(node.symbol) / 2 + 0.12


def _name(leaf):
    return leaf.name or text_of(leaf.value)


def _draw_spot(ax, spot):
    node = spot.node
    if node is None:
        return
    x, y = spot.x, spot.row * ROW
    if _is_end(node):
        ax.text(x + GAP, y, node.name, ha="left", va="center", size=FONT)
    elif not node.symbol:
        ax.text(x - 2 * GAP, y, _name(node), ha="right", va="center", size=FONT)
    else:
        style = {"facecolor": "white", "edgecolor": BLACK, "linewidth": 1.2}
        if _half(node) == RADIUS:
            ax.add_patch(Circle((x, y), RADIUS, **style))
        else:
            corner, half = (x - _half(node), y - RADIUS), _half(node)
            box = FancyBboxPatch(corner, 2 * half, 2 * RADIUS, "round,pad=0,rounding_size=0.1")
            box.set(**style)
            ax.add_patch(box)
        size = FONT + 3 if len(node.symbol) == 1 else FONT
        ax.text(x, y, node.symbol, ha="center", va="center_baseline", size=size)


def _draw_edge(ax, edge):
    """The arrow forwards, and the one back a lane below it if there is a gradient; its line."""
    line = np.array([(spot.x, spot.row * ROW) for spot in edge.spots])
    line[0] += _rim(edge.spots[0], line[1] - line[0])
    line[-1] += _rim(edge.spots[-1], line[-2] - line[-1])
    aside = _lane(edge) * _upwards(line)
    _arrow(ax, line + aside, BLACK)
    if _lane(edge):
        _arrow(ax, (line - aside)[::-1], VERMILION)
    return line


def _lane(edge):
    return 0.0 if edge.source.constant or not edge.target.input_grads else LANE


def _upwards(line):
    """For each point of a line the direction across it, of length 1."""
    pieces = np.diff(line, axis=0)
    across = np.stack([pieces[:, 1], -pieces[:, 0]], axis=1)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    across = np.concatenate([across[:1], (across[:-1] + across[1:]) / 2, across[-1:]])
    return across / np.linalg.norm(across, axis=1, keepdims=True)


def _label(ax, edge, line, taken, crossed):
    """Value and gradient, in the middle of the edge."""
    i = edge.spots.index(_middle_piece(edge)[0])
    # Words keep away from the end at which other edges arrive or leave.
    crowd = (len(edge.spots[i].after) > 1) - (len(edge.spots[i + 1].before) > 1)
    (x0, y0), (x1, y1) = piece = line[i : i + 2]
    lift = _lane(edge) * np.hypot(x1 - x0, y1 - y0) / (x1 - x0) + GAP
    for words, up, colour in zip(_words(edge), (-1, 1), (BLACK, VERMILION)):
        if words:
            half, best = _width(words) / 2, 0.5 + 0.1 * crowd
            places = [
                place
                for away in (lift, lift + FONT / 72)  # at the edge, or a line of words farther off
                for place in _places(piece, up * away, half, best)
            ]
            free = [place for place in places if _is_free(place[2], taken)]
            clear = [place for place in free if _is_free(place[2], crossed)]
            x, y, box = (clear or free or places)[0]
            taken.append(box)
            va = "bottom" if up < 0 else "top"
            ax.text(x, y, words, ha="center", va=va, size=FONT, color=colour, bbox=PAPER)


def _places(piece, lift, half, best):
    """Where words of a width of 2 half may stand at a piece of an edge: x, y and their box.

    Above it for lift < 0, else below. best: how far along they would best stand, 0 .. 1; that
    comes first.
    """
    (x0, y0), (x1, y1) = piece
    slope = (y1 - y0) / (x1 - x0)
    # The end of the words that comes closest to a slanting line may go this far past its middle:
    past = min(half, 0.06 / max(abs(slope), 1e-9))
    places = []
    for along in sorted(np.linspace(0.1, 0.9, 33), key=lambda along: abs(along - best)):
        x = x0 + along * (x1 - x0) - np.sign(slope * lift) * (half - past)
        y = y0 + along * (y1 - y0) + lift + np.sign(lift) * past * abs(slope)
        low, high = sorted((y, y + np.sign(lift) * 1.1 * FONT / 72))
        places.append((x, y, (x - half - GAP / 2, x + half + GAP / 2, low, high)))
    return places


def _is_free(box, others):
    """Whether a box (left, right, top, bottom) overlaps none of the others."""
    left, right, top, bottom = np.transpose(others)
    return not np.any((box[0] < right) & (left < box[1]) & (box[2] < bottom) & (top < box[3]))


def _boxes_along(line):
    """Small boxes that cover both arrows of an edge."""
    for (x0, y0), (x1, y1) in zip(line, line[1:]):
        n = int(np.hypot(x1 - x0, y1 - y0) / LANE) + 1
        for x, y in zip(np.linspace(x0, x1, n), np.linspace(y0, y1, n)):
            yield x, x, y - LANE, y + LANE


def _rim(spot, towards):
    """From the middle of a spot to where its edge begins or ends."""
    if spot.node is None or not spot.node.symbol:
        return np.zeros(2)
    if _half(spot.node) > RADIUS:
        return np.array([np.sign(towards[0]) * _half(spot.node), np.clip(towards[1], -0.1, 0.1)])
    return towards / np.hypot(*towards) * RADIUS


def _arrow(ax, line, colour):
    style = "-|>,head_length=4.5,head_width=2"
    ax.add_patch(FancyArrowPatch(path=Path(line), arrowstyle=style, color=colour, linewidth=1.1))


# ---- words


def _words(edge) -> tuple[str, str]:
    """The value, and the gradient if there is one, as they are written at the edge."""
    source = edge.source
    if not (source.name or source.symbol):
        return "", ""  # a constant is written where it stands
    above = text_of(source.value) if source.above is None else source.above
    if source.constant or not edge.target.input_grads:
        return above, ""
    below = text_of(edge.target.input_grads[edge.place]) if source.below is None else source.below
    return above, below


def _middle_piece(edge):
    """The piece of the edge in whose middle the words stand."""
    i = (len(edge.spots) - 1) // 2
    return edge.spots[i], edge.spots[i + 1]


def _width(text: str, size: float = FONT) -> float:
    return float(TextPath((0, 0), text, size=size).get_extents().width) / 72 if text else 0.0
