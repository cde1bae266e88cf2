"""JAX on the CPU as a contender: one jitted function takes the whole step, gradient and Adam.

The parameters and Adam's moments are donated, so that XLA updates them in place. Images lie as
(N, H, W, C) inside, which is what XLA's convolution on a CPU is fastest with. A step is over when
its parameters are there, for JAX only queues what it is asked for.
"""

from contextlib import nullcontext
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from dlscratch import layers as ours


def forward(layers, params, x, key=None):
    """The scores; with a key as in training. params: the arrays of all layers in a row."""
    params = iter(params)
    x = jnp.moveaxis(x, 1, -1) if x.ndim == 4 else x  # (N, C, H, W) -> (N, H, W, C)
    for layer in layers:
        match layer:
            case ours.Affine():
                x = x @ next(params) + next(params)
            case ours.Convolution(stride=s, pad=p):
                kinds = ("NHWC", "OIHW", "NHWC")
                pads = [(p, p)] * 2
                x = lax.conv_general_dilated(x, next(params), (s, s), pads, dimension_numbers=kinds)
                x += next(params)
            case ours.Pooling(pool_h=h, pool_w=w):  # side by side: (N, H, W, C) -> (N, OH, OW, C)
                N, H, W, C = x.shape
                x = x.reshape(N, H // h, h, W // w, w, C).max((2, 4))
            case ours.Flatten():
                x = jnp.moveaxis(x, -1, 1).reshape(len(x), -1) if x.ndim == 4 else x
            case ours.ReLU():
                x = jax.nn.relu(x)
            case ours.Dropout(ratio=ratio) if key is not None:
                key, now = jax.random.split(key)
                x *= jax.random.bernoulli(now, 1 - ratio, x.shape) / (1 - ratio)
    return x


def loss(layers, params, x, t, key):
    rows = jax.nn.log_softmax(forward(layers, params, x, key))
    return -jnp.mean(jnp.take_along_axis(rows, t[:, None], axis=1))


def sgd(params, grads, state, lr=0.01):
    return [w - lr * g for w, g in zip(params, grads)], state


def adam(params, grads, state, lr=0.001, beta1=0.9, beta2=0.999):
    """Section 6.1.6, as in the library; state: how many steps, and every m and v."""
    k, moments = state[0] + 1, []
    rate = lr * jnp.sqrt(1 - beta2**k) / (1 - beta1**k)
    new = []
    for w, g, (m, v) in zip(params, grads, state[1]):
        m, v = m + (1 - beta1) * (g - m), v + (1 - beta2) * (g * g - v)
        moments.append((m, v))
        new.append(w - rate * m / (jnp.sqrt(v) + 1e-7))
    return new, (k, moments)


class Jax:
    """As `contenders.Library`."""

    name = "JAX, jit"
    ready = nullcontext

    def __init__(self, subject, workers=None, **options):
        net = subject.network(**options)
        self.names, self.params = list(net.params), [jnp.array(w) for w in net.params.values()]
        self.state = (0, [(jnp.zeros_like(w), jnp.zeros_like(w)) for w in self.params])
        self.key = jax.random.key(0)
        update = {"SGD": sgd, "Adam": adam}[subject.optimizer.__name__]
        self.grad = jax.jit(jax.grad(partial(loss, net.layers)))
        self.forward = jax.jit(partial(forward, net.layers))

        def step(params, state, x, t, key):
            key, now = jax.random.split(key)
            grads = jax.grad(partial(loss, net.layers))(params, x, t, now)
            return *update(params, grads, state), key

        self.whole_step = jax.jit(step, donate_argnums=(0, 1))

    def batch(self, x, t):
        return jnp.array(x), jnp.array(t, jnp.int32)

    def scores(self, x):
        return np.asarray(self.forward(self.params, x))

    def gradient(self, x, t):
        grads = self.grad(self.params, x, t, self.key)
        return dict(zip(self.names, map(np.asarray, grads)))

    def step(self, x, t):
        self.params, self.state, self.key = self.whole_step(self.params, self.state, x, t, self.key)
        self.params[0].block_until_ready()
