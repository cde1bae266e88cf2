"""Where the time of a training step goes, layer by layer, and how far that is from the machine.

The step is the Trainer's own, with its workers. A worker does its part of the batch, all at the
same time, so a layer's milliseconds are the mean over the workers, and what they compute together
is compared with the most that as many cores can do (see benchmarks.machine).

FLOP: two for each multiplication of a product of matrices; none are counted elsewhere.
bytes: each array that must be read or written, once: forward x, y and parameters; backward dout,
what forward kept, dx, parameters and their gradients. A share above 100 % came from a cache.
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
    peaks = cache(machine.peaks)
    for subject in map(SUBJECTS.get, options.net):
        record = profile(subject, effort, options)
        results.where.append({**record, "peak": peaks(record["threads"], options.quick)})


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
    times = [{way: median(taken, len(steps)) for way, taken in one.items()} for one in clocks]
    *times, loss = times
    for layer, taken in zip(layers, times, strict=True):
        layer.update({f"{way} ms": ms for way, ms in taken.items()}, ms=sum(taken.values()))
    step, update = median(steps, len(steps)), median(updates, len(steps))
    rest = step - update - sum(loss.values()) - sum(layer["ms"] for layer in layers)
    return {
        "net": subject.key,
        "title": subject.title,
        "threads": len(clocks[0]["forward"]) // len(steps),
        "layers": layers,
        # all else is nobody's: gathering gradients, waiting for each other
        "others": {"loss": sum(loss.values()), "update": update, "all else": max(rest, 0.0)},
        "step ms": step,
    }


def median(seconds, steps):
    """Milliseconds: the median over the steps of the mean over the workers."""
    if not seconds:
        return 0.0
    by_step = np.reshape(seconds, (steps, -1))  # (steps*workers,) -> (steps, workers)
    return 1000 * float(np.median(by_step[WARM:].mean(axis=1)))


def to_do(net, x):
    """For each layer its name, and the FLOP and bytes of both directions, for the whole batch."""
    first = first_trainable(net)
    for i, layer in enumerate(net.layers):
        y = layer.forward(x, training=True)
        inside = list(layer.walk())
        product = 2 * layer.multiply_adds(x, y)
        params = [getattr(one, name) for one in inside for name in one.param_names]
        kept = [part for one in inside for part in one.cache or () if hasattr(part, "nbytes")]
        weights, kept = (sum(array.nbytes for array in arrays) for arrays in (params, kept))
        forward = x.nbytes + y.nbytes + weights
        backward = y.nbytes + kept + 2 * weights + x.nbytes * (i > first)
        yield {
            "layer": " ".join([type(layer).__name__, *(str(p.shape) for p in params[:1])]),
            "flop": product * (2 + (i > first)),  # y, dW, and dx unless it is never needed
            "bytes": forward + backward * (i >= first),
        }
        x = y
