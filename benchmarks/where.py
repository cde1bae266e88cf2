"""Where the time of a training step goes, layer by layer, and how far that is from the machine.

The step is the Trainer's own, with its workers. A worker does its part of the batch, all at the
same time, so a layer's milliseconds are the mean over the workers, and the FLOP that they compute
together are compared with the most that as many cores can do. FLOP: two for each multiplication
of a product of matrices; none are counted elsewhere.
"""

import time
from itertools import cycle

import numpy as np

from benchmarks.machine import peak
from benchmarks.networks import SUBJECTS, digits
from dlscratch.inspection.layer_times import clock_layers, first_trainable
from dlscratch.workers import Workers

WARM = 3  # steps that are not counted


def where(results, effort, options):
    """a training step by its parts, batch of 100; products of matrices beside the machine's most"""
    for subject in map(SUBJECTS.get, options.net):
        net, optimizer = subject.network(options.seed), subject.optimizer()
        batches = digits(subject.image, seed=options.seed)
        parts = [*to_do(net, batches[0][0]), ("loss", 0)]
        clocks = clock_layers(net)
        steps, updates = [], []
        end = time.perf_counter() + (WARM + effort.rounds) * effort.seconds
        with Workers(net, options.workers) as workers:
            for x, t in cycle(batches):
                start = time.perf_counter()
                _, grads = workers.loss_and_gradient(x, t)
                middle = time.perf_counter()
                optimizer.update(net.params, grads)
                steps.append(time.perf_counter() - start)
                updates.append(time.perf_counter() - middle)
                if len(steps) >= WARM + 3 and time.perf_counter() > end:
                    break

        def add(part, ms, unit="ms", key=subject.key):
            results.add("where", f"{key}, {part}", "library", list(ms), unit)

        rest = milliseconds(steps, len(steps)) - milliseconds(updates, len(steps))
        for (name, flop), clock in zip(parts, clocks, strict=True):
            ways = {way: milliseconds(taken, len(steps)) for way, taken in clock.items() if taken}
            for way, ms in ways.items():
                add(f"{name}, {way}", ms)
                rest -= ms
            if flop:
                add(name, flop / sum(ways.values()) / 1e6, "GF/s")
        add("update", milliseconds(updates, len(steps)))
        add("all else", rest)  # gathering gradients, waiting for each other
        threads = len(clocks[0]["forward"]) // len(steps)
        add(f"the most of {threads} core(s)", [peak(threads, options.quick)], "GF/s")


def milliseconds(seconds, steps):
    """Of each step the mean over the workers, without the first steps."""
    by_step = np.reshape(seconds, (steps, -1))  # (steps*workers,) -> (steps, workers)
    return 1000 * by_step[WARM:].mean(axis=1)


def to_do(net, x):
    """For each layer its name, and the FLOP of both directions, for the whole batch."""
    first = first_trainable(net)
    for i, layer in enumerate(net.layers):
        y = layer.forward(x, training=True)
        shapes = [getattr(one, name).shape for one in layer.walk() for name in one.param_names]
        ways = 2 + (i > first)  # y, dW, and dx unless it is never needed
        name = " ".join([str(i), type(layer).__name__, *map(str, shapes[:1])])
        yield name, 2 * layer.multiply_adds(x, y) * ways
        x = y
