"""The four networks that are timed, and the digits that they are timed with."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from ch07.simple_convnet import SimpleConvNet
from ch08.deep_convnet import DeepConvNet
from dataset.mnist import load_mnist
from dlscratch import SGD, Adam, Dropout, MultiLayerNet, Network

BATCH = 100


@dataclass(frozen=True)
class Subject:
    """One network with its optimizer; image is the shape of one example."""

    key: str
    title: str
    image: tuple[int, ...]
    build: Callable[..., Network]
    optimizer: type

    def network(self, seed=0, drop=True, **size):
        """The library's network; drop=False silences Dropout, so that contenders can agree."""
        net = self.build(np.random.default_rng(seed), **size)
        for layer in net.layers:
            if isinstance(layer, Dropout) and not drop:
                layer.ratio = 0.0
        return net


def two_layers(rng):
    return MultiLayerNet(784, [50], 10, rng=rng)


def mlp(rng, width=100, depth=4):
    return MultiLayerNet(784, [width] * depth, 10, rng=rng)


def simple(rng, width=30):
    return SimpleConvNet(conv_param={"filter_num": width}, rng=rng)


def deep(rng):
    return DeepConvNet(rng=rng)


FLAT, IMAGE = (784,), (1, 28, 28)
SUBJECTS = {
    subject.key: subject
    for subject in [
        Subject("two-layer", "two-layer 784-50-10, SGD", FLAT, two_layers, SGD),
        Subject("mlp", "MLP 784-4x100-10, Adam", FLAT, mlp, Adam),
        Subject("simple", "SimpleConvNet (chapter 7), Adam", IMAGE, simple, Adam),
        Subject("deep", "DeepConvNet (chapter 8), Adam", IMAGE, deep, Adam),
    ]
}


def digits(image, size=BATCH, count=10, seed=0):
    """`count` batches (x, t) of MNIST's training images: x (size, *image) float32, t (size,)."""
    (x, t), _ = mnist()
    order = np.random.default_rng(seed).permutation(len(x))
    rows = [np.take(order, range(i * size, (i + 1) * size), mode="wrap") for i in range(count)]
    return [(x[part].reshape(size, *image), t[part]) for part in rows]


mnist = cache(load_mnist)  # read once
