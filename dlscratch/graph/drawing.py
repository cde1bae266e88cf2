"""Draws a computational graph as the book does (Figs 5-1 to 5-22): from left to right.

Circles are operations. Values stand above the edges; gradients, once `backward` has been called,
below them, on arrows that run back. An array shows its shape. A graph wider than a page goes on
below, as text does. The result is a Matplotlib figure of its own size, to be saved as PNG, SVG or
PDF; no other program is needed.

    fig = draw(price, title="Two apples")
    fig.savefig("price.svg")
"""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Patch
from matplotlib.path import Path

from dlscratch.figures import BLACK, VERMILION
from dlscratch.graph.geometry import (
    FONT,
    GAP,
    LANE,
    RADIUS,
    half_height,
    half_width,
    is_circle,
    name_of,
    picture,
    text_width,
)
from dlscratch.graph.node import Node

PAGE, MARGIN = 10.0, 0.15  # inches
DPI, SCREEN = 150, 1200  # pixels to an inch, or as many as let it fit the screen


def draw(output: Node, title: str = "") -> Figure:
    """The graph of everything that `output` was made from, as a figure of its own size.

    >>> from dlscratch.graph import exp
    >>> len(draw(1 / (1 + exp(-Node(1.0, "x")))).axes)
    1
    """
    found = picture(output, PAGE - 2 * MARGIN)
    heading = 0.3 if title else 0.0
    width = max(found.width, text_width(title, FONT + 2)) + 2 * MARGIN
    height = found.height + heading + 2 * MARGIN
    left, top = (found.width - width) / 2, -heading - MARGIN  # the graph's own corner is (0, 0)

    fig = Figure(figsize=(width, height), dpi=min(DPI, SCREEN / width))
    ax = fig.add_axes((0, 0, 1, 1), xlim=(left, left + width), ylim=(top + height, top))
    ax.set_axis_off()
    if title:
        ax.text(left + width / 2, top + MARGIN, title, ha="center", va="top", size=FONT + 2)
    for spot in found.spots:
        _draw_node(ax, spot.node, spot.x, spot.y)
    for wire in found.wires:
        _arrow(ax, wire.arrow(), BLACK)
        if wire.back:
            _arrow(ax, wire.arrow(back=True), VERMILION)
        away = LANE * wire.back + GAP
        for words, y, va, colour in (
            (wire.value, wire.y - away, "bottom", BLACK),
            (wire.gradient, wire.y + away, "top", VERMILION),
        ):
            if words:
                ax.text(wire.x, y, words, ha="center", va=va, size=FONT, color=colour)
    return fig


def _draw_node(ax, node, x, y):
    words, size = node.symbol or name_of(node), FONT + 3 if len(node.symbol) == 1 else FONT
    ax.text(x, y, words, ha="center", va="center_baseline" if node.symbol else "center", size=size)
    if not node.symbol:
        return
    width, height = half_width(node), half_height(node)
    shape: Patch = Circle((x, y), RADIUS)
    if not is_circle(node):
        corner, style = (x - width, y - height), "round,pad=0,rounding_size=0.1"
        shape = FancyBboxPatch(corner, 2 * width, 2 * height, style)
    shape.set(facecolor="white", edgecolor=BLACK, linewidth=1.2)
    ax.add_patch(shape)


def _arrow(ax, line, colour):
    style = "-|>,head_length=4.5,head_width=2"
    ax.add_patch(FancyArrowPatch(path=Path(line), arrowstyle=style, color=colour, linewidth=1.1))
