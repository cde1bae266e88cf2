"""Adam: Momentum and AdaGrad in one (section 6.1.6).

m is a moving average of the gradients, a direction with memory. v is a moving average of their
squares: how steep it was lately. Both start at 0 and are too small at first; dividing by 1 - beta^t
makes up for that, where t = 1, 2, 3, .. counts the updates. Then a step is about as long as lr.

    m <- beta1 * m + (1 - beta1) * g            m' = m / (1 - beta1^t)
    v <- beta2 * v + (1 - beta2) * g * g        v' = v / (1 - beta2^t)

    W <- W - lr * m' / (sqrt(v') + 1e-7)

Write (__init__ is there):

    Adam   update(params, grads)

params and grads are dicts with the same keys, "W1" for instance, and arrays as values; each key has
an m and a v of its own. The arrays of params are changed in place, W -= step; those of grads are
not written to. update returns nothing.

>>> params = {"W": np.array([1.0, 2.0])}
>>> optimizer = Adam(lr=0.1)
>>> optimizer.update(params, {"W": np.array([10.0, -0.5])})
>>> params["W"].round(4)
array([0.9, 2.1])
>>> optimizer.update(params, {"W": np.array([-10.0, -0.5])})  # m of the first is nearly 0 now
>>> params["W"].round(4)
array([0.9053, 2.2   ])
"""

import numpy as np


class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):  # given
        self.lr, self.beta1, self.beta2 = lr, beta1, beta2
        self.t = 0  # how many updates there were
        self.m = None  # the moving averages, once the parameters are known
        self.v = None

    def update(self, params, grads):
        if self.m is None:
            self.m = {key: np.zeros_like(W) for key, W in params.items()}
            self.v = {key: np.zeros_like(W) for key, W in params.items()}
        self.t += 1
        for key in params:
            g = grads[key]
            self.m[key] = self.beta1 * self.m[key] + (1 - self.beta1) * g
            self.v[key] = self.beta2 * self.v[key] + (1 - self.beta2) * g * g
            m = self.m[key] / (1 - self.beta1**self.t)
            v = self.v[key] / (1 - self.beta2**self.t)
            params[key] -= self.lr * m / (np.sqrt(v) + 1e-7)
