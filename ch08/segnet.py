"""Section 8.5.3: SegNet classifies every pixel; unpooling puts each maximum back in its place.

SegNet (Badrinarayanan, Kendall and Cipolla, 2015) is an encoder and its mirror image. Max pooling
throws away where in its window the maximum was. SegNet keeps that place, and on the way up each
number returns to it, so edges lie where they were: for one index in each window, where FCN keeps
whole maps and adds up their scores. Three pixels of four are 0 behind an unpooling; convolutions
without ReLU, as in the paper's small SegNet, fill them. The gradient has to pass through all of
these to reach the deep layers, so training from random weights takes long. So the encoder first
learns to classify, as in the paper: here squares of 8 x 8 pixels.
"""

import copy
from itertools import pairwise

from ch08.fcn import CLASSES, convolutions
from dlscratch import Convolution, MaxUnpooling, Network, Pooling, SoftmaxWithLoss
from dlscratch.initializers import generator

BLOCKS = ((24,), (48, 48), (64, 64), (64, 64))  # maps of each convolution, poolings between blocks


def encoder(rng=None, blocks=BLOCKS):
    """From images (N, 1, H, W) to scores of squares, (N, 11, H / 8, W / 8)."""
    rng = generator(rng)
    layers = convolutions((1, *blocks[0]), rng)
    for before, block in pairwise(blocks):
        layers += [Pooling(2, 2), *convolutions((before[-1], *block), rng)]
    scores = Convolution.init(blocks[-1][-1], CLASSES, 1, rng=rng)
    return Network([*layers, scores], SoftmaxWithLoss(axis=1))


def squares(masks, side=8):
    """The class of each square of side x side pixels: (N, H, W) -> (N, H / side, W / side).

    A digit, if any pixel belongs to one, of several the smallest; otherwise the background, 10.
    """
    N, H, W = masks.shape
    # (N, H, W) -> (N, H / side, side, W / side, side) -> (N, H / side, W / side)
    return masks.reshape(N, H // side, side, W // side, side).min(axis=(2, 4))


def segnet(encoder, loss, rng=None, blocks=BLOCKS):
    """From images (N, 1, H, W) to the scores of each pixel, (N, 11, H, W), H and W multiples of 8.

    The encoder's layers are copied, all but the last. Its last block has as many maps as the one
    before, for these return to the places that the pooling between the two has left.
    """
    down, rng = copy.deepcopy(encoder.layers[:-1]), generator(rng)
    poolings = [layer for layer in down if isinstance(layer, Pooling)]
    up = []
    for pooling, before, block in zip(poolings, ((), *blocks), blocks):
        back = (*block[::-1], *before[-1:])  # (48, 48) behind (24,): 48 -> 48 -> 24
        up = [MaxUnpooling(pooling), *convolutions(back, rng, relu=False), *up]
    scores = Convolution.init(blocks[0][0], CLASSES, 5, pad=2, rng=rng)
    return Network([*down, *up, scores], loss)
