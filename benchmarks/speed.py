"""Times of whole networks, of single layers and of the update: step, inference, layers, update.

The update is timed twice: with all gradients alive, and long after most of them died. Where a
gradient stays 0, as behind a ReLU that no longer fires or a pixel that is always black, Adam's m
shrinks by a tenth at each step. After 800 steps it is below 1e-38, the smallest ordinary float32,
and arithmetic with such denormal numbers takes a processor many times as long.
"""

from functools import partial
from itertools import cycle

import numpy as np

from benchmarks.contenders import agree, alone, available, named, verdict
from benchmarks.networks import BATCH, SUBJECTS, digits, silenced
from benchmarks.timing import interleave
from dlscratch import Affine, BatchNorm, Convolution, Dropout, Flatten, Pooling, ReLU, Sigmoid

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
    "Sigmoid 100": ((100,), lambda r: [Sigmoid()]),
    "Dropout 16x28x28": (MAPS, lambda r: [Dropout(0.5, rng=r)]),
    "BatchNorm 16x28x28": (MAPS, lambda r: [BatchNorm.init(16)]),
}
QUICK = ("Affine 784-100", "Convolution 16-16, 3x3, 28x28", "Pooling 2x2, 16x28x28")
STEPS, QUICK_STEPS = 5000, 1000  # of the update, before it is timed
ALIVE = 0.1  # the share of the gradients that go on


def step(results, effort, options):
    """gradient + update, batch of 100"""
    kinds = available() if options.quick else available("book, float32")
    for subject in map(SUBJECTS.get, options.net):
        batches = digits(subject.image, seed=options.seed)
        x, t = (array[: 20 if options.quick else BATCH] for array in batches[0])
        results.checks += [agree(subject, who, x, t, options.workers) for who in kinds]
        runners = {}
        for one in made(kinds, subject, options):
            turn = cycle(one.batches(batches))
            runners[one.name] = one.ready, lambda one=one, turn=turn: one.step(*next(turn))
        blocks = interleave(runners, effort)
        results.add_blocks("step", subject.key, blocks, subject.faster, subject.of_pytorch)


def inference(results, effort, options):
    """scores for 1, 100 and 1000 images"""
    kinds = [who for who in available("library, workers") if not (options.quick and who == "book")]
    for subject in map(SUBJECTS.get, options.net):
        contenders = made(kinds, subject, options)
        for batch in (1, BATCH) if options.quick else (1, BATCH, 1000):
            ((x, _),) = digits(subject.image, batch, count=1, seed=options.seed)
            runners = {one.name: (one.scoring, partial(one.scores, x)) for one in contenders}
            target = subject.inference if batch == BATCH else None
            blocks = interleave(runners, effort)
            results.add_blocks("inference", f"{subject.key} x{batch}", blocks, of_pytorch=target)


def layers(results, effort, options):
    """a layer alone, forward + backward, batch of 100, one thread each"""
    for name in QUICK if options.quick else LAYERS:
        results.checks += agree_alone(name, *example(name, options.seed))
        runners = alone(*example(name, options.seed))
        results.add_blocks("layers", name, interleave(runners, effort))


def example(name, seed, batch=BATCH):
    """The layers of one row of `LAYERS`, an x for them and a dout."""
    shape, build = LAYERS[name]
    rng = np.random.default_rng(seed)
    layers, x = build(rng), numbers(rng, (batch, *shape))
    y = x
    for layer in layers:
        y = layer.forward(y, training=True)
    return layers, x, numbers(rng, y.shape)


def same_size(C, rng):
    return Convolution.init(C, C, 3, pad=1, rng=rng)


def numbers(rng, shape):
    """Normal float32; images (N, C, H, W) lie in memory with their channels last."""
    if len(shape) < 4:
        return rng.standard_normal(shape, dtype=np.float32)
    N, C, H, W = shape
    return rng.standard_normal((N, H, W, C), dtype=np.float32).transpose(0, 3, 1, 2)


def agree_alone(name, layers, x, dout):
    """Every contender's y and dx against the library's, Dropout silent."""
    found = {}
    for who, (ready, call) in alone(silenced(layers), x, dout).items():
        with ready():
            found[who] = dict(zip(("y", "dx"), map(np.array, call()), strict=True))
    wanted = found.pop("library")
    return [verdict(name, who, wanted, arrays) for who, arrays in found.items()]


def update(results, effort, options):
    """the update alone, parameters of the MLP"""
    kinds = available("book, float32")
    if options.quick:  # PyTorch's threads, timed on a busy machine, would take most of the minute
        kinds = [who for who in kinds if who != "PyTorch"]
    steps = QUICK_STEPS if options.quick else STEPS
    all_alive, few_alive = gradients(SUBJECTS["mlp"], np.random.default_rng(options.seed))
    for name, grads, warmth in [
        ("Adam, all gradients alive", all_alive, 0),
        (f"Adam, 9 of 10 gradients 0 for {steps} steps", few_alive, steps),
    ]:
        contenders = made(kinds, SUBJECTS["mlp"], options)
        runners = {}
        for one in contenders:
            warm(one, all_alive, 5)
            warm(one, grads, warmth)
            runners[one.name] = one.ready, partial(one.update, one.gradients(grads))
        results.add_blocks("update", name, interleave(runners, effort))
    for one in contenders:
        tiny, size = denormals(one.momentum())
        results.add("update", "denormal numbers in m", one.name, [tiny], f"of {size}")


def gradients(subject, rng):
    """Two sets of made-up gradients for a network: all of them random, and a few of them alone."""
    shapes = subject.network().params.shapes()
    every = {n: (1e-3 * rng.standard_normal(s)).astype(np.float32) for n, s in shapes.items()}
    some = {name: grad * (rng.random(grad.shape) < ALIVE) for name, grad in every.items()}
    return every, some


def warm(one, grads, steps):
    """So many updates; PyTorch on one thread, because several on a busy machine take minutes."""
    if one.name == "PyTorch":
        from benchmarks.pytorch import one_thread as context
    else:
        context = one.ready
    grads = one.gradients(grads)
    with context():
        for _ in range(steps):
            one.update(grads)


def denormals(m):
    """How many numbers are too small to be ordinary ones, and of how many."""
    m = np.abs(m)
    return int(np.count_nonzero((m > 0) & (m < np.finfo(m.dtype).tiny))), m.size


def made(kinds, subject, options):
    return [named(who)(subject, options.workers, seed=options.seed) for who in kinds]
