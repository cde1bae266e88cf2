"""Breaks a wide graph into bands one below the other, as text is broken into lines.

A break goes through a column of nodes: its operations end a band, its leaves begin the next one,
together with the operations that use them. So a net is torn at one edge, the value that goes from
layer to layer, and not at the parameters. A band ends where few edges are torn and it is well full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dlscratch.graph.layout import LayoutNode

LENIENT = 1.25  # a graph so much too wide is kept whole, unless one edge is all that is torn
MOST_TORN = 4  # with more edges torn apart a wide picture is the lesser evil
TRACK = 0.17  # inches between torn edges, on their way from band to band


@dataclass(eq=False)
class Band:
    """Columns first .. last, without the leaves of the last and with nothing else of the first.

    torn: the pieces of edges that come from the band before, from top to bottom.
    left, top, bottom: where it stands, in the inches of the unbroken graph; geometry.py sets them.
    """

    first: int
    last: int
    torn: list[tuple[LayoutNode, LayoutNode]]
    left: float = 0.0
    top: float = 0.0
    bottom: float = 0.0


def is_leaf(spot: LayoutNode) -> bool:
    """Whether a value stands here that nothing computes."""
    return spot.node is not None and not spot.node.inputs


def break_into_bands(
    columns: Sequence[list[LayoutNode]],
    lefts: Sequence[float],
    rights: Sequence[float],
    widest: float,
) -> list[Band]:
    """Bands of `widest` inches, or somewhat more where many edges would be torn.

    Column c reaches from lefts[c] to rights[c].
    A last band of one arrow and a name would be silly: it holds an operation at least.
    """
    last = len(columns) - 1
    bands = [Band(0, last, [])]
    while (start := lefts[bands[-1].first]) + widest < rights[-1]:
        torn = {c: _torn_at(columns[c]) for c in range(bands[-1].first + 2, last - 3, 2)}
        width = {c: rights[c] - start + TRACK * len(torn[c]) + 0.3 for c in torn}
        ends = [c for c in torn if len(torn[c]) <= MOST_TORN]
        if not ends:
            break
        fitting = [c for c in ends if width[c] <= widest]
        full = max(fitting, key=lambda c: width[c] - 0.15 * widest * len(torn[c]), default=ends[0])
        if len(torn[full]) > 1 and rights[-1] - start <= LENIENT * widest:
            break
        bands[-1].last = full
        bands.append(Band(full, last, torn[full]))
    return bands


def _torn_at(column):
    pieces = [(spot, after) for spot in column if not is_leaf(spot) for after in spot.after]
    return sorted(pieces, key=lambda piece: piece[1].row)
