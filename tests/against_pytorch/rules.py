"""Losses, optimizers, schedules and clipping, and the gradients of whole networks.

As in layers.py: each function makes one random case, and DEFINITION says what is converted.
"""

import math

import numpy as np
import torch
from torch.nn import functional as F

from dlscratch import (
    SGD,
    AdaGrad,
    Adam,
    CosineDecay,
    Momentum,
    MultiLayerNet,
    Nesterov,
    RMSprop,
    StepDecay,
    Warmup,
)
from dlscratch import layers as ours
from dlscratch.optimizers import EPS
from tests.against_pytorch.layers import sizes, tensor
from tests.against_pytorch.numbers import numbers, rounded

# ---- losses


def loss(layer, x, t, reference, rng):
    """The loss and its dx, for an upstream gradient that is not 1; reference(x, t) -> loss."""
    tx, upstream = tensor(x, True), float(rng.uniform(0.1, 3))
    expected = reference(tx, tensor(t))
    value, dx = layer.forward(x, t), layer.backward(upstream)
    expected.backward(torch.tensor(upstream, dtype=expected.dtype))
    return {"loss": (value, expected.detach().double().numpy()), "dx": (dx, tx.grad.numpy())}


def labels(rng, dtype):
    x, t, classes, axis = scores_and_labels(rng, dtype)
    return loss(ours.SoftmaxWithLoss(axis=axis), x, t, cross_entropy(axis), rng)


def weighted_labels(rng, dtype):
    """Weights of the classes, a label that is ignored, or both."""
    x, t, classes, axis = scores_and_labels(rng, dtype)
    kind = rng.integers(3)
    weights = None if kind == 0 else rounded(rng.uniform(0.1, 3, classes), float)
    ignore = None if kind == 1 else int(rng.choice([-1, 0, -100]))
    if ignore is not None:
        t = np.where(rng.random(t.shape) < 0.3, ignore, t)
    layer = ours.SoftmaxWithLoss(weights, ignore, axis)
    if ignore is not None and (t == ignore).all():
        # DEFINITION: where nothing counts, PyTorch's loss is nan (0 / 0), ours 0, and so is dx
        value, dx = layer.forward(x, t), layer.backward()
        return {"loss": (value, np.zeros(())), "dx": (dx, np.zeros_like(x))}
    weight = None if weights is None else tensor(weights.astype(dtype))
    reference = cross_entropy(axis, weight=weight, ignore_index=-9 if ignore is None else ignore)
    return loss(layer, x, t, reference, rng)


def probabilities(rng, dtype):
    """Targets that are shares of the classes, with weights or without."""
    x, _, classes, axis = scores_and_labels(rng, dtype)
    t = rng.random(x.shape)
    t = rounded(t / t.sum(axis=axis, keepdims=True), dtype)
    if rng.random() < 0.5:
        return loss(ours.SoftmaxWithLoss(axis=axis), x, t, cross_entropy(axis), rng)
    weights = rounded(rng.uniform(0.1, 3, classes), float)

    def reference(x, t):
        x, t = (x.movedim(axis, 1), t.movedim(axis, 1))
        total = F.cross_entropy(x, t, weight=tensor(weights.astype(dtype)), reduction="sum")
        # DEFINITION: PyTorch divides by the number of rows, ours by the sum of their weights, as
        # both do with labels
        shares = t.movedim(1, -1).reshape(-1, classes).sum(dim=0).double()
        return total / float(shares @ tensor(weights))

    return loss(ours.SoftmaxWithLoss(weights, axis=axis), x, t, reference, rng)


def cross_entropy(axis, **options):
    def reference(x, t):
        if t.is_floating_point():
            t = t.movedim(axis, 1)
        return F.cross_entropy(x.movedim(axis, 1), t, **options)

    return reference


def scores_and_labels(rng, dtype):
    """Rows, sequences or images of scores, with their labels and the axis of the classes."""
    N, classes, *rest = sizes(rng, int(rng.integers(2, 5)), 1, 7)
    axis = 1 if rest and rng.random() < 0.5 else -1
    shape = (N, classes, *rest) if axis == 1 else (N, *rest, classes)
    return numbers(rng, *shape, dtype=dtype), rng.integers(classes, size=(N, *rest)), classes, axis


