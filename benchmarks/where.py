"""Where the time of a training step goes, layer by layer, and how far that is from the machine.

The step is the Trainer's own, with its workers; every layer's forward and backward is clocked in
each of them. A worker does its part of the batch, all at the same time, so a layer's milliseconds
are the mean over the workers, and what they work out together is set against the most that as many
cores can do: the GF/s of large products of matrices, the GB/s of copies (see benchmarks.machine).

FLOP: two for each multiplication of a product of matrices; none are counted elsewhere.
bytes: each array that must be read or written, once: forward x, y and parameters; backward dout,
what forward kept, dx, parameters and their gradients. A share above 100 % came from a cache.
"""

import statistics
import time

import numpy as np

from benchmarks import machine
from benchmarks.networks import SUBJECTS, digits
from dlscratch.layers import Affine, Convolution
from dlscratch.workers import Workers

WARM = 3  # steps that are not counted


def where(results, effort, options):
    """A table of the layers of each network; results.where gets a record for each network."""
    peaks = {}
    for subject in map(SUBJECTS.get, options.net):
        record = profile(subject, effort, options)
        threads = record["threads"]
        if threads not in peaks:
            peaks[threads] = machine.peaks(threads, options.quick)
        record["peak"] = peaks[threads]
        results.where.append(record)


def profile(subject, effort, options):
    """One network: what each layer has to do, and how long each part of a step took."""
    net, optimizer = subject.network(options.seed), subject.optimizer()
    batches = digits(subject.image, seed=options.seed)
    work = list(to_do(net, *batches[0]))
    steps, updates = [], []
    with Workers(net, options.workers) as team:
        clocks = [clocked(one) for one in team.nets]
        end = time.perf_counter() + WARM * effort.seconds + effort.rounds * effort.seconds
        while len(steps) < WARM + 3 or time.perf_counter() < end:
            start = time.perf_counter()
            _, grads = team.loss_and_gradient(*batches[len(steps) % len(batches)])
            middle = time.perf_counter()
            optimizer.update(net.params, grads)
            steps.append(time.perf_counter() - start)
            updates.append(time.perf_counter() - middle)
    layers = []
    for i, one in enumerate(work):
        for direction in ("forward", "backward"):
            one[f"{direction} ms"] = median([clock[i][direction] for clock in clocks])
        layers.append(one)
    loss = sum(median([c[-1][way] for c in clocks]) for way in ("forward", "backward"))
    return {
        "net": subject.key,
        "title": subject.title,
        "threads": len(team.nets),
        "layers": layers,
        "loss ms": loss,
        "update ms": median([updates]),
        "step ms": median([steps]),
    }


def clocked(net):
    """[{"forward": seconds of each call, "backward": ..}] for each layer, the loss at the end."""
    first = next((i for i, layer in enumerate(net.layers) if layer.param_names), 0)
    clocks = []
    for i, layer in enumerate([*net.layers, net.last_layer]):
        backward = "weight_gradients" if i == first else "backward"  # no dx is asked of the first
        clocks.append({"forward": clock(layer, "forward"), "backward": clock(layer, backward)})
    return clocks


def clock(layer, method):
    """Time a method of this one object; answers the list that its seconds go into."""
    original, taken = getattr(layer, method), []

    def timed(*args, **options):
        start = time.perf_counter()
        answer = original(*args, **options)
        taken.append(time.perf_counter() - start)
        return answer

    setattr(layer, method, timed)
    return taken


def median(workers):
    """Milliseconds: the median over the steps of the mean over the workers."""
    steps = zip(*(taken[WARM:] for taken in workers))
    return 1000 * statistics.median(map(statistics.fmean, steps)) if all(workers) else 0.0


def to_do(net, x, t):
    """For each layer its name, FLOP and bytes of both directions, for the whole batch."""
    learners = [i for i, layer in enumerate(net.layers) if layer.param_names]
    first = learners[0]
    for i, layer in enumerate(net.layers):
        y = layer.forward(x, training=True)
        product = products(layer, y)
        params = sum(getattr(layer, name).nbytes for name in layer.param_names)
        kept = sum(part.nbytes for part in layer.cache if isinstance(part, np.ndarray))
        to_x = i > first  # whether its dx is asked for
        yield {
            "layer": title(layer),
            "forward flop": product,
            "backward flop": product * (2 if to_x else 1),
            "forward bytes": x.nbytes + y.nbytes + params,
            "backward bytes": (y.nbytes + kept + 2 * params + to_x * x.nbytes) * (i >= first),
        }
        x = y


def products(layer, y):
    """FLOP of the product of matrices in a forward pass: two for each weight and place."""
    if isinstance(layer, Convolution):
        return 2 * y.size * layer.W[0].size  # each output is a sum over C, FH and FW
    if isinstance(layer, Affine):
        return 2 * y.size * len(layer.W)
    return 0


def title(layer):
    """Affine 784-50, Convolution 16-32 3x3, ReLU."""
    name = type(layer).__name__
    if isinstance(layer, Affine):
        return f"{name} {layer.W.shape[0]}-{layer.W.shape[1]}"
    if isinstance(layer, Convolution):
        F, C, FH, FW = layer.W.shape
        return f"{name} {C}-{F} {FH}x{FW}"
    return name


def total(layer, what):
    """Forward and backward together: "ms", "flop" or "bytes"."""
    return layer[f"forward {what}"] + layer[f"backward {what}"]


def rest(record):
    """Milliseconds of a step that are nobody's: gathering gradients, waiting for each other."""
    spent = sum(total(layer, "ms") for layer in record["layers"])
    return max(record["step ms"] - spent - record["loss ms"] - record["update ms"], 0.0)


def floor(record):
    """Milliseconds that the products alone would take at the machine's peak."""
    flop = sum(total(layer, "flop") for layer in record["layers"])
    return flop / record["peak"]["GF/s"] / 1e6
