"""Mistakes in layers that the checker's causes were not written for: what is said of them.

All are found. Some have a name, some are called `Derive dx again`, which is no shame; none may be
called by the name of another mistake, but for those in `MISLED`.
"""

import re

import numpy as np
import pytest

from dlscratch import (
    LSTM,
    RNN,
    Add,
    Affine,
    AveragePooling,
    BatchNorm,
    Concat,
    Convolution,
    Embedding,
    GlobalAveragePooling,
    Sequential,
    Sigmoid,
    Tanh,
    check_gradients,
)
from dlscratch.functions import sigmoid, softmax
from dlscratch.gradcheck.causes import CAUSES

RNG = np.random.default_rng(5)
X = RNG.standard_normal((5, 4))
IMAGES = RNG.standard_normal((3, 2, 5, 5))
SEQUENCES = RNG.standard_normal((4, 6, 3))
WORDS = np.array([[0, 1], [2, 0]])


class TanhOfX:
    def forward(self, x):
        self.x = x
        return np.tanh(x)

    def backward(self, dout):
        return dout * (1 - self.x**2)


class SoftmaxElementwise:
    def forward(self, x):
        self.y = softmax(x)
        return self.y

    def backward(self, dout):
        return dout * self.y * (1 - self.y)


class LayerNormOfConstants:
    def __init__(self):
        self.g = np.array([1.0, 2.0, 3.0, 0.5])

    def forward(self, x):
        self.std = x.std(axis=1, keepdims=True)
        self.xhat = (x - x.mean(axis=1, keepdims=True)) / self.std
        return self.g * self.xhat

    def backward(self, dout):
        self.dg = (dout * self.xhat).sum(axis=0)
        return dout * self.g / self.std


class SwishFirstHalf:
    def forward(self, x):
        self.x, self.s = x, sigmoid(x)
        return x * self.s

    def backward(self, dout):
        return dout * self.s


class SwishSecondHalf(SwishFirstHalf):
    def backward(self, dout):
        return dout * self.x * self.s * (1 - self.s)


class SumForAverage(GlobalAveragePooling):
    def backward(self, dout):
        return super().backward(dout) * 25


class MeanSquares:
    def forward(self, x, t):
        self.e = x - t
        return (self.e**2).mean()

    def backward(self, dout=1):
        return dout * self.e * 2 / len(self.e)  # the mean is over all numbers, not over the rows


class HalfSquares(MeanSquares):
    def backward(self, dout=1):
        return dout * self.e / self.e.size


class LastStepAlone(RNN):
    def backward(self, dout):
        last = np.zeros_like(dout)
        last[:, -1] = dout[:, -1]
        return super().backward(last)


class PReLU:
    def __init__(self):
        self.a = np.array([0.25])

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.a * x)

    def backward(self, dout):
        self.da = np.sum(dout * np.minimum(self.x, 0)).reshape(1)
        return np.where(self.x > 0, dout, self.a * dout)


class PReLUOtherSide(PReLU):
    def backward(self, dout):
        dx = super().backward(dout)
        self.da = np.sum(dout * np.maximum(self.x, 0)).reshape(1)
        return dx


class PReLUEverywhere(PReLU):
    def backward(self, dout):
        return super().backward(dout) * 0 + self.a * dout


class OneBranch(Add):
    def split(self, dout):
        return [dout, 0 * dout]


class BranchesExchanged(Concat):
    def split(self, dout):
        return super().split(dout)[::-1]


class ChannelsExchanged(Convolution):
    def backward(self, dout):
        dx = super().backward(dout)
        self.dW = self.dW.swapaxes(0, 1)
        return dx


class SumForMean(AveragePooling):
    def backward(self, dout):
        return super().backward(dout) * 4


class ImagesOfConstants(BatchNorm):
    def backward(self, dout):
        super().backward(dout)
        _, scale, _ = self.saved()
        return dout * (self.gamma * scale)[:, None, None]


class OneEntry(Affine):
    def backward(self, dout):
        dx = super().backward(dout).copy()
        dx[0, 0] *= 1.01
        return dx


class DecayInside(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.dW = self.dW + 0.01 * self.W
        return dx


class FirstRowAlone(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.db = dout[0]
        return dx


class EmbeddingAveraged(Embedding):
    def backward(self, dout):
        dx = super().backward(dout)
        self.dW = self.dW / len(dout)
        return dx


class Noise:
    def forward(self, x):
        return x + np.random.default_rng().standard_normal(x.shape)

    def backward(self, dout):
        return dout


class XTwice:
    def forward(self, x):
        self.x = x
        return x**2

    def backward(self, dout):
        return dout * 2 * self.x**2


class RunningSum:
    def forward(self, x):
        return np.cumsum(x, axis=1)

    def backward(self, dout):
        return np.cumsum(dout, axis=1)  # it should run backwards


class GateForgotten(LSTM):
    def backward(self, dout):
        dx = super().backward(dout)
        self.dWh = self.dWh.copy()
        self.dWh[:, :5] = 0
        return dx


CASES = [  # layer, its arguments, the cause that is told, None for none
    (TanhOfX(), (X,), "x for y"),
    (SoftmaxElementwise(), (X,), None),
    (LayerNormOfConstants(), (X,), "constants"),
    (SwishFirstHalf(), (X,), None),
    (SwishSecondHalf(), (X,), None),
    (SumForAverage(), (IMAGES,), "factor"),
    (MeanSquares(), (X, X[::-1]), "factor"),
    (HalfSquares(), (X, X[::-1]), "factor"),
    (LastStepAlone.init(3, 5, rng=0), (SEQUENCES,), "lost"),
    (PReLUOtherSide(), (X,), None),
    (PReLUEverywhere(), (X,), None),
    (OneBranch(Sequential(Tanh()), Sequential()), (X,), None),
    (BranchesExchanged(Tanh(), Sigmoid()), (X,), None),
    (ChannelsExchanged.init(2, 2, 3, rng=0), (IMAGES,), "swapped axes"),
    (SumForMean(2, 2), (IMAGES,), "factor"),
    (ImagesOfConstants(np.array([1.0, 2.0]), np.zeros(2)), (IMAGES,), "constants"),
    (OneEntry.init(4, 3, rng=0), (X,), None),
    (DecayInside.init(4, 3, rng=0), (X,), "added"),
    (FirstRowAlone.init(4, 3, rng=0), (X,), "lost"),
    (EmbeddingAveraged.init(4, 3, rng=0), (WORDS,), "N"),
    (Noise(), (X,), "unseeded"),
    (XTwice(), (X,), "extra factor"),
    (RunningSum(), (X,), None),
    (GateForgotten.init(3, 5, rng=0), (SEQUENCES,), None),
]
MISLED = {LastStepAlone}  # it forgets steps, and is told that they must be added up


@pytest.mark.parametrize("layer, arguments, cause", CASES, ids=lambda part: type(part).__name__)
def test_a_mistake_is_found_and_called_by_no_wrong_name(layer, arguments, cause):
    verdict = check_gradients(layer, *arguments)
    assert not verdict
    if cause is None:
        assert verdict.hint.startswith("Derive d"), verdict
    else:
        words = ".+".join(re.escape(part) for part in re.split(r"\{.*?\}", CAUSES[cause]))
        assert re.search(words, verdict.hint), verdict


def test_of_these_more_than_half_are_named():
    named = [cause for layer, _, cause in CASES if cause and type(layer) not in MISLED]
    assert len(named) > len(CASES) / 2
