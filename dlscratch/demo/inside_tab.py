"""What the tab "Look inside" asks for: all layers of an image, or one number of one of them.

An image travels as it was drawn from MNIST: 28 x 28 bytes, 255 = ink, in base64. Each question
brings it along, so that the server need not remember who looks at what.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlscratch.demo.inside import Stage, explain, stages
from dlscratch.demo.packing import packed
from dlscratch.layers import Affine, Convolution, Pooling

SIDE = 28


def layers(net: Any, asked: Any) -> list[dict[str, Any]]:
    """Every stage of {"image": ..}: its maps as bytes, 127 = the largest size in it, either sign.

    ValueError or TypeError for what is no image.
    """
    return [_words(stage) for stage in stages(net, image_of(asked))]


def unit(net: Any, asked: Any) -> dict[str, Any]:
    """One number of {"image": .., "layer": number, "unit": [map, row, column]}, taken apart.

    ValueError or TypeError for what is no image and no number of this network.
    """
    image = image_of(asked)
    number, place = asked.get("layer"), asked.get("unit")
    if not (isinstance(place, list) and len(place) == 3 and all(map(_is_whole, [number, *place]))):
        raise TypeError("expected a layer, and [map, row, column] as its unit, in whole numbers")
    try:
        return explain(stages(net, image), number, tuple(place))
    except IndexError as error:
        raise ValueError(str(error)) from None


def image_of(asked: Any) -> np.ndarray:
    """The image (28, 28), float32 with 1 = ink, of what a page has sent."""
    text = asked.get("image") if isinstance(asked, Mapping) else None
    if not isinstance(text, str):
        raise TypeError("expected one JSON object with an image, as base64")
    found = base64.b64decode(text, validate=True)
    if len(found) != SIDE * SIDE:
        raise ValueError(f"expected {SIDE} x {SIDE} bytes, one a pixel, got {len(found)}")
    return np.frombuffer(found, np.uint8).reshape(SIDE, SIDE).astype(np.float32) / 255


QUESTIONS: dict[str, Callable[[Any, Any], Any]] = {"layers": layers, "unit": unit}


def _words(stage: Stage) -> dict[str, Any]:
    """A stage as JSON can hold it."""
    size = float(np.abs(stage.y).max())
    strongest = np.unravel_index(stage.y.argmax(), stage.y.shape)
    return {
        "title": stage.title,
        "kind": stage.kind,
        "note": _note(stage),
        "shape": stage.y.shape,
        "size": size,
        "bytes": packed(stage.y * (127 / (size or 1)), np.int8),
        "strongest": [int(i) for i in strongest],
        "numbers": stage.y.ravel().tolist() if stage.y.size <= 10 else [],
    }


def _note(stage: Stage) -> str:
    """What a layer does, in its own sizes."""
    layer, F = stage.layer, len(stage.y)
    if isinstance(layer, Convolution):
        _, C, FH, FW = layer.W.shape
        pad = f", a border of {layer.pad} zeros" if layer.pad else ""
        return f"{F} filters, {C} × {FH} × {FW} each{pad}"
    if isinstance(layer, Pooling):
        return f"the largest of every {layer.pool_h} × {layer.pool_w} numbers"
    if isinstance(layer, Affine):
        return f"{F} units, each sees all {len(layer.W):,} numbers"
    return {
        "relu": "what is below 0 becomes 0",
        "softmax": "ten scores become ten probabilities",
        "input": "1 is ink, 0 is paper",
    }[stage.kind]


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
