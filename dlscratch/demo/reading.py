"""What a network makes of one image: probabilities, feature maps, and which pixels count.

The score of a class is a function of the 784 pixels. Backpropagation, which found the slope of the
loss for every weight, finds the slope of a score for every pixel just as well: run the layers in
reverse with a 1 for this class and 0 for the others (Simonyan et al., 2013). So it is seen why the
winner wins, and what would have to change for another class.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dlscratch.demo.packing import packed
from dlscratch.functions import softmax
from dlscratch.inspection.feature_maps import feature_maps


@dataclass(frozen=True)
class Reading:
    """probabilities: (classes,). maps: of each convolution (F, OH, OW). gradients: (classes, H, W).

    gradients[c] is d(score of class c) / d(pixel).
    """

    probabilities: np.ndarray
    maps: list[np.ndarray]
    gradients: np.ndarray

    @property
    def winner(self) -> int:
        """The class with the highest probability."""
        return int(self.probabilities.argmax())

    def as_words(self) -> dict[str, Any]:
        """As JSON can hold it; pictures as base64 of a byte for each pixel.

        gradients: 127 = the largest size in this one, either sign. maps: 255 = the largest number
        of the layer, 0 = none. A layer is {"shape": [F, H, W], "bytes": "..."}.
        """
        return {
            "digit": self.winner,
            "probabilities": [round(float(p), 6) for p in self.probabilities],
            "gradients": [
                packed(slope * (127 / (np.abs(slope).max() or 1)), np.int8)
                for slope in self.gradients
            ],
            "maps": [
                {
                    "shape": layer.shape,
                    "bytes": packed(layer * (255 / (layer.max() or 1)), np.uint8),
                }
                for layer in self.maps
            ],
        }


def read(net: Any, image: np.ndarray) -> Reading:
    """Both passes of a convolutional network for one image (H, W)."""
    x = image.astype(net.dtype)[None, None]  # (H, W) -> (1, 1, H, W)
    maps, _ = feature_maps(net, x)
    scores = net.predict(x)
    classes = scores.shape[1]
    net.forward(np.repeat(x, classes, axis=0))  # the image once for each class
    dout = np.eye(classes, dtype=net.dtype)  # L = the score of class c in copy c: dL/dscore
    dx = net.backward(dout)
    return Reading(softmax(scores)[0], [layer[0] for layer in maps], dx[:, 0])
