"""What a network is made of: a table of its layers, one row each.

For one example: the shape of a layer's output, the numbers that it learns, the products that it
adds up (a multiplication and an addition are one multiply-add), and the memory that its output
takes. The layers inside a layer stand below it, moved to the right. Weights are shared in a
convolution, so that it has few parameters and much to do; in an Affine layer it is one multiply-add
for each weight.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlscratch.inspection.trace import trace

LARGEST_SIDE = 256  # of an image, where the input shape has to be found out

COLUMNS = ("layer", "output", "parameters", "multiply-adds", "memory")


@dataclass(frozen=True)
class Row:
    """One layer: its name, the shape of its output without the batch, and three counts."""

    layer: str
    output: tuple[int, ...]
    parameters: int
    multiply_adds: int
    bytes: int
    remark: str = ""


@dataclass(frozen=True)
class Summary:
    """The rows of a network; printed it is a text, in a notebook a table."""

    name: str
    input_shape: tuple[int, ...]
    rows: tuple[Row, ...]
    dtype: np.dtype

    @property
    def parameters(self) -> int:
        """How many numbers the network learns."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """What one example costs on the way forwards; the way back costs about twice as much."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def bytes(self) -> int:
        """The outputs of all layers for one example; training keeps most of them."""
        return sum(row.bytes for row in self.rows)

    def cells(self) -> list[tuple[str, ...]]:
        """The table as words, from the input to the sums."""
        body = [
            (
                row.layer + (f" ({row.remark})" if row.remark else ""),
                _shape(row.output),
                f"{row.parameters:,}",
                f"{row.multiply_adds:,}",
                memory(row.bytes),
            )
            for row in self.rows
        ]
        total = ("total", "", f"{self.parameters:,}", f"{self.multiply_adds:,}", memory(self.bytes))
        return [("input", _shape(self.input_shape), "", "", ""), *body, total]

    def __str__(self) -> str:
        cells = [COLUMNS, *self.cells()]
        widths = [max(map(len, column)) for column in zip(*cells)]

        def line(row):
            first, *others = zip(row, widths)
            return first[0].ljust(first[1]) + "".join(f"  {w.rjust(n)}" for w, n in others)

        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        head, *body, total = map(line, cells)
        lines = [f"{self.name}, for one example", head, rule, *body, rule, total, self._foot()]
        return "\n".join(line.rstrip() for line in lines)

    def _foot(self):
        weights = memory(self.parameters * self.dtype.itemsize)
        return f"{self.dtype}: parameters {weights}, a batch of 100 {memory(100 * self.bytes)}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def row(kind, words):
            first, *others = (html.escape(word) for word in words)
            right = "".join(f'<{kind} style="text-align:right">{w}</{kind}>' for w in others)
            return f'<tr><{kind} style="text-align:left">{first}</{kind}>{right}</tr>'

        *body, total = self.cells()
        rows = "".join(row("td", words) for words in body)
        return (
            f"<table><caption>{html.escape(self.name)}, for one example</caption>"
            f"<thead>{row('th', COLUMNS)}</thead><tbody>{rows}</tbody>"
            f"<tfoot>{row('th', total)}</tfoot></table><p>{self._foot()}</p>"
        )


def summarize(net: Any, input_shape: tuple[int, ...] | None = None) -> Summary:
    """The `Summary` of a network, found by sending one blank example through a copy of it.

    input_shape: of one example, without the batch: (784,), (1, 28, 28). Without it, it is what the
    first Affine layer takes; where a convolution stands before that, the smallest square image
    that fits. ValueError if the example does not fit, or no shape is found.
    """
    shape = _find_shape(net) if input_shape is None else tuple(input_shape)
    rows = [
        Row(
            "  " * step.depth + type(step.layer).__name__,
            step.y.shape[1:],
            sum(getattr(step.layer, name).size for name in step.layer.param_names),
            step.layer.multiply_adds(step.x, step.y),
            0 if step.layer.flow == "row" else step.y.nbytes,  # its last layer's output is counted
            step.layer.remark(step.x, step.y),
        )
        for step in trace(net, _blank(net, shape))
    ]
    return Summary(type(net).__name__, shape, tuple(rows), net.dtype)


def _blank(net, shape):
    return np.zeros((1, *shape), int if net.takes_integers else net.dtype)


def _find_shape(net):
    takers = [layer for layer in net.walk() if layer.input_shape(1) is not None]
    fixed = [layer for layer in takers if layer.input_shape(1) == layer.input_shape(2)]
    if not fixed:
        raise ValueError("no layer tells the shape of the input: name it, summary((1, 28, 28))")
    for side in range(1, LARGEST_SIDE + 1):
        shape = takers[0].input_shape(side)
        if takers[0] is fixed[0]:
            return shape
        try:
            trace(net, _blank(net, shape))
        except ValueError:
            continue  # too small, or not what the Affine layer wants
        return shape
    raise ValueError("no square image fits this network: name the shape, summary((1, 28, 28))")


def _shape(shape):
    return " x ".join(map(str, shape))


def memory(n: int) -> str:
    """Bytes in the unit that keeps the number short.

    >>> memory(40), memory(69120), memory(1735560)
    ('40 B', '69.1 kB', '1.7 MB')
    """
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if n >= unit:
            return f"{n / unit:.1f} {name}"
    return f"{n} B"
