"""Feature maps: what the convolutions of a network compute from an image (section 7.6)."""

from typing import Any

import numpy as np

from dlscratch.inspection.trace import trace


def feature_maps(net: Any, x: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Run a copy of the network on a batch x (N, C, H, W).

    Returns the maps (N, F, OH, OW) of each convolution, after its activation if it has one, and the
    scores (N, classes). ValueError if the network has no convolution.

    >>> from dlscratch import Affine, Convolution, Flatten, Network, ReLU
    >>> layers = [Convolution.init(1, 2, 3), ReLU(), Flatten(), Affine.init(8, 10)]
    >>> maps, scores = feature_maps(Network(layers), np.ones((5, 1, 4, 4)))
    >>> [m.shape for m in maps], scores.shape
    ([(5, 2, 2, 2)], (5, 10))
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
