"""Section 8.5.2: two networks that learn against each other (Goodfellow and others, 2014).

The generator makes images of noise z, the discriminator tells real from generated. In each step
the discriminator learns from a batch of each kind; then the generator learns from the gradient
that comes back through the discriminator: how would its images look more real? Most layers are
those of DCGAN (Radford and others, 2015): convolutions with a stride instead of pooling, BatchNorm,
LeakyReLU in the discriminator. Two convolutions see strokes, but no digit: so an Affine layer joins
them, as in InfoGAN (Chen and others, 2016). A moving average of the generator is kept beside it,
which does not sway from step to step.
"""

import copy

import numpy as np

from dlscratch import (
    Adam,
    Affine,
    BatchNorm,
    Convolution,
    CosineDecay,
    Flatten,
    LeakyReLU,
    Network,
    ReLU,
    Reshape,
    SigmoidWithLoss,
    Tanh,
    TransposedConvolution,
)
from dlscratch.book.loop import Loop
from dlscratch.workers import one_blas_thread, retain_freed_memory

NOISE = 20  # numbers in z
BATCH = 50
RATES = 2e-3, 8e-4  # of generator and discriminator, at first
REAL = 0.9  # the target for real images: a discriminator that is never quite sure teaches better
KEPT = 0.995  # the share of the moving average that each step keeps
STD = 0.02  # of the first weights
DOUBLED = {"size": 4, "stride": 2, "pad": 1, "std": STD}  # sides twice as long, or half as long
FROM_4_TO_7 = {**DOUBLED, "size": 3}


def generator(rng):
    """Noise (N, NOISE) -> images (N, 1, 28, 28), -1 black and 1 white."""
    return Network(
        [
            Affine.init(NOISE, 128 * 4 * 4, STD, rng=rng),
            Reshape(128, 4, 4),
            BatchNorm.init(128),
            ReLU(),
            TransposedConvolution.init(128, 48, **FROM_4_TO_7, rng=rng),  # 4 x 4 -> 7 x 7
            BatchNorm.init(48),
            ReLU(),
            TransposedConvolution.init(48, 32, **DOUBLED, rng=rng),  # -> 14 x 14
            BatchNorm.init(32),
            ReLU(),
            TransposedConvolution.init(32, 1, **DOUBLED, rng=rng),  # -> 28 x 28
            Tanh(),
        ]
    )


def discriminator(rng):
    """Images (N, 1, 28, 28) -> scores (N, 1), above 0 for real."""
    return Network(
        [
            Convolution.init(1, 32, **DOUBLED, rng=rng),  # 28 x 28 -> 14 x 14
            LeakyReLU(0.2),
            Convolution.init(32, 64, **DOUBLED, rng=rng),  # -> 7 x 7
            BatchNorm.init(64),
            LeakyReLU(0.2),
            Flatten(),
            Affine.init(64 * 7 * 7, 128, STD, rng=rng),
            BatchNorm.init(128),
            LeakyReLU(0.2),
            Affine.init(128, 1, STD, rng=rng),
        ],
        SigmoidWithLoss(),
    )


def noise(count, rng):
    return rng.standard_normal((count, NOISE), dtype=np.float32)


def generate(G, z):
    """Images (N, 1, 28, 28) out of noise z, 0 black and 1 white."""
    return (G.predict(z) + 1) / 2


def learn_to_tell(D, real, fake):
    """The discriminator's loss on a batch of each kind; its gradients are in D.grads.

    They go through D one after the other: in one batch, BatchNorm would mix them.
    """
    loss, _ = D.loss_and_gradient(real, np.full((len(real), 1), REAL))
    of_real = D.grads.flat.copy()
    loss += D.loss_and_gradient(fake, np.zeros((len(fake), 1)))[0]
    D.grads.flat += of_real
    return loss


def learn_to_fool(G, D, fake):
    """The generator's loss: D should take `fake`, what G just made, for real.

    The gradients are in G.grads; those in D.grads are not used.
    """
    loss = D.last_layer.forward(D.forward(fake, training=True), np.ones((len(fake), 1)))
    G.weight_gradients(D.backward(D.last_layer.backward()))
    return loss


def follow(average, G, kept):
    """Weights and BatchNorm's averages: average <- kept average + (1 - kept) G, in place."""
    arrays = {**average.params, **average.buffers}
    for name, current in {**G.params, **G.buffers}.items():
        arrays[name] += (1 - kept) * (current - arrays[name])


def trained(args, x, steps, shown, z):
    """The averaged generator, what it made of z after each of the steps `shown`, and the losses.

    x: images (N, 1, 28, 28), 0 .. 1.
    """
    rng = np.random.default_rng(args.seed)
    G, D = generator(rng), discriminator(rng)
    average = copy.copy(G)
    films = np.zeros((len(shown), len(z), 28, 28), np.float32)
    adam_G, adam_D = (Adam(CosineDecay(rate, steps), beta1=0.5) for rate in RATES)
    loop = Loop(
        args,
        "dcgan",
        steps=steps,
        parts={
            "generator": (G, adam_G),
            "discriminator": (D, adam_D),
            "average": (average, None),
        },
        rng=rng,
        arrays={"films": films},
        settings={"batch": BATCH, "images": len(x)},
    )
    retain_freed_memory()
    with one_blas_thread():
        for step in loop:
            real = 2 * x[rng.integers(len(x), size=BATCH)] - 1
            fake = G.forward(noise(BATCH, rng), training=True)
            loss = learn_to_tell(D, real, fake)
            loop.update("discriminator")
            loop.record(discriminator=loss, generator=learn_to_fool(G, D, fake))
            loop.update("generator")
            follow(average, G, min(KEPT, step / (step + 10)))  # an early one forgets its start
            if step in shown:
                films[shown.index(step)] = generate(average, z)[:, 0]
    return average, films, loop.history
