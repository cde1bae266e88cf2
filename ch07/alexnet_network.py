"""Section 7.7.2: the plan of AlexNet for images of 28 x 28 pixels, whole or with a part left out.

A large window first, small ones later; normalized across the channels where the maps are large;
pooled by windows of 3 x 3, two pixels apart, so that they overlap; and two wide Affine layers, with
half of what they see silenced in training.
"""

from ch07.lenet_layers import ScaledTanh
from dlscratch import (
    Affine,
    Convolution,
    Dropout,
    Flatten,
    LocalResponseNorm,
    Network,
    Pooling,
    ReLU,
)

WHOLE = "AlexNet"
KINDS = WHOLE, "tanh for ReLU", "no LRN", "no Dropout", "windows apart"


def alexnet(kind, rng):
    """(N, 1, 28, 28) -> scores (N, 10); kind: what is left out."""
    activation, std = (ScaledTanh, "xavier") if kind == "tanh for ReLU" else (ReLU, "he")
    window, last = (2, 3) if kind == "windows apart" else (3, 2)  # and the side of the last maps

    def convolution(channels, filters, size):  # pad keeps the size of the map
        layer = Convolution.init(channels, filters, size, pad=size // 2, std=std, rng=rng)
        return [layer, activation()]

    def norm():  # with the paper's numbers; there alpha is not divided by the size
        return [] if kind == "no LRN" else [LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)]

    def dropout():
        return [] if kind == "no Dropout" else [Dropout(0.5, rng=rng)]

    return Network(
        [
            *(*convolution(1, 16, 5), *norm(), Pooling(window, window, stride=2)),  # 28 -> 13 or 14
            *(*convolution(16, 32, 5), *norm(), Pooling(window, window, stride=2)),  # -> 6 or 7
            *convolution(32, 48, 3),
            *convolution(48, 48, 3),
            *(*convolution(48, 32, 3), Pooling(window, window, stride=2)),  # -> 2 or 3
            Flatten(),
            *(*dropout(), Affine.init(32 * last * last, 256, std, rng=rng), activation()),
            *(*dropout(), Affine.init(256, 256, std, rng=rng), activation()),
            Affine.init(256, 10, std, rng=rng),
        ]
    )
