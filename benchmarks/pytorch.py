"""PyTorch on the CPU as three contenders: eager, with channels last and fused Adam, and compiled.

Imported only where it is installed, and where it is timed. It has a thread for each core.
"""

from contextlib import contextmanager, nullcontext

import torch
from torch import nn

from dlscratch import layers as ours
from dlscratch.workers import available_cores

torch.set_num_threads(available_cores())

COPIES = {
    ours.Flatten: lambda a: nn.Flatten(),
    ours.Affine: lambda a: nn.Linear(*a.W.shape),
    ours.Convolution: lambda a: nn.Conv2d(a.W.shape[1], len(a.W), a.W.shape[2:], a.stride, a.pad),
    ours.Pooling: lambda a: nn.MaxPool2d((a.pool_h, a.pool_w), a.stride, a.pad),
    ours.BatchNorm: lambda a: nn.BatchNorm2d(len(a.gamma), a.eps, 1 - a.momentum),
    ours.Dropout: lambda a: nn.Dropout(a.ratio),
    ours.ReLU: lambda a: nn.ReLU(),
}
DEFAULTS = {"SGD": {"lr": 0.01}, "Adam": {"lr": 0.001, "eps": 1e-7}}  # the book's


def turned(array):
    """The W of an Affine layer (in, out) -> PyTorch's (out, in), and the way back."""
    return array.T if array.ndim == 2 else array


class PyTorch:
    """Its gradients stay in its parameters; otherwise as `contenders.Library`."""

    name = "PyTorch"
    ready = nullcontext
    optimizer_options = {}

    def __init__(self, subject, workers=None, **options):
        net = subject.network(**options)
        self.names = list(net.params)
        self.net = nn.Sequential(*[COPIES[type(layer)](layer) for layer in net.layers])
        for p, array in zip(self.net.parameters(), net.params.values(), strict=True):
            p.data = self.array(turned(array))
        if self.names:
            kind = subject.optimizer.__name__
            options = DEFAULTS[kind] | self.optimizer_options
            self.optimizer = getattr(torch.optim, kind)(self.net.parameters(), **options)

    def array(self, a):
        return torch.from_numpy(a.copy())

    def batch(self, x, t):
        return self.array(x), self.array(t).long()

    def own(self, grads):
        return [self.array(turned(grads[name])) for name in self.names]

    def scores(self, x):
        self.net.eval()
        with torch.inference_mode():
            return self.net(torch.from_numpy(x)).numpy()

    def passes(self, x, dout):
        self.net.train()
        self.net.zero_grad()
        x.grad = None
        y = self.net(x.requires_grad_())
        y.backward(dout)
        return y.detach(), x.grad

    def loss(self, x, t):
        return nn.functional.cross_entropy(self.net(x), t)

    def backward(self, x, t):
        self.net.train()
        self.optimizer.zero_grad()
        self.loss(x, t).backward()

    def gradient(self, x, t):
        self.backward(x, t)
        grads = [turned(p.grad.numpy()) for p in self.net.parameters()]
        return dict(zip(self.names, grads, strict=True))

    def update(self, grads):
        for p, grad in zip(self.net.parameters(), grads):
            p.grad = grad
        self.optimizer.step()

    def step(self, x, t):
        self.backward(x, t)
        self.optimizer.step()

    @staticmethod
    @contextmanager
    def one_thread():
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(before)


class ChannelsLast(PyTorch):
    """Images and filters lie as (N, H, W, C) in memory; one fused kernel updates all weights."""

    name = "PyTorch, channels-last"
    optimizer_options = {"fused": True}

    def array(self, a):
        a = super().array(a)
        return a.contiguous(memory_format=torch.channels_last) if a.ndim == 4 else a


class Compiled(ChannelsLast):
    """The same compiled by torch.compile, for each shape of a batch anew."""

    name = "torch.compile"

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        torch.compiler.reset()  # it gives up after eight compilations, those of others counted in
        self.net = torch.compile(self.net, dynamic=False)
