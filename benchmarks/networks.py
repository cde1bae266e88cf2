"""The four networks that are timed, and what their speed should be (batch of 100, float32)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from ch07.simple_convnet import SimpleConvNet
from ch08.deep_convnet import DeepConvNet
from dlscratch import SGD, Adam, MultiLayerNet, Network

BATCH = 100


@dataclass(frozen=True)
class Subject:
    """One network with its optimizer, and its targets: at least, or at most, what is named.

    faster: how many times faster a step is than in the book's manner. of_pytorch, inference: share
    of PyTorch's time, for a step and for 100 scores. memory: MB in training above the imports.
    """

    key: str
    title: str
    image: tuple[int, ...]  # the shape of one example
    build: Callable[..., Network]
    optimizer: type
    faster: float
    of_pytorch: float
    inference: float | None = None
    memory: float | None = None

    def network(self, seed=0, drop=True, **size):
        """The library's network; drop=False silences Dropout, so that contenders can agree."""
        net = self.build(np.random.default_rng(seed), **size)
        return net if drop else silenced(net)


def silenced(net):
    """The network, or the list of layers, its Dropout dropping nothing."""
    for layer in getattr(net, "layers", net):
        if hasattr(layer, "ratio"):
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
        Subject("two-layer", "two-layer 784-50-10, SGD", FLAT, two_layers, SGD, 2.5, 0.60),
        Subject("mlp", "MLP 784-4x100-10, Adam", FLAT, mlp, Adam, 2.4, 0.70),
        Subject("simple", "SimpleConvNet (chapter 7), Adam", IMAGE, simple, Adam, 9, 0.80, 0.5, 60),
        Subject("deep", "DeepConvNet (chapter 8), Adam", IMAGE, deep, Adam, 12, 1.30, 1.0, 120),
    ]
}


def digits(image, batch=BATCH, count=10, seed=0):
    """`count` batches (x, t) of MNIST's training images: x (batch, *image) float32, t (batch,)."""
    x, t = training_images()
    order = np.random.default_rng(seed).permutation(len(x))
    rows = [np.take(order, range(i * batch, (i + 1) * batch), mode="wrap") for i in range(count)]
    return [(x[part].reshape(batch, *image), t[part]) for part in rows]


@cache
def training_images():
    """MNIST's 60,000, read once."""
    from dataset.mnist import load_mnist

    return load_mnist()[0]
