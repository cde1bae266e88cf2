"""PyTorch on the CPU as a contender: the same layers, eager, its own default threads.

Imported only where it is installed, and where it is timed.
"""

from contextlib import contextmanager, nullcontext

import numpy as np
import torch
from torch import nn

from dlscratch import layers as ours

COPIES = {
    ours.Flatten: lambda a: nn.Flatten(),
    ours.Affine: lambda a: nn.Linear(*a.W.shape),
    ours.Convolution: lambda a: nn.Conv2d(a.W.shape[1], len(a.W), a.W.shape[2:], a.stride, a.pad),
    ours.Pooling: lambda a: nn.MaxPool2d((a.pool_h, a.pool_w), a.stride, a.pad),
    ours.BatchNorm: lambda a: nn.BatchNorm2d(len(a.gamma), a.eps, 1 - a.momentum),
    ours.Dropout: lambda a: nn.Dropout(a.ratio),
    ours.ReLU: lambda a: nn.ReLU(),
    ours.Sigmoid: lambda a: nn.Sigmoid(),
}
DEFAULTS = {"SGD": {"lr": 0.01}, "Adam": {"lr": 0.001, "eps": 1e-7}}  # the book's


def module(layers):
    """The library's layers with the same weights, as one module."""
    net = nn.Sequential(*[COPIES[type(layer)](layer) for layer in layers])
    arrays = [getattr(layer, name) for layer in layers for name in layer.param_names]
    for p, array in zip(net.parameters(), arrays, strict=True):
        p.data = tensor(turned(array))
    return net


def turned(array):
    """The W of an Affine layer (in, out) -> PyTorch's (out, in), and the way back."""
    return array.T if array.ndim == 2 else array


def tensor(array):
    return torch.from_numpy(np.array(array, order="C"))


class PyTorch:
    """Its gradients stay in its parameters; otherwise as `contenders.Library`."""

    name = "PyTorch"
    ready = scoring = nullcontext

    def __init__(self, subject, workers=None, **options):
        net = subject.network(**options)
        self.names, self.net = list(net.params), module(net.layers)
        kind = subject.optimizer.__name__
        self.optimizer = getattr(torch.optim, kind)(self.net.parameters(), **DEFAULTS[kind])

    def batches(self, batches):
        return [(tensor(x), tensor(t).long()) for x, t in batches]

    def gradients(self, grads):
        for name, p in zip(self.names, self.net.parameters(), strict=True):
            p.grad = tensor(turned(grads[name]))

    def scores(self, x):
        self.net.eval()
        with torch.inference_mode():
            return self.net(torch.from_numpy(x)).numpy()

    def backward(self, x, t):
        self.net.train()
        self.optimizer.zero_grad()
        nn.functional.cross_entropy(self.net(x), t).backward()

    def gradient(self, x, t):
        self.backward(*self.batches([(x, t)])[0])
        grads = [turned(p.grad.numpy()) for p in self.net.parameters()]
        return dict(zip(self.names, grads, strict=True))

    def update(self, grads=None):
        self.optimizer.step()

    def step(self, x, t):
        self.backward(x, t)
        self.update()

    def momentum(self):
        states = self.optimizer.state.values()
        return np.concatenate([state["exp_avg"].numpy().ravel() for state in states])


@contextmanager
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def passes(layers, x, dout):
    """A function that sends x forwards and dout backwards through the layers: y and dx."""
    net, x, dout = module(layers), tensor(x).requires_grad_(), tensor(dout)

    def call():
        net.zero_grad()
        x.grad = None
        y = net(x)
        y.backward(dout)
        return y.detach(), x.grad

    return call
