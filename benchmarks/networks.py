"""The four networks that are timed, and what their speed should be (batch of 100, float32)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from ch07.simple_convnet import SimpleConvNet
from ch08.deep_convnet import DeepConvNet
from dlscratch import SGD, Adam, Affine, MultiLayerNet, Network, ReLU
from dlscratch.layers import Dropout

BATCH = 100


@dataclass(frozen=True)
class Subject:
    """One network with its optimizer, and its targets for gradient + update.

    faster: times faster than the book's manner, at least. of_pytorch: share of PyTorch's time, at
    most; towards: where to go on to. memory: MB in training above import, at most.
    """

    key: str
    title: str
    image: tuple[int, ...]  # the shape of one example
    build: Callable[[np.random.Generator], Network]
    optimizer: type
    faster: float
    of_pytorch: float
    towards: float
    memory: float | None = None
    inference: float | None = None  # share of PyTorch's time at batch 100, at most

    def network(self, seed=0, drop=True):
        """The library's network; drop=False silences Dropout, so that contenders can agree."""
        net = self.build(np.random.default_rng(seed))
        for layer in net.layers:
            if isinstance(layer, Dropout) and not drop:
                layer.ratio = 0
        return net


def two_layers(rng):
    return Network([Affine.init(784, 50, rng=rng), ReLU(), Affine.init(50, 10, rng=rng)])


def mlp(rng):
    return MultiLayerNet(784, [100] * 4, 10, rng=rng)


def simple(rng):
    return SimpleConvNet(rng=rng)


def deep(rng):
    return DeepConvNet(rng=rng)


FLAT, IMAGE = (784,), (1, 28, 28)
SUBJECTS = {
    subject.key: subject
    for subject in [
        Subject("two-layer", "two-layer 784-50-10, SGD", FLAT, two_layers, SGD, 2.5, 0.60, 0.45),
        Subject("mlp", "MLP 784-4x100-10, Adam", FLAT, mlp, Adam, 2.4, 0.70, 0.50),
        Subject("simple", "SimpleConvNet, Adam", IMAGE, simple, Adam, 9, 0.80, 0.60, 60, 0.5),
        Subject("deep", "DeepConvNet, Adam", IMAGE, deep, Adam, 12, 1.30, 1.00, 120, 1.0),
    ]
}


def resized(key, width=None, depth=None):
    """The subject with `width` units or filters a hidden layer, or `depth` hidden layers."""
    subject = SUBJECTS[key]
    if key == "mlp":
        sizes = [width or 100] * (depth or 4)
        return replace(subject, build=lambda rng: MultiLayerNet(784, sizes, 10, rng=rng))
    if key == "simple" and width:
        few = {"filter_num": width}
        return replace(subject, build=lambda rng: SimpleConvNet(conv_param=few, rng=rng))
    return subject


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
