"""PyTorch on the CPU, where it is installed: the same networks, eager, its own default threads."""

from contextlib import contextmanager
from importlib.util import find_spec

import numpy as np

from dlscratch import layers as ours

MISSING = "PyTorch is not installed, so its columns stay empty (pip install torch)"


def installed():
    return find_spec("torch") is not None


@contextmanager
def one_thread():
    """PyTorch on one thread for a while, as BLAS is when a layer is timed alone."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def in_pytorch(layer):
    """The same layer with the same weights as a module of PyTorch; None if it has none."""
    from torch import nn

    if isinstance(layer, ours.Convolution):
        F, C, FH, FW = layer.W.shape
        return _filled(nn.Conv2d(C, F, (FH, FW), layer.stride, layer.pad), layer.W, layer.b)
    if isinstance(layer, ours.Affine):
        return nn.Sequential(nn.Flatten(), _filled(nn.Linear(*layer.W.shape), layer.W.T, layer.b))
    if isinstance(layer, ours.Pooling):
        return nn.MaxPool2d((layer.pool_h, layer.pool_w), layer.stride, layer.pad)
    if isinstance(layer, ours.AveragePooling):
        return nn.AvgPool2d((layer.pool_h, layer.pool_w), layer.stride, layer.pad)
    if isinstance(layer, ours.BatchNorm):
        norm = nn.BatchNorm2d(len(layer.gamma), layer.eps, 1 - layer.momentum)
        return _filled(norm, layer.gamma, layer.beta)
    if isinstance(layer, ours.Dropout):
        return nn.Dropout(layer.ratio)
    plain = {ours.ReLU: nn.ReLU, ours.Sigmoid: nn.Sigmoid, ours.Tanh: nn.Tanh}.get(type(layer))
    return plain() if plain else None


def _filled(module, weight, bias):
    import torch

    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(np.ascontiguousarray(weight)))
        module.bias.copy_(torch.from_numpy(np.ascontiguousarray(bias)))
    return module


class TorchNetwork:
    """A copy of one of the library's networks."""

    def __init__(self, net):
        from torch import nn

        self.model = nn.Sequential(*[in_pytorch(layer) for layer in net.layers])
        self.names = [(name, array.shape) for name, array in net.params.items()]

    def optimizer(self, kind):
        """PyTorch's own SGD or Adam with the book's defaults."""
        import torch

        params = self.model.parameters()
        if kind == "SGD":
            return torch.optim.SGD(params, lr=0.01)
        return torch.optim.Adam(params, lr=0.001, eps=1e-7)

    def predict(self, x):
        import torch

        self.model.eval()
        with torch.inference_mode():
            return self.model(torch.from_numpy(x)).numpy()

    def backward(self, x, t):
        """Gradients of the mean loss, into the parameters; x and t are tensors."""
        from torch.nn import functional

        functional.cross_entropy(self.model(x), t).backward()

    def gradient(self, x, t):
        """The same as arrays, under the library's names and in its shapes."""
        import torch

        self.model.train()
        self.model.zero_grad()
        self.backward(torch.from_numpy(x), torch.from_numpy(t.astype(np.int64)))
        found = [p.grad.numpy() for p in self.model.parameters()]
        return {
            name: grad.T if grad.ndim == 2 else grad.reshape(shape)
            for (name, shape), grad in zip(self.names, found, strict=True)
        }

    def set_gradients(self, grads):
        """The way back: the library's arrays into the parameters' `grad`."""
        import torch

        for (name, _), p in zip(self.names, self.model.parameters(), strict=True):
            grad = grads[name].T if grads[name].ndim == 2 else grads[name]
            p.grad = torch.from_numpy(np.array(grad, order="C")).reshape(p.shape)
