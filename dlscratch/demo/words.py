"""What a network makes of a drawing, as JSON can hold it."""

from typing import Any

import numpy as np

from dlscratch.demo.packing import packed
from dlscratch.demo.reading import Reading


def as_words(image: np.ndarray, reading: Reading) -> dict[str, Any]:
    """A reading as JSON can hold it; pictures as base64 of a byte for each pixel.

    image: 255 = ink. gradient: 127 = the largest size in it, either sign. maps: 255 = the largest
    number of the layer, 0 = none. A layer is {"shape": [F, H, W], "bytes": "..."}.
    """
    slope = np.abs(reading.gradient).max()
    return {
        "digit": reading.winner,
        "probabilities": [round(float(p), 6) for p in reading.probabilities],
        "image": packed(image * 255, np.uint8),
        "gradient": packed(reading.gradient * (127 / (slope or 1)), np.int8),
        "maps": [
            {"shape": layer.shape, "bytes": packed(layer * (255 / (layer.max() or 1)), np.uint8)}
            for layer in reading.maps
        ],
    }
