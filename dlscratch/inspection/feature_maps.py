"""What the convolutions of a network make of an image: their feature maps (section 7.6)."""

from typing import Any

import numpy as np

from dlscratch.layers import Convolution, ReLU, Sigmoid, Tanh


def feature_maps(net: Any, x: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Send a batch (N, C, H, W) through the layers of a network.

    Answers the maps of every convolution, (N, F, OH, OW) behind its activation, and the scores
    (N, classes). ValueError if the network has no convolution.
    """
    maps, out = [], x
    for before, layer in zip([None, *net.layers], net.layers):
        out = layer.forward(out)
        if isinstance(layer, Convolution):
            maps.append(out)
        elif isinstance(before, Convolution) and isinstance(layer, ReLU | Sigmoid | Tanh):
            maps[-1] = out
    if not maps:
        raise ValueError("the network has no convolution, so there are no maps to show")
    return maps, out
