"""Section 8.2.4: how a plain or residual net of any depth is trained, and its gradients before.

All have one recipe: Momentum along half a cosine, batches of 64, weight decay, no augmentation.
The images are clothes of 14 x 14 pixels, each the mean of four. A plain and a residual net of one
depth and seed begin with the same weights and see the same batches: only the shortcuts differ.
"""

from functools import cache

import numpy as np

from ch08.resnet import deep_net, plain_block, residual_block
from dataset.fashion_mnist import load_fashion_mnist
from dlscratch import CosineDecay, Momentum, batches, train_validation_split

BLOCKS = {"plain": plain_block, "ResNet": residual_block}
BATCH = 64
EVERY = 25  # steps that a point of the curves is the mean of


@cache  # one process trains many nets on the same images
def load_images(validate, quick):
    """(x, t) to train with and (x, t) to judge by; x: (N, 1, 14, 14), mean 0 and variance 1."""
    train, test = load_fashion_mnist(flatten=False)
    if validate:
        train, test = train_validation_split(*train, 10000, rng=0)
    if quick:
        train, test = (train[0][:32], train[1][:32]), (test[0][:100], test[1][:100])
    # (N, 1, 28, 28) -> (N, 1, 14, 2, 14, 2) -> (N, 1, 14, 14)
    small = [x.reshape(-1, 1, 14, 2, 14, 2).mean(axis=(3, 5)) for x, _ in (train, test)]
    mean, spread = small[0].mean(), small[0].std()
    return [((x - mean) / spread, t) for x, (_, t) in zip(small, (train, test))]


def mini_batches(x, t, rng):
    """One epoch after the other, without an end."""
    while True:
        yield from batches(x, t, BATCH, rng)


def trained(kind, depth, steps, seed, lr, validate, quick):
    """Train one net; its share of errors over the steps, and in the end on either set of images."""
    rng = np.random.default_rng(seed)
    net = deep_net(depth, BLOCKS[kind], rng, weight_decay=1e-4)
    return learn(net, *load_images(validate, quick), steps, lr, rng)


def learn(net, train, test, steps, lr, rng):
    """Train `net` by the recipe of all; its share of errors over the steps, and in the end."""
    optimizer = Momentum(CosineDecay(lr, steps))
    wrong = []  # share of each batch, before its step
    for _, (x, t) in zip(range(steps), mini_batches(*train, rng)):
        _, grads = net.loss_and_gradient(x, t)
        log_y, *_ = net.last_layer.saved()
        wrong.append((log_y.argmax(axis=1) != t).mean())
        optimizer.update(net.params, grads)
    points = np.reshape(wrong, (-1, min(EVERY, steps)))  # (steps,) -> (points, EVERY)
    x, t = train
    return {
        "curve": points.mean(axis=1).tolist(),
        "train": 1 - net.accuracy(x[:5000], t[:5000], batch_size=500),
        "test": 1 - net.accuracy(*test, batch_size=500),
    }


def gradient_norms(kind, depth, seed, x, t):
    """The norm of dL/dW of each convolution before the first step, from first to last."""
    rng = np.random.default_rng(seed)
    net = deep_net(depth, BLOCKS[kind], rng)
    x, t = next(mini_batches(x, t, rng))  # the batch that training begins with
    grads = net.gradient(x, t)
    return [float(np.linalg.norm(grads[f"W{i}"])) for i in range(1, depth)]  # the last is Affine's
