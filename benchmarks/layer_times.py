"""The layers alone: forward and backward of each, a batch of 100, one thread for everybody.

Each contender gets its numbers in the memory order that it uses inside a network: the library
(N, H, W, C) behind NCHW views, the others NCHW, the book float64.
"""

import copy
from contextlib import contextmanager
from functools import partial

import numpy as np

from benchmarks import book_manner, pytorch
from benchmarks.contenders import verdict
from benchmarks.networks import BATCH
from benchmarks.timing import interleave
from dlscratch import Affine, BatchNorm, Convolution, Dropout, Pooling, ReLU, Sigmoid
from dlscratch.workers import one_blas_thread

MAPS = (16, 28, 28)
LAYERS = {  # name -> (the layer, made with an rng; the shape of one example)
    "Affine 784-100": (partial(Affine.init, 784, 100), (784,)),
    "Affine 4320-100": (partial(Affine.init, 4320, 100), (30, 12, 12)),
    "Convolution 1-30, 5x5, 28x28": (partial(Convolution.init, 1, 30, 5), (1, 28, 28)),
    "Convolution 16-16, 3x3, 28x28": (partial(Convolution.init, 16, 16, 3, pad=1), MAPS),
    "Convolution 32-32, 3x3, 14x14": (partial(Convolution.init, 32, 32, 3, pad=1), (32, 14, 14)),
    "Convolution 64-64, 3x3, 8x8": (partial(Convolution.init, 64, 64, 3, pad=1), (64, 8, 8)),
    "Pooling 2x2, 16x28x28": (lambda rng: Pooling(2, 2), MAPS),
    "ReLU 16x28x28": (lambda rng: ReLU(), MAPS),
    "Sigmoid 100": (lambda rng: Sigmoid(), (100,)),
    "Dropout 16x28x28": (lambda rng: Dropout(0.5, rng=rng), MAPS),
    "BatchNorm 16x28x28": (
        lambda rng: BatchNorm(np.ones(16, np.float32), np.zeros(16, np.float32)),
        MAPS,
    ),
}
QUICK = ("Affine 784-100", "Convolution 16-16, 3x3, 28x28", "Pooling 2x2, 16x28x28")


def layers(results, effort, options):
    """Milliseconds of forward + backward in training mode; values compared beforehand."""
    for name in QUICK if options.quick else LAYERS:
        build, shape = LAYERS[name]
        rng = np.random.default_rng(options.seed)
        layer, x = build(rng=rng), numbers(rng, shape)
        with one_blas_thread():
            dout = numbers(rng, layer.forward(x, training=True).shape[1:])
        results.checks += agreements(name, layer, x, dout)
        runners = {who: run(layer, x, dout) for who, run in contenders(layer).items()}
        results.add_blocks("layers", name, interleave(runners, effort))


def numbers(rng, shape):
    """(N, *shape) normal float32; images lie in memory with their channels last."""
    if len(shape) < 3:
        return rng.standard_normal((BATCH, *shape), dtype=np.float32)
    C, H, W = shape
    return rng.standard_normal((BATCH, H, W, C), dtype=np.float32).transpose(0, 3, 1, 2)


def contenders(layer):
    """Name -> a function of (layer, x, dout) that gives what `interleave` wants."""
    found = {"library": library}
    if book_manner.in_book_manner(layer) is not None:
        found["book"] = book
    if pytorch.installed():
        found["PyTorch"] = in_pytorch
    return found


def library(layer, x, dout):
    @contextmanager
    def begin():
        with one_blas_thread():
            yield lambda: (layer.forward(x, training=True), layer.backward(dout))

    return begin


def book(layer, x, dout):
    theirs = book_manner.in_book_manner(layer)
    x, dout = np.array(x, np.float64, order="C"), np.array(dout, np.float64, order="C")

    @contextmanager
    def begin():
        with one_blas_thread():
            yield lambda: (theirs.forward(x, training=True), theirs.backward(dout))

    return begin


def in_pytorch(layer, x, dout):
    import torch

    theirs = pytorch.in_pytorch(layer)
    x = torch.from_numpy(np.ascontiguousarray(x)).requires_grad_()
    dout = torch.from_numpy(np.ascontiguousarray(dout))

    def call():
        theirs.zero_grad()
        x.grad = None
        y = theirs(x)
        y.backward(dout)
        return y.detach(), x.grad

    @contextmanager
    def begin():
        with pytorch.one_thread():
            yield call

    return begin


def agreements(name, layer, x, dout):
    """Every contender's y and dx against the library's, Dropout silent."""
    layer = copy.deepcopy(layer)
    if isinstance(layer, Dropout):
        layer.ratio = 0.0
    runs = {who: run(layer, x, dout) for who, run in contenders(layer).items()}
    found = {}
    for who, begin in runs.items():
        with begin() as call:
            found[who] = dict(zip(("y", "dx"), map(np.asarray, call()), strict=True))
    wanted = found.pop("library")
    return [verdict(name, who, wanted, arrays) for who, arrays in found.items()]
