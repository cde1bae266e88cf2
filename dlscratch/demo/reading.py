"""What a network makes of one image: probabilities, feature maps, and where it looked.

The score of the winning class is a function of the 784 pixels. Backpropagation, which found the
slope of the loss for every weight, finds the slope of that score for every pixel just as well: run
the layers in reverse with a 1 for the winner and 0 for the others (Simonyan et al., 2013).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dlscratch.functions import softmax
from dlscratch.inspection.feature_maps import feature_maps


@dataclass(frozen=True)
class Reading:
    """probabilities: (classes,). maps: of each convolution, (F, OH, OW). gradient: (H, W)."""

    probabilities: np.ndarray
    maps: list[np.ndarray]
    gradient: np.ndarray  # d(score of the winner) / d(pixel)

    @property
    def winner(self) -> int:
        """The class with the highest probability."""
        return int(self.probabilities.argmax())


def read(net: Any, image: np.ndarray) -> Reading:
    """Both passes of a convolutional network for one image (H, W)."""
    x = image.astype(net.dtype)[None, None]  # (H, W) -> (1, 1, H, W)
    maps, _ = feature_maps(net, x)
    scores = net.forward(x)
    dout = np.zeros_like(scores)
    dout[0, scores[0].argmax()] = 1  # L = the highest score: dL/dscore = 1 for it, 0 for the others
    dx = net.backward(dout)
    return Reading(softmax(scores)[0], [layer[0] for layer in maps], dx[0, 0])
