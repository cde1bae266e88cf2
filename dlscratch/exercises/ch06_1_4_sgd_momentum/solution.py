"""SGD and Momentum: how to use a gradient (sections 6.1.2 and 6.1.4).

SGD steps against the gradient g. Momentum is a ball that rolls: it has a velocity v, which each
gradient changes a little and friction slows down. Each parameter has a velocity of its own, 0 at
first.

    SGD:        W <- W - lr * g
    Momentum:   v <- momentum * v - lr * g,   W <- W + v

Write (both __init__ are there):

    SGD        update(params, grads)
    Momentum   update(params, grads)

params and grads are dicts with the same keys, "W1" for instance, and arrays as values. The arrays
of params are changed in place, because the layers of a network use these very arrays; so W -= step,
not W = W - step. Those of grads are not written to. update returns nothing.

>>> params, grads = {"W": np.array([1.0, 2.0])}, {"W": np.array([10.0, 20.0])}
>>> SGD(lr=0.1).update(params, grads)
>>> params["W"]
array([0., 0.])
>>> optimizer = Momentum(lr=0.1, momentum=0.9)
>>> optimizer.update(params, grads)
>>> optimizer.update(params, grads)  # the second step is longer: 0.9 * 1 + 1
>>> params["W"]
array([-2.9, -5.8])
"""

import numpy as np


class SGD:
    def __init__(self, lr=0.01):  # given
        self.lr = lr

    def update(self, params, grads):
        for key in params:
            params[key] -= self.lr * grads[key]


class Momentum:
    def __init__(self, lr=0.01, momentum=0.9):  # given
        self.lr = lr
        self.momentum = momentum
        self.v = None  # the velocities, once the parameters are known

    def update(self, params, grads):
        if self.v is None:
            self.v = {key: np.zeros_like(W) for key, W in params.items()}
        for key in params:
            self.v[key] = self.momentum * self.v[key] - self.lr * grads[key]
            params[key] += self.v[key]
