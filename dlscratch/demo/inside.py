"""Where one number of a feature map is from: the window, the kernel, the products, the sum.

`stages` sends an image through a network and returns what each layer received and returned.
`explain` takes one number of one stage apart, with the layer's own arrays. Nothing is computed a
second time in another way: the products of the parts add up to what the layer has returned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dlscratch.functions import softmax
from dlscratch.inspection.trace import trace
from dlscratch.layers import Affine, Convolution, Dropout, Flatten, Layer, Pooling, ReLU

TERMS = 12  # of an Affine unit: those with the largest products; the others as one sum


@dataclass(frozen=True)
class Stage:
    """A layer at work on one image. x: what it received, y: what it returned, both (F, H, W)."""

    title: str
    kind: str  # input, convolution, relu, pooling, affine or softmax
    layer: Any  # None where there is none: the image, the softmax
    x: np.ndarray
    y: np.ndarray


def stages(net: Any, image: np.ndarray) -> list[Stage]:
    """The image (H, W), every layer, and the softmax; a row of numbers (D,) is (D, 1, 1).

    Flatten and Dropout are left out: the one only arranges the numbers, the other does nothing
    once a network has learned. TypeError for a layer that this tab does not know.
    """
    x = image.astype(net.dtype)[None]  # (H, W) -> (1, H, W)
    found = [Stage("Image", "input", None, x, x)]
    count: dict[str, int] = {}
    for step in trace(net, x[None]):
        if isinstance(step.layer, Flatten | Dropout):
            continue
        kind = kind_of(step.layer)
        count[kind] = count.get(kind, 0) + 1
        title = f"{type(step.layer).__name__} {count[kind]}"
        found.append(Stage(title, kind, step.layer, found[-1].y, as_maps(step.y)))
    y = found[-1].y
    found.append(Stage("Softmax", "softmax", None, y, softmax(y.ravel()).reshape(y.shape)))
    return found


def kind_of(layer: Layer) -> str:
    """The word by which the page knows a layer."""
    for kind in (Convolution, ReLU, Pooling, Affine):
        if type(layer) is kind:
            return kind.__name__.lower()
    raise TypeError(f"{layer!r} cannot be looked into")


def as_maps(y: np.ndarray) -> np.ndarray:
    """A batch of one: (1, F, H, W) -> (F, H, W), and (1, D) -> (D, 1, 1)."""
    return y.reshape(*y.shape[1:], *[1] * (4 - y.ndim))


def explain(found: list[Stage], number: int, unit: tuple[int, int, int]) -> dict[str, Any]:
    """One number, y[unit] of stage `number`, taken apart as JSON can hold it.

    unit: (map, row, column), from 0. Every part names the unit of the stage before that it is, so
    that the page leads there. IndexError for a number that does not exist.

    >>> from dlscratch import Affine, Network
    >>> net = Network([Flatten(), Affine(np.ones((4, 2)), np.zeros(2))])
    >>> parts = explain(stages(net, np.array([[1.0, 2.0], [0.0, 4.0]])), 1, (0, 0, 0))
    >>> [term["product"] for term in parts["terms"]], parts["output"]
    ([4.0, 2.0, 1.0, 0.0], 7.0)
    """
    if not 0 <= number < len(found):
        raise IndexError(f"there are stages 0 to {len(found) - 1}, not {number}")
    stage = found[number]
    if any(not 0 <= i < size for i, size in zip(unit, stage.y.shape, strict=True)):
        raise IndexError(f"{stage.title} has {stage.y.shape} numbers, none at {unit}")
    parts = PARTS[stage.kind](stage, *unit)
    after = found[number + 1] if number + 1 < len(found) else None
    if after is not None and after.kind == "relu":
        parts["relu"] = float(after.y[unit])  # what the next layer makes of it
    return {
        "layer": number,
        "title": stage.title,
        "kind": stage.kind,
        "unit": list(unit),
        "output": float(stage.y[unit]),
        **parts,
    }


def input_parts(stage: Stage, f: int, row: int, column: int) -> dict[str, Any]:
    """A pixel is not computed."""
    return {}


def convolution_parts(stage: Stage, f: int, row: int, column: int) -> dict[str, Any]:
    """A window of each map, times the kernel of this filter for that map."""
    layer = stage.layer
    C, FH, FW = layer.W.shape[1:]
    top, left = row * layer.stride - layer.pad, column * layer.stride - layer.pad
    around = [(0, 0), (layer.pad, layer.pad), (layer.pad, layer.pad)]
    padded = np.pad(stage.x, around)
    window = padded[:, top + layer.pad :, left + layer.pad :][:, :FH, :FW]  # (C, FH, FW)
    products = window * layer.W[f]
    return {
        "top": top,  # of the window; below 0 where it begins in the padding
        "left": left,
        "windows": [
            {
                "map": c,
                "inputs": window[c].tolist(),
                "kernel": layer.W[f, c].tolist(),
                "products": products[c].tolist(),
                "sum": float(products[c].sum()),
            }
            for c in range(C)
        ],
        "sum": float(products.sum()),
        "bias": float(layer.b[f]),
    }


def relu_parts(stage: Stage, f: int, row: int, column: int) -> dict[str, Any]:
    """One number in, one out."""
    return {"input": float(stage.x[f, row, column])}


def pooling_parts(stage: Stage, f: int, row: int, column: int) -> dict[str, Any]:
    """The numbers of the window, and which is the largest: the first of several."""
    layer = stage.layer
    stride_h, stride_w = layer.strides()
    top, left = row * stride_h - layer.pad, column * stride_w - layer.pad
    rows = slice(max(top, 0), top + layer.pool_h)  # a padded border never wins
    columns = slice(max(left, 0), left + layer.pool_w)
    window = stage.x[f, rows, columns]
    largest = np.unravel_index(window.argmax(), window.shape)
    return {
        "top": rows.start,
        "left": columns.start,
        "map": f,
        "inputs": window.tolist(),
        "largest": [int(i) for i in largest],
    }


def affine_parts(stage: Stage, k: int, row: int, column: int) -> dict[str, Any]:
    """The inputs with the largest products, and the sum of all the others."""
    x, w = stage.x.ravel(), stage.layer.W[:, k]  # (F, H, W) -> (F*H*W,), as Flatten arranges them
    products = x * w
    order = np.argsort(-np.abs(products), kind="stable")
    shown, others = order[:TERMS], order[TERMS:]
    return {
        "terms": [
            {
                "unit": [int(i) for i in np.unravel_index(place, stage.x.shape)],
                "x": float(x[place]),
                "w": float(w[place]),
                "product": float(products[place]),
            }
            for place in shown
        ],
        "others": {"count": len(others), "sum": float(products[others].sum())},
        "sum": float(products.sum()),
        "bias": float(stage.layer.b[k]),
    }


def softmax_parts(stage: Stage, k: int, row: int, column: int) -> dict[str, Any]:
    """exp of every score, the largest subtracted first, and their sum: a division is left."""
    scores = stage.x.ravel()
    exps = np.exp(scores - scores.max())
    return {
        "scores": scores.tolist(),
        "largest": float(scores.max()),
        "exps": exps.tolist(),
        "sum": float(exps.sum()),
    }


PARTS = {
    "input": input_parts,
    "convolution": convolution_parts,
    "relu": relu_parts,
    "pooling": pooling_parts,
    "affine": affine_parts,
    "softmax": softmax_parts,
}
