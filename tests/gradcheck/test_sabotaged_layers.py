"""Forty sabotaged layers: eight layers, the five usual mistakes of each, and what must be said.

The layers are written as a reader of the book writes them. Every mistake must be found, and all but
the few in `NOT_TOLD` must be called by their name, whatever the sizes and the random numbers are.
"""

import re

import numpy as np
import pytest

from dlscratch import check_gradients
from dlscratch.functions import softmax
from dlscratch.gradcheck.causes import CAUSES

# ---- Affine


class Affine:
    def __init__(self, rng):
        self.W, self.b = rng.standard_normal((5, 5)), rng.standard_normal(5)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class AffineWithoutTranspose(Affine):
    def backward(self, dout):
        super().backward(dout)
        return dout @ self.W


class AffineWeightsTransposed(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.dW = dout.T @ self.x
        return dx


class AffineBiasNotSummed(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.db = dout
        return dx


class AffineBiasSummedOverEverything(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.db = np.full(5, dout.sum())
        return dx


class AffineAveraged(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.dW = self.dW / len(dout)
        return dx


# ---- ReLU


class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class ReLUMaskedByDout(ReLU):
    def backward(self, dout):
        return dout * (dout > 0)


class ReLUWithoutDout(ReLU):
    def backward(self, dout):
        return self.mask.astype(float)


class ReLUWithoutMask(ReLU):
    def backward(self, dout):
        return dout


class ReLUMaskInverted(ReLU):
    def forward(self, x):
        self.mask = x <= 0
        return x * (x > 0)


class ReLUMaskOfTheFirstBatch(ReLU):
    mask = None

    def forward(self, x):
        if self.mask is None:
            self.mask = x > 0
        return x * (x > 0)


# ---- Sigmoid


class Sigmoid:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        return dout * self.y * (1 - self.y)


class SigmoidOfX(Sigmoid):
    def forward(self, x):
        self.x = x
        return super().forward(x)

    def backward(self, dout):
        return dout * self.x * (1 - self.x)


class SigmoidWithoutDout(Sigmoid):
    def backward(self, dout):
        return self.y * (1 - self.y)


class SigmoidHalf(Sigmoid):
    def backward(self, dout):
        return dout * self.y


class SigmoidSign(Sigmoid):
    def backward(self, dout):
        return dout * self.y * (self.y - 1)


class SigmoidIntoDout(Sigmoid):
    def backward(self, dout):
        dout *= self.y * (1 - self.y)
        return dout


# ---- SoftmaxWithLoss


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.y, self.t = softmax(x), np.eye(x.shape[1])[t]
        return -np.sum(self.t * np.log(self.y)) / len(x)

    def backward(self, dout=1):
        return dout * (self.y - self.t) / len(self.t)


class SoftmaxNotDivided(SoftmaxWithLoss):
    def backward(self, dout=1):
        return dout * (self.y - self.t)


class SoftmaxDividedTwice(SoftmaxWithLoss):
    def backward(self, dout=1):
        return super().backward(dout) / len(self.t)


class SoftmaxSign(SoftmaxWithLoss):
    def backward(self, dout=1):
        return dout * (self.t - self.y) / len(self.t)


class SoftmaxWithoutDout(SoftmaxWithLoss):
    def backward(self, dout=1):
        return (self.y - self.t) / len(self.t)


class SoftmaxWithoutTargets(SoftmaxWithLoss):
    def backward(self, dout=1):
        return dout * self.y / len(self.t)


# ---- Convolution, in plain loops


class Convolution:
    stride, pad = 1, 1

    def __init__(self, rng):
        self.W, self.b = rng.standard_normal((3, 2, 3, 3)), rng.standard_normal(3)

    def windows(self, x):
        """(i, j, a window) for each place of the filter."""
        size, stride = self.W.shape[2], self.stride
        for i in range((x.shape[2] - size) // stride + 1):
            for j in range((x.shape[3] - size) // stride + 1):
                here = slice(i * stride, i * stride + size), slice(j * stride, j * stride + size)
                yield i, j, (slice(None), slice(None), *here)

    def forward(self, x):
        p, s, size = self.pad, self.stride, self.W.shape[2]
        self.x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        OH, OW = ((side - size) // s + 1 for side in self.x.shape[2:])
        y = np.zeros((len(x), len(self.W), OH, OW))
        for i, j, window in self.windows(self.x):
            y[:, :, i, j] = np.tensordot(self.x[window], self.W, ((1, 2, 3), (1, 2, 3))) + self.b
        return y

    def backward(self, dout):
        self.dW, self.db = np.zeros_like(self.W), dout.sum(axis=(0, 2, 3))
        dx = np.zeros_like(self.x)
        for i, j, window in self.windows(self.x):
            self.dW += np.tensordot(dout[:, :, i, j], self.x[window], (0, 0))
            dx[window] += np.tensordot(dout[:, :, i, j], self.filters(), 1)
        return self.unpad(dx)

    def filters(self):
        return self.W

    def unpad(self, dx):
        return dx[:, :, self.pad : -self.pad, self.pad : -self.pad]


class ConvolutionNotTurned(Convolution):
    def filters(self):
        return self.W[:, :, ::-1, ::-1]


class ConvolutionPadded(Convolution):
    def unpad(self, dx):
        return dx


class ConvolutionOverwritten(Convolution):
    def backward(self, dout):
        super().backward(dout)
        dx = np.zeros_like(self.x)
        for i, j, window in self.windows(self.x):
            dx[window] = np.tensordot(dout[:, :, i, j], self.W, 1)
        return self.unpad(dx)


class ConvolutionBiasPerPlace(Convolution):
    def backward(self, dout):
        dx = super().backward(dout)
        self.db = dout.sum(axis=0)
        return dx


class ConvolutionLastImage(Convolution):
    """The gradient of the weights is that of the last image alone."""

    def backward(self, dout):
        dx = super().backward(dout)
        for n in range(len(dout)):
            self.dW = np.zeros_like(self.W)
            for i, j, window in self.windows(self.x):
                self.dW += np.tensordot(dout[n, :, i, j], self.x[window][n], 0)
        return dx


# ---- Pooling, overlapping windows of 3 x 3


class Pooling:
    size, stride = 3, 2

    def windows(self, x):
        size, stride = self.size, self.stride
        for i in range((x.shape[2] - size) // stride + 1):
            for j in range((x.shape[3] - size) // stride + 1):
                here = slice(i * stride, i * stride + size), slice(j * stride, j * stride + size)
                yield i, j, (slice(None), slice(None), *here)

    def forward(self, x):
        self.x = x
        OH, OW = ((side - self.size) // self.stride + 1 for side in x.shape[2:])
        self.y = np.zeros((*x.shape[:2], OH, OW))
        for i, j, window in self.windows(x):
            self.y[:, :, i, j] = x[window].max(axis=(2, 3))
        return self.y

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        for i, j, window in self.windows(dx):
            dx[window] += self.share(self.x[window], i, j) * dout[:, :, i, j, None, None]
        return dx

    def share(self, x, i, j):
        return x == self.y[:, :, i, j, None, None]


class PoolingToAll(Pooling):
    def share(self, x, i, j):
        return np.ones(x.shape)


class PoolingAveraged(Pooling):
    def share(self, x, i, j):
        return np.full(x.shape, 1 / self.size**2)


class PoolingToTheFirst(Pooling):
    """The gradient goes to the upper left corner of each window."""

    def share(self, x, i, j):
        first = np.zeros(x.shape)
        first[:, :, 0, 0] = 1
        return first


class PoolingWithoutDout(Pooling):
    def backward(self, dout):
        return super().backward(np.ones_like(dout))


class PoolingOverwritten(Pooling):
    def backward(self, dout):
        dx = np.zeros_like(self.x)
        for i, j, window in self.windows(dx):
            largest = self.share(self.x[window], i, j)
            dx[window] = np.where(largest, dout[:, :, i, j, None, None], dx[window])
        return dx


# ---- BatchNorm


class BatchNorm:
    def __init__(self, rng):
        self.gamma, self.beta = rng.standard_normal(4), rng.standard_normal(4)

    def forward(self, x):
        self.x = x
        self.std = np.sqrt(x.var(axis=0) + 1e-6)
        self.xhat = (x - x.mean(axis=0)) / self.std
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        self.dgamma, self.dbeta = (dout * self.xhat).sum(axis=0), dout.sum(axis=0)
        d = dout * self.gamma
        return (d - d.mean(axis=0) - self.xhat * (d * self.xhat).mean(axis=0)) / self.std


class BatchNormConstants(BatchNorm):
    def backward(self, dout):
        super().backward(dout)
        return dout * self.gamma / self.std


class BatchNormWithoutMean(BatchNorm):
    def backward(self, dout):
        super().backward(dout)
        d = dout * self.gamma
        return (d - self.xhat * (d * self.xhat).mean(axis=0)) / self.std


class BatchNormWithoutVariance(BatchNorm):
    def backward(self, dout):
        super().backward(dout)
        d = dout * self.gamma
        return (d - d.mean(axis=0)) / self.std


class BatchNormOfX(BatchNorm):
    def backward(self, dout):
        dx = super().backward(dout)
        self.dgamma = (dout * self.x).sum(axis=0)
        return dx


class BatchNormWithoutGamma(BatchNorm):
    def backward(self, dout):
        super().backward(dout)
        d = dout
        return (d - d.mean(axis=0) - self.xhat * (d * self.xhat).mean(axis=0)) / self.std


# ---- Dropout


class Dropout:
    def __init__(self, rng):
        self.rng = np.random.default_rng(int(rng.integers(1000)))

    def forward(self, x):
        self.mask = (self.rng.random(x.shape) > 0.4) / 0.6
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class DropoutUnseeded(Dropout):
    def forward(self, x):
        self.mask = (np.random.default_rng().random(x.shape) > 0.4) / 0.6
        return x * self.mask


class DropoutNewMask(Dropout):
    def backward(self, dout):
        return dout * (self.rng.random(dout.shape) > 0.4) / 0.6


class DropoutWithoutMask(Dropout):
    def backward(self, dout):
        return dout


class DropoutNotScaled(Dropout):
    def backward(self, dout):
        return dout * (self.mask > 0)


class DropoutInverted(Dropout):
    def backward(self, dout):
        return dout * (self.mask == 0)


SABOTAGED = {  # layer -> what must be told, a key of CAUSES
    AffineWithoutTranspose: "needs transpose",
    AffineWeightsTransposed: "transposed",
    AffineBiasNotSummed: "missing sum",
    AffineBiasSummedOverEverything: "equal",
    AffineAveraged: "N",
    ReLUMaskedByDout: "not linear",
    ReLUWithoutDout: "no dout",
    ReLUWithoutMask: "passed on",
    ReLUMaskInverted: "inverted",
    ReLUMaskOfTheFirstBatch: "stale",
    SigmoidOfX: "x for y",
    SigmoidWithoutDout: "no dout",
    SigmoidHalf: "missing factor",
    SigmoidSign: "sign",
    SigmoidIntoDout: "writes",
    SoftmaxNotDivided: "N",
    SoftmaxDividedTwice: "N",
    SoftmaxSign: "sign",
    SoftmaxWithoutDout: "no dout",
    SoftmaxWithoutTargets: "no targets",
    ConvolutionNotTurned: "needs rotation",
    ConvolutionPadded: "padding",
    ConvolutionOverwritten: "lost",
    ConvolutionBiasPerPlace: "missing sums",
    ConvolutionLastImage: "lost",
    PoolingToAll: "no mask",
    PoolingAveraged: "no mask",
    PoolingToTheFirst: "no mask",
    PoolingWithoutDout: "no dout",
    PoolingOverwritten: "lost",
    BatchNormConstants: "constants",
    BatchNormWithoutMean: "mean",
    BatchNormWithoutVariance: "variance",
    BatchNormOfX: "x for x-hat",
    BatchNormWithoutGamma: "missing factor",
    DropoutUnseeded: "unseeded",
    DropoutNewMask: "random backward",
    DropoutWithoutMask: "passed on",
    DropoutNotScaled: "factor",
    DropoutInverted: "inverted",
}
NOT_TOLD = set()  # found to be wrong, but not called by their name
FEWEST_TOLD = 36

SHAPES = {  # name of the sound layer -> shapes of an input
    "Affine": [(4, 5), (7, 5), (12, 5)],
    "ReLU": [(4, 5), (7, 3), (3, 2, 6)],
    "Sigmoid": [(4, 5), (7, 3), (2, 3, 6)],
    "SoftmaxWithLoss": [(4, 5), (7, 3), (9, 10)],
    "Convolution": [(4, 2, 4, 4), (3, 2, 5, 3), (2, 2, 3, 6)],
    "Pooling": [(4, 2, 7, 7), (3, 3, 9, 5), (3, 1, 7, 9)],
    "BatchNorm": [(5, 4), (8, 4), (20, 4)],
    "Dropout": [(5, 6), (8, 4), (4, 3, 6)],
}


def case(kind, shape, seed):
    """A layer of this class, and the arguments of its forward pass."""
    rng = np.random.default_rng(seed)
    layer = (
        kind(rng) if "__init__" in dir(kind) and kind.__init__ is not object.__init__ else kind()
    )
    x = rng.standard_normal(shape)
    labels = rng.integers(shape[-1], size=shape[0])
    labels[:2] = 0, 1  # not all alike, or no other targets could be told from them
    return layer, (x, labels) if isinstance(layer, SoftmaxWithLoss) else (x,)


def says(hint, cause):
    """Whether the hint is what is said of this cause, whatever its names and numbers are."""
    words = [re.escape(part) for part in re.split(r"\{.*?\}", CAUSES[cause])]
    return re.search("Likely cause: " + ".+".join(words) + "$", hint) is not None


def name_of(kind):
    return kind.__name__


def sound(kind):
    """The class without the mistake."""
    return kind.__bases__[0]


each_kind = pytest.mark.parametrize("kind", SABOTAGED, ids=name_of)


def test_there_are_five_mistakes_of_each_of_eight_layers():
    names = [sound(kind).__name__ for kind in SABOTAGED]
    assert {name: names.count(name) for name in names} == dict.fromkeys(SHAPES, 5)
    assert len(SABOTAGED) - len(NOT_TOLD) >= FEWEST_TOLD


@each_kind
@pytest.mark.parametrize("which", range(3))
def test_every_mistake_is_found_and_called_by_its_name(kind, which):
    layer, arguments = case(kind, SHAPES[sound(kind).__name__][which], seed=10 + which)
    verdict = check_gradients(layer, *arguments)
    assert not verdict
    assert says(verdict.hint, SABOTAGED[kind]) == (kind not in NOT_TOLD), verdict


@pytest.mark.parametrize("kind", dict.fromkeys(map(sound, SABOTAGED)), ids=name_of)
def test_the_layers_without_a_mistake_are_right(kind):
    for which, shape in enumerate(SHAPES[kind.__name__]):
        layer, arguments = case(kind, shape, seed=10 + which)
        verdict = check_gradients(layer, *arguments)
        assert verdict, verdict
