"""The update alone: Adam on the parameters of the MLP, before and after numbers have died away.

Where a gradient stays 0, as behind a ReLU that no longer fires or a pixel that is always black,
Adam's m shrinks by a tenth at each step. After 800 steps it is below 1e-38, the smallest ordinary
float32, and arithmetic with such denormal numbers takes a processor many times as long. The
optimizer is therefore warmed with 5,000 steps in which nine gradients of ten are 0.
"""

from contextlib import nullcontext
from functools import partial

import numpy as np

from benchmarks import pytorch
from benchmarks.contenders import BookFloat32, PyTorch, available, made
from benchmarks.networks import SUBJECTS
from benchmarks.results import once
from benchmarks.timing import interleave

STEPS, QUICK_STEPS = 5000, 1000
ALIVE = 0.1  # the share of the gradients that go on


def update(results, effort, options):
    """Milliseconds an update, all gradients alive, and long after most of them died."""
    subject = SUBJECTS["mlp"]
    kinds = available(BookFloat32)
    if options.quick:  # its threads, timed on a busy machine, would take most of the minute
        kinds = [kind for kind in kinds if kind is not PyTorch]
    steps = QUICK_STEPS if options.quick else STEPS
    all_alive, few_alive = gradients(subject, np.random.default_rng(options.seed))
    for name, grads, warmth in [
        ("Adam, all gradients alive", all_alive, 0),
        (f"Adam, 9 of 10 gradients 0 for {steps} steps", few_alive, steps),
    ]:
        networks = [made(kind, subject, options.workers) for kind in kinds]
        for one in networks:
            warm(one, all_alive, 5)
            warm(one, grads, warmth)
        runners = {one.name: partial(one.updating, grads) for one in networks}
        results.add_blocks("update", name, interleave(runners, effort))
    for one in networks:
        results.add("update", "denormal numbers in m", one.name, denormals(one), f"of {size(one)}")


def gradients(subject, rng):
    """Two sets of made-up gradients for a network: all of them random, and a few of them alone."""
    shapes = subject.network().params.shapes()
    every = {n: (1e-3 * rng.standard_normal(s)).astype(np.float32) for n, s in shapes.items()}
    some = {name: grad * (rng.random(grad.shape) < ALIVE) for name, grad in every.items()}
    return every, some


def warm(one, grads, steps):
    """So many updates; PyTorch on one thread, because several on a busy machine take minutes."""
    alone = pytorch.one_thread() if isinstance(one, PyTorch) else nullcontext()
    with alone, one.updating(grads) as call:
        for _ in range(steps):
            call()


def denormals(one):
    m = np.abs(one.momentum())
    return once(int(np.count_nonzero((m > 0) & (m < np.finfo(m.dtype).tiny))))


def size(one):
    return one.momentum().size
