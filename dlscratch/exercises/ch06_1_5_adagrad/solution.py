"""AdaGrad: each weight has its own learning rate, which shrinks (section 6.1.5).

h adds up the squares of all gradients that a weight has had. Where the ground was steep h is large,
and the steps become short; where it was flat they stay long. All of it goes element by element, and
each parameter has an h of its own, 0 at first.

    h <- h + g * g,    W <- W - lr * g / (sqrt(h) + 1e-7)

The tiny 1e-7 prevents 0 / 0 where all gradients were 0.

Write (__init__ is there):

    AdaGrad   update(params, grads)

params and grads are dicts with the same keys, "W1" for instance, and arrays as values. The arrays
of params are changed in place, W -= step; those of grads are not written to. update returns
nothing.

>>> params, grads = {"W": np.array([1.0, 2.0])}, {"W": np.array([10.0, -0.1])}
>>> optimizer = AdaGrad(lr=0.1)
>>> optimizer.update(params, grads)  # both steps are as long as lr, however steep it is
>>> params["W"].round(4)
array([0.9, 2.1])
>>> optimizer.update(params, grads)  # now h is 2 g * g: shorter by sqrt(2)
>>> params["W"].round(4)
array([0.8293, 2.1707])
"""

import numpy as np


class AdaGrad:
    def __init__(self, lr=0.01):  # given
        self.lr = lr
        self.h = None  # the sums of squares, once the parameters are known

    def update(self, params, grads):
        if self.h is None:
            self.h = {key: np.zeros_like(W) for key, W in params.items()}
        for key in params:
            self.h[key] += grads[key] * grads[key]
            params[key] -= self.lr * grads[key] / (np.sqrt(self.h[key]) + 1e-7)
