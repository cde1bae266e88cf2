"""Where the time of a training step goes, layer by layer, and how far that is from the machine.

The step is the Trainer's own, with its workers. A worker does its part of the batch, all at the
same time, so a layer's milliseconds are the mean over the workers, and the FLOP that they compute
together are compared with the most that as many cores can do (see benchmarks.machine). FLOP: two
for each multiplication of a product of matrices; none are counted elsewhere.
"""

import time
from functools import cache
from itertools import cycle

import numpy as np

from benchmarks import machine
from benchmarks.networks import SUBJECTS, digits
from dlscratch.inspection.layer_times import clock_layers, first_trainable
from dlscratch.workers import Workers

WARM = 3  # steps that are not counted


def where(results, effort, options):
    """A record for each network in results.where."""
    peak = cache(machine.peak)
    for subject in map(SUBJECTS.get, options.net):
        record = profile(subject, effort, options)
        record["peak GF/s"] = peak(record["threads"], options.quick)
        results.where.append(record)


def profile(subject, effort, options):
    """One network: what each layer has to do, and how long each part of a step takes."""
    net, optimizer = subject.network(options.seed), subject.optimizer()
    batches = digits(subject.image, seed=options.seed)
    layers = list(to_do(net, batches[0][0]))
    clocks = clock_layers(net)
    steps, updates = [], []
    with Workers(net, options.workers) as workers:
        end = time.perf_counter() + (WARM + effort.rounds) * effort.seconds
        for x, t in cycle(batches):
            start = time.perf_counter()
            _, grads = workers.loss_and_gradient(x, t)
            middle = time.perf_counter()
            optimizer.update(net.params, grads)
            steps.append(time.perf_counter() - start)
            updates.append(time.perf_counter() - middle)
            if len(steps) >= WARM + 3 and time.perf_counter() > end:
                break
    *times, loss = (
        {f"{way} ms": median(taken, len(steps)) for way, taken in clock.items()} for clock in clocks
    )
    others = {"loss": sum(loss.values()), "update": median(updates, len(steps))}
    step = median(steps, len(steps))
    rest = step - sum(others.values()) - sum(sum(taken.values()) for taken in times)
    return {
        "net": subject.key,
        "title": subject.title,
        "threads": len(clocks[0]["forward"]) // len(steps),
        "layers": [{**layer, **taken} for layer, taken in zip(layers, times, strict=True)],
        "others": {**others, "all else": max(rest, 0.0)},  # gathering gradients, waiting
        "step ms": step,
    }


def median(seconds, steps):
    """Milliseconds: the median over the steps of the mean over the workers."""
    if not seconds:
        return 0.0
    by_step = np.reshape(seconds, (steps, -1))  # (steps*workers,) -> (steps, workers)
    return 1000 * float(np.median(by_step[WARM:].mean(axis=1)))


def to_do(net, x):
    """For each layer its name, and the FLOP of both directions, for the whole batch."""
    first = first_trainable(net)
    for i, layer in enumerate(net.layers):
        y = layer.forward(x, training=True)
        shapes = [getattr(one, name).shape for one in layer.walk() for name in one.param_names]
        yield {
            "layer": " ".join([type(layer).__name__, *map(str, shapes[:1])]),
            # y, dW, and dx unless it is never needed
            "flop": 2 * layer.multiply_adds(x, y) * (2 + (i > first)),
        }
        x = y
