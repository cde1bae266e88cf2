"""Times of whole networks, of single layers and of the update alone.

The update is timed twice: with all gradients alive, and long after most of them died. Where a
gradient stays 0, as behind a ReLU that no longer fires or a pixel that is always black, Adam's m
shrinks by a tenth at each step. After 800 steps it is below 1e-38, the smallest ordinary float32,
and arithmetic with such denormal numbers takes a processor many times as long.
"""

from functools import partial
from itertools import cycle

import numpy as np

from benchmarks.contenders import agree, agree_alone, entered, named
from benchmarks.networks import BATCH, SUBJECTS, Subject, digits, mnist
from benchmarks.timing import interleave, seconds_of
from dlscratch import SGD, Affine, BatchNorm, Convolution, Dropout, Flatten, Network, Pooling, ReLU
from dlscratch.data import batches

MAPS = (16, 28, 28)
LAYERS = {  # name -> the shape of one example; the layers, made with an rng
    "Affine 784-100": ((784,), lambda r: [Affine.init(784, 100, rng=r)]),
    "Affine 4320-100": ((30, 12, 12), lambda r: [Flatten(), Affine.init(4320, 100, rng=r)]),
    "Convolution 1-30, 5x5, 28x28": ((1, 28, 28), lambda r: [Convolution.init(1, 30, 5, rng=r)]),
    "Convolution 16-16, 3x3, 28x28": (MAPS, lambda r: [same_size(16, r)]),
    "Convolution 32-32, 3x3, 14x14": ((32, 14, 14), lambda r: [same_size(32, r)]),
    "Convolution 64-64, 3x3, 8x8": ((64, 8, 8), lambda r: [same_size(64, r)]),
    "Pooling 2x2, 16x28x28": (MAPS, lambda r: [Pooling(2, 2)]),
    "ReLU 16x28x28": (MAPS, lambda r: [ReLU()]),
    "Dropout 16x28x28": (MAPS, lambda r: [Dropout(0.5, rng=r)]),
    "BatchNorm 16x28x28": (MAPS, lambda r: [BatchNorm.init(16)]),
}
QUICK = ("Affine 784-100", "Convolution 16-16, 3x3, 28x28", "Pooling 2x2, 16x28x28")
STEPS, QUICK_STEPS = 5000, 1000  # of the update, before it is timed
ALIVE = 0.1  # the share of the gradients that go on


def step(results, effort, options):
    """gradient + update, batch of 100"""
    for subject in map(SUBJECTS.get, options.net):
        data = digits(subject.image, 20 if options.quick else BATCH, seed=options.seed)
        runners = {}
        for who in entered(options, "book", "book, float32"):
            results.checks.append(agree(subject, who, *data[0], options.workers))
            one = made(who, subject, options)
            turn = cycle([one.batch(*batch) for batch in data])
            runners[who] = one.ready, lambda one=one, turn=turn: one.step(*next(turn))
        results.add_blocks("step", subject.key, interleave(runners, effort))


def inference(results, effort, options):
    """scores for 1, 100 and 1000 images"""
    for subject in map(SUBJECTS.get, options.net):
        book = [] if options.quick else ["book"]  # the slowest of all
        everyone = [made(who, subject, options) for who in entered(options, *book)]
        for size in (1, BATCH) if options.quick else (1, BATCH, 1000):
            ((x, _),) = digits(subject.image, size, count=1, seed=options.seed)
            runners = {one.name: (one.ready, partial(one.scores, x)) for one in everyone}
            results.add_blocks("inference", f"{subject.key} x{size}", interleave(runners, effort))


def epoch(results, effort, options):
    """an epoch of MNIST, then the test images' scores, once; beside the peer that steps fastest"""
    (x, t), (x_test, _) = mnist()
    if options.quick:
        x, t, x_test = x[:1000], t[:1000], x_test[:1000]
    for subject in map(SUBJECTS.get, options.net):
        x, x_test = (a.reshape(-1, *subject.image) for a in (x, x_test))
        blocks, peer = {}, results.fastest_peer("step", subject.key)
        for who in ["library", *([peer["contender"]] if peer else [])]:
            one = made(who, subject, options)
            with one.ready():
                train(one, x[:BATCH], t[:BATCH], x_test[:1000])  # compiles what compiles
                blocks[who] = [[seconds_of(partial(train, one, x, t, x_test))]]
        results.add_blocks("epoch", subject.key, blocks)


def train(one, x, t, x_test):
    for x_batch, t_batch in batches(x, t, BATCH, rng=0):
        one.step(*one.batch(x_batch, t_batch))
    for i in range(0, len(x_test), 1000):
        one.scores(x_test[i : i + 1000])


def layers(results, effort, options):
    """a layer alone, forward + backward, batch of 100, one thread each"""
    for name in QUICK if options.quick else LAYERS:
        subject, x, dout = example(name, options.seed)
        runners = {}
        book = () if name.startswith("BatchNorm") else ["book"]  # which the book does not list
        for who in entered(options, *book, peers_at_most=1):
            results.checks.append(agree_alone(subject, who, x, dout))
            one = named(who)(subject)
            runners[who] = one.one_thread, partial(one.passes, one.array(x), one.array(dout))
        results.add_blocks("layers", name, interleave(runners, effort))


def example(name, seed=0, size=BATCH):
    """A row of `LAYERS` as a subject without a loss, an x for it and a dout: normal float32."""
    shape, build = LAYERS[name]
    subject = Subject(name, name, shape, lambda rng: Network(build(rng)), SGD)
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((size, *shape), dtype=np.float32)
    y = subject.network().forward(x)
    return subject, x, rng.standard_normal(y.shape, dtype=np.float32)


def same_size(C, rng):
    return Convolution.init(C, C, 3, pad=1, rng=rng)


def update(results, effort, options):
    """the update alone, parameters of the MLP"""
    steps = QUICK_STEPS if options.quick else STEPS
    all_alive, few_alive = gradients(SUBJECTS["mlp"], np.random.default_rng(options.seed))
    for name, grads, warmth in [
        ("Adam, all gradients alive", all_alive, 0),
        (f"Adam, 9 of 10 gradients 0 for {steps} steps", few_alive, steps),
    ]:
        runners = {}
        for who in entered(options, "book", "book, float32", peers_at_most=1):
            one = made(who, SUBJECTS["mlp"], options)
            warm(one, all_alive, 5)
            warm(one, grads, warmth)
            runners[who] = one.ready, partial(one.update, one.own(grads))
        results.add_blocks("update", name, interleave(runners, effort))


def gradients(subject, rng):
    """Two sets of made-up gradients for a network: all of them random, and a few of them alone."""
    shapes = subject.network().params.shapes()
    every = {n: (1e-3 * rng.standard_normal(s)).astype(np.float32) for n, s in shapes.items()}
    some = {name: grad * (rng.random(grad.shape) < ALIVE) for name, grad in every.items()}
    return every, some


def warm(one, grads, steps):
    """So many updates, on one thread: several on a busy machine take minutes."""
    grads = one.own(grads)
    with one.one_thread():
        for _ in range(steps):
            one.update(grads)


def made(who, subject, options):
    return named(who)(subject, options.workers, seed=options.seed)
