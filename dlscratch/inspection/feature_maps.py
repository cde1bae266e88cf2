"""What the convolutions of a network compute from an image: their feature maps (section 7.6)."""

from typing import Any

import numpy as np

from dlscratch.inspection.trace import trace


def feature_maps(net: Any, x: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Send a batch (N, C, H, W) through the layers of a network.

    Returns the maps of every convolution, (N, F, OH, OW) behind its activation, and the scores
    (N, classes). ValueError if the network has no convolution.
    """
    maps = []
    every = trace(net, x)
    steps = [step for step in every if not step.layer.children()]
    for before, step in zip([None, *steps], steps):
        if step.layer.makes_maps:
            maps.append(step.y)
        elif before is not None and before.layer.makes_maps and step.layer.elementwise:
            maps[-1] = step.y
    if not maps:
        raise ValueError("the network has no convolution, so there are no maps to show")
    return maps, [step.y for step in every if step.depth == 0][-1]
