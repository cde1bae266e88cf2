"""Section 8.2.4: ResNet's block, and the nets of 6n + 2 layers that it was tried in.

Two convolutions of a plain net must make all of their output. In ResNet (He et al., 2015) a
shortcut leads around them, y = relu(f(x) + x): they only make what is to be added, and backward
the gradient takes the shortcut, too. Where the maps become smaller and more, the shortcut takes
every second pixel, and zeros for the new maps (option A of the paper): it has nothing to learn.
"""

import numpy as np

from dlscratch import (
    Add,
    Affine,
    BatchNorm,
    Convolution,
    GlobalAveragePooling,
    Layer,
    Network,
    ReLU,
    Sequential,
)
from dlscratch.layers.sliding_windows import channels_first, channels_last

WIDTHS = 8, 16, 32  # maps in the three stages; the paper has 16, 32, 64


class PaddedShortcut(Layer):
    """y = every stride-th pixel of x, with zeros for the maps that x has not.

    x: (N, C, H, W); y: (N, filters, ceil(H / stride), ceil(W / stride)), same dtype.

    >>> PaddedShortcut(filters=2, stride=2).forward(np.arange(9.0).reshape(1, 1, 3, 3))[0]
    array([[[0., 2.],
            [6., 8.]],
    <BLANKLINE>
           [[0., 0.],
            [0., 0.]]])
    """

    def __init__(self, filters, stride):
        self.filters, self.stride = filters, stride

    def forward(self, x, training=False):
        self.cache = (x.shape,)
        pixels = channels_last(x)[:, :: self.stride, :: self.stride]  # (N, OH, OW, C)
        missing = self.filters - x.shape[1]
        return channels_first(np.pad(pixels, ((0, 0), (0, 0), (0, 0), (0, missing))))

    def backward(self, dout):
        ((N, C, H, W),) = self.saved()
        dx = np.zeros((N, H, W, C), dout.dtype)
        # y is x at every stride-th pixel: dx = dy there, and 0 at the pixels that were left out
        dx[:, :: self.stride, :: self.stride] = channels_last(dout)[..., :C]
        return channels_first(dx)

    def options(self):
        return f"filters={self.filters}, stride={self.stride}"


def two_convolutions(channels, filters, stride=1, *, rng):
    """f(x) of a block: (N, channels, H, W) -> (N, filters, H / stride, W / stride), rounded up."""
    return Sequential(
        Convolution.init(channels, filters, 3, stride, pad=1, rng=rng),
        BatchNorm.init(filters),
        ReLU(),
        Convolution.init(filters, filters, 3, pad=1, rng=rng),
        BatchNorm.init(filters),
    )


def plain_block(channels, filters, stride=1, *, rng):
    """y = relu(f(x))."""
    return Sequential(two_convolutions(channels, filters, stride, rng=rng), ReLU())


def residual_block(channels, filters, stride=1, *, rng):
    """y = relu(f(x) + x), the shortcut padded where f changes the shape."""
    same = stride == 1 and filters == channels
    shortcut = Sequential() if same else PaddedShortcut(filters, stride)
    return Sequential(Add(two_convolutions(channels, filters, stride, rng=rng), shortcut), ReLU())


def deep_net(depth, block, rng, widths=WIDTHS, weight_decay=0.0):
    """A net of `depth` = 6n + 2 layers with weights: (N, 1, H, W) -> scores (N, 10).

    A convolution, three stages of n blocks each, an Affine layer. block: `plain_block` or
    `residual_block`; with the same rng, both give their convolutions the same first weights.
    """
    n, rest = divmod(depth - 2, 6)
    if n < 1 or rest:
        raise ValueError(f"depth must be 6n + 2, as 8, 14 or 20, got {depth}")
    channels = widths[0]
    layers = [Convolution.init(1, channels, 3, pad=1, rng=rng), BatchNorm.init(channels), ReLU()]
    for stage, filters in enumerate(widths):
        for i in range(n):
            layers.append(block(channels, filters, 2 if stage and i == 0 else 1, rng=rng))
            channels = filters
    layers += [GlobalAveragePooling(), Affine.init(channels, 10, "he", rng=rng)]
    return Network(layers, weight_decay=weight_decay)
