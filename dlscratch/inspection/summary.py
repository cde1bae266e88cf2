"""A summary of a network: a table of its layers, one row each.

For one example: the shape of a layer's output, its parameters, its multiply-adds (a multiplication
and an addition count as one), and the memory of its output. The layers inside a layer are indented
below it. A convolution uses each weight at every position, so it has few parameters and many
multiply-adds; an Affine layer has one multiply-add per weight.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlscratch.inspection.trace import trace

LARGEST_SIDE = 256  # of an image, when the input shape has to be found

COLUMNS = ("layer", "output", "parameters", "multiply-adds", "memory")


@dataclass(frozen=True)
class Row:
    """One layer: its name, the shape of its output without the batch, three counts, a note."""

    layer: str
    output: tuple[int, ...]
    parameters: int
    multiply_adds: int
    bytes: int
    remark: str = ""


@dataclass(frozen=True)
class Summary:
    """The rows of a network; str() gives a plain-text table, a notebook shows an HTML table."""

    name: str
    input_shape: tuple[int, ...]
    rows: tuple[Row, ...]
    dtype: np.dtype

    @property
    def parameters(self) -> int:
        """The number of parameters of the network."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """The cost of forward for one example; backward costs about twice as much."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def bytes(self) -> int:
        """The memory of all layers' outputs for one example; training keeps most of them."""
        return sum(row.bytes for row in self.rows)

    def cells(self) -> list[tuple[str, ...]]:
        """The cells of the table as text, from the row of the input to that of the totals."""
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
    """The `Summary` of a network, found by running a copy of it on one example of zeros.

    input_shape: of one example, without the batch: (784,), (1, 28, 28). By default, the input of
    the first Affine layer; if there is a convolution before it, the smallest square image that
    fits. ValueError if the example does not fit, or no shape is found.

    >>> from dlscratch import MultiLayerNet
    >>> summarize(MultiLayerNet(784, [50], 10)).parameters
    39760
    """
    shape = _find_shape(net) if input_shape is None else tuple(input_shape)
    rows = [
        Row(
            "  " * step.depth + type(step.layer).__name__,
            step.y.shape[1:],
            sum(getattr(step.layer, name).size for name in step.layer.param_names),
            step.layer.multiply_adds(step.x, step.y),
            0 if step.layer.flow == "row" else step.y.nbytes,  # in a row, the last layer's counts
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
        raise ValueError("no layer determines the input's shape: pass it, summary((1, 28, 28))")
    for side in range(1, LARGEST_SIDE + 1):
        shape = takers[0].input_shape(side)
        if takers[0] is fixed[0]:
            return shape
        try:
            trace(net, _blank(net, shape))
        except ValueError:
            continue  # too small, or not the input size of the Affine layer
        return shape
    raise ValueError("no square image fits this network: pass its shape, summary((1, 28, 28))")


def _shape(shape):
    return " x ".join(map(str, shape))


def memory(n: int) -> str:
    """Bytes with a suitable unit, B, kB, MB or GB.

    >>> memory(40), memory(69120), memory(1735560)
    ('40 B', '69.1 kB', '1.7 MB')
    """
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if n >= unit:
            return f"{n / unit:.1f} {name}"
    return f"{n} B"
