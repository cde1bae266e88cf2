"""Section 8.2: the blocks of VGG, GoogLeNet and ResNet, in one net that takes any of them.

VGG repeats convolutions of 3 x 3 and nothing else. GoogLeNet's inception looks through windows of
several sizes at once and joins what they find; convolutions of 1 x 1 before them thin the maps, so
that the large windows cost little. ResNet adds a shortcut to VGG's block (ch08/resnet.py). What a
block costs is counted by its layers, and each kind has the width at which all nets cost alike.
"""

import numpy as np

from ch08.resnet import plain_block, residual_block
from dlscratch import (
    Affine,
    BatchNorm,
    Concat,
    Convolution,
    GlobalAveragePooling,
    Network,
    Pooling,
    ReLU,
    Sequential,
)


def convolution(channels, filters, size, *, rng):
    """Convolution, BatchNorm, ReLU; the maps keep their size."""
    return Sequential(
        Convolution.init(channels, filters, size, pad=size // 2, rng=rng),
        BatchNorm.init(filters),
        ReLU(),
    )


def wide_block(channels, filters, *, rng):
    """One convolution of 5 x 5, which sees what two of 3 x 3 see (section 8.1.3)."""
    return convolution(channels, filters, 5, rng=rng)


def inception_block(channels, filters, *, rng):
    """Windows of 1, 3, 5 and a pooling side by side: a quarter, half, and an eighth each."""
    half, quarter, eighth = filters // 2, filters // 4, filters // 8
    thin = 3 * filters // 8, filters // 8  # maps before the window of 3 x 3, and of 5 x 5
    return Concat(
        convolution(channels, quarter, 1, rng=rng),
        Sequential(
            convolution(channels, thin[0], 1, rng=rng), convolution(thin[0], half, 3, rng=rng)
        ),
        Sequential(
            convolution(channels, thin[1], 1, rng=rng), convolution(thin[1], eighth, 5, rng=rng)
        ),
        Sequential(Pooling(3, 3, stride=1, pad=1), convolution(channels, eighth, 1, rng=rng)),
    )


KINDS = {  # block, and the maps of its two stages
    "VGG": (plain_block, (16, 32)),
    "inception": (inception_block, (40, 80)),
    "residual": (residual_block, (16, 32)),
    "5 x 5, as wide": (wide_block, (16, 32)),
    "5 x 5, as costly": (wide_block, (14, 27)),
}


def block_net(kind, rng, blocks=2):
    """(N, 1, 14, 14) -> scores (N, 10): two stages of so many blocks, a pooling between them."""
    block, (first, second) = KINDS[kind]
    layers, channels = [convolution(1, 16, 3, rng=rng)], 16
    for filters in (first, second):
        for _ in range(blocks):
            layers.append(block(channels, filters, rng=rng))
            channels = filters
        layers.append(Pooling(2, 2))
    layers[-1] = GlobalAveragePooling()
    return Network([*layers, Affine.init(channels, 10, "he", rng=rng)], weight_decay=1e-4)


def cost(kind):
    """(multiply-adds of one image, parameters) of the net."""
    net = block_net(kind, np.random.default_rng(0))
    table = net.summary((1, 14, 14))
    return table.multiply_adds, table.parameters