def identity(rng, dtype):
    x, t = outputs_and_targets(rng, dtype)
    # DEFINITION: the book's half a sum of squares, the mean over the examples
    reference = lambda x, t: F.mse_loss(x, t, reduction="sum") / (2 * len(x))  # noqa: E731
    return loss(ours.IdentityWithLoss(), x, t, reference, rng)


def huber(rng, dtype):
    x, t = outputs_and_targets(rng, dtype)
    delta = float(rng.uniform(0.1, 3))
    # DEFINITION: here as with sigmoid, a sum over the outputs and a mean over the examples
    reference = lambda x, t: F.huber_loss(x, t, reduction="sum", delta=delta) / len(x)  # noqa: E731
    return loss(ours.HuberWithLoss(delta), x, t, reference, rng)


def sigmoid_with_loss(rng, dtype):
    x, _ = outputs_and_targets(rng, dtype)
    t = rng.integers(2, size=x.shape) if rng.random() < 0.5 else rng.random(x.shape)

    def reference(x, t):
        return F.binary_cross_entropy_with_logits(x, t, reduction="sum") / len(x)

    return loss(ours.SigmoidWithLoss(), x, rounded(t, dtype), reference, rng)


def outputs_and_targets(rng, dtype):
    shape = tuple(sizes(rng, int(rng.integers(2, 5)), 1, 6))
    return numbers(rng, *shape, dtype=dtype), numbers(rng, *shape, dtype=dtype)


# ---- optimizers, over some steps


def sgd(rng, dtype):
    return trained(SGD, torch.optim.SGD, {}, {}, rng, dtype)


def momentum(rng, dtype):
    m = float(rng.uniform(0, 1))
    return trained(Momentum, torch.optim.SGD, {"momentum": m}, {"momentum": m}, rng, dtype)


def nesterov(rng, dtype):
    m = float(rng.uniform(0.01, 1))
    theirs = {"momentum": m, "nesterov": True}
    return trained(Nesterov, torch.optim.SGD, {"momentum": m}, theirs, rng, dtype)


def adagrad(rng, dtype):
    return trained(AdaGrad, torch.optim.Adagrad, {}, {"eps": EPS}, rng, dtype)


def rmsprop(rng, dtype):
    decay = float(rng.uniform(0, 0.999))
    theirs = {"alpha": decay, "eps": EPS}
    return trained(RMSprop, torch.optim.RMSprop, {"decay_rate": decay}, theirs, rng, dtype)


def adam(rng, dtype):
    beta1, beta2 = float(rng.uniform(0, 0.99)), float(rng.uniform(0, 0.9999))
    theirs = {"betas": (beta1, beta2)}
    return trained(Adam, torch.optim.Adam, {"beta1": beta1, "beta2": beta2}, theirs, rng, dtype)


def trained(kind, theirs, options, their_options, rng, dtype):
    """The weights after some steps, at a rate that may change, with gradients that may be 0."""
    shapes = {f"W{i}": tuple(sizes(rng, int(rng.integers(3)), 1, 6)) or (1,) for i in range(3)}
    params = {name: numbers(rng, *shape, dtype=dtype).copy() for name, shape in shapes.items()}
    weights = {name: tensor(w, True) for name, w in params.items()}
    lr = float(10 ** rng.uniform(-3, -0.5))
    rate = lr if rng.random() < 0.5 else StepDecay(lr, 0.5, every=2)
    ours_, their = kind(rate, **options), theirs(weights.values(), lr=lr, **their_options)
    for k in range(1, int(rng.integers(2, 10))):
        grads = {name: numbers(rng, *shape, dtype=dtype) for name, shape in shapes.items()}
        ours_.update(params, grads)
        group, scale = their.param_groups[0], 1.0
        if kind in (Momentum, Nesterov):
            # DEFINITION: the book's v holds steps, lr in it, PyTorch's gradients: where lr changes,
            # the steps that v still holds keep theirs. So PyTorch gets steps as its gradients.
            group["lr"], scale = 1.0, ours_.rate
        else:
            group["lr"] = ours_.rate
        if kind is Adam:
            # DEFINITION: the book adds its epsilon to sqrt(v) before v is corrected, PyTorch behind
            group["eps"] = EPS / math.sqrt(1 - ours_.beta2**k)
        for name, w in weights.items():
            w.grad = scale * tensor(grads[name])
        their.step()
    return {name: (params[name], w.detach().numpy()) for name, w in weights.items()}


