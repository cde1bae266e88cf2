"""The training loop: a mini-batch, its gradient, a step, and again (sections 4.5.2 and 4.5.3).

An epoch is one walk through all examples, mini-batch by mini-batch; each mini-batch makes one step
against its own gradient, and each epoch has a random order of its own:

    for each epoch:
        for each mini-batch:    W <- W - lr * dW    for each parameter W, dW from this mini-batch

Write (batches is there; each call has a new order):

    train(net, x, t, epochs, batch_size, lr, rng)

net.params is a dict of arrays, which are changed in place: W -= step, not W = W - step.
net.gradient(x, t) returns a dict with the same keys, net.loss(x, t) a number. train returns a list
with one number for each step, the loss of its mini-batch after the step.

>>> class Slope:  # y = a x, learns a
...     def __init__(self):
...         self.params = {"a": np.zeros(1)}
...     def loss(self, x, t):
...         return np.mean((self.params["a"] * x - t) ** 2)
...     def gradient(self, x, t):
...         return {"a": np.array([np.mean(2 * (self.params["a"] * x - t) * x)])}
>>> net, x = Slope(), np.array([1.0, 2.0, 3.0, 4.0])
>>> losses = train(net, x, 5 * x, 20, batch_size=2, lr=0.05, rng=np.random.default_rng(0))
>>> len(losses), net.params["a"].round(4)
(40, array([5.]))
"""

import numpy as np


def batches(x, t, batch_size, rng):  # given
    order = rng.permutation(len(x))
    pieces = [order[i : i + batch_size] for i in np.arange(0, len(x), batch_size)]
    return [(x[rows], t[rows]) for rows in pieces]


def train(net, x, t, epochs, batch_size, lr, rng):
    losses = []
    for _ in range(epochs):
        for x_batch, t_batch in batches(x, t, batch_size, rng):
            grads = net.gradient(x_batch, t_batch)
            for key in net.params:
                net.params[key] -= lr * grads[key]
            losses.append(net.loss(x_batch, t_batch))
    return losses