def clipping(rng, dtype):
    """Gradients scaled down to a norm, seen in a step of SGD with lr = 1."""
    shapes = [tuple(sizes(rng, int(rng.integers(1, 4)), 1, 6)) for _ in range(3)]
    grads = {f"W{i}": numbers(rng, *shape, dtype=dtype) for i, shape in enumerate(shapes)}
    params = {name: np.zeros_like(g) for name, g in grads.items()}
    weights = [tensor(w, True) for w in params.values()]
    for weight, g in zip(weights, grads.values()):
        weight.grad = tensor(g)
    most = float(rng.uniform(0.01, 10))
    SGD(1.0).update(params, grads, clip_norm=most)
    # DEFINITION: PyTorch divides by the norm plus 1e-6, so that its gradients are a little shorter
    norm = float(torch.nn.utils.clip_grad_norm_(weights, most))
    exact = (norm + 1e-6) / norm if most < norm else 1.0
    return {
        name: (-w, (exact * weight.grad).numpy())
        for (name, w), weight in zip(params.items(), weights)
    }


def schedule(rng, dtype):
    """The rates of thirty steps."""
    lr, n = float(10 ** rng.uniform(-4, 0)), int(rng.integers(1, 20))
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=lr)
    steps = 30
    kind = rng.integers(3)
    if kind == 0:
        factor = float(rng.uniform(0.1, 1))
        mine = StepDecay(lr, factor, n)
        theirs = torch.optim.lr_scheduler.StepLR(optimizer, n, factor)
    elif kind == 1:
        floor = float(lr * rng.random())
        mine = CosineDecay(lr, n, floor)
        theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n, floor)
        steps = n + 1  # DEFINITION: after n steps PyTorch's rate rises again, ours stays at floor
    else:
        mine = Warmup(lr, n)
        theirs = torch.optim.lr_scheduler.LinearLR(optimizer, 1 / n, total_iters=n - 1)
        if n == 1:
            theirs = torch.optim.lr_scheduler.ConstantLR(optimizer, 1.0)
    rates = []
    for _ in range(steps):
        rates.append(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()
    return {"rates": (np.array([mine(k) for k in range(1, steps + 1)]), np.array(rates))}


# ---- networks


def network(rng, dtype):
    """Loss and gradients of a whole network with weight decay and batch normalization."""
    n_in, n_out, *hidden = sizes(rng, int(rng.integers(3, 6)), 2, 8)
    decay = float(rng.choice([0.0, 0.1]))
    batch_norm = bool(rng.random() < 0.5)
    options = {"weight_decay_lambda": decay, "use_batchnorm": batch_norm, "rng": rng}
    net = MultiLayerNet(n_in, hidden, n_out, **options).astype(dtype)  # drawn in float32
    N = int(rng.integers(2, 9))
    x, t = numbers(rng, N, n_in, dtype=dtype), rng.integers(n_out, size=N)
    params = {name: tensor(w, True) for name, w in net.params.items()}
    y = tensor(x)
    for i in range(1, len(hidden) + 2):
        y = y @ params[f"W{i}"] + params[f"b{i}"]
        if i <= len(hidden):
            if batch_norm:
                y = F.batch_norm(y, None, None, params[f"gamma{i}"], params[f"beta{i}"], True)
            y = F.relu(y)
    expected = F.cross_entropy(y, tensor(t))
    for name, w in params.items():
        if name[0] == "W":
            expected = expected + decay / 2 * w.square().sum()
    expected.backward()
    value, grads = net.loss_and_gradient(x, t)
    pairs = {name: (grads[name], w.grad.numpy()) for name, w in params.items()}
    return {"loss": (value, expected.detach().double().numpy()), **pairs}


RULES = [
    *(labels, weighted_labels, probabilities, identity, huber, sigmoid_with_loss),
    *(sgd, momentum, nesterov, adagrad, rmsprop, adam, clipping, schedule, network),
]
