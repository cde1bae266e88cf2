"""Both cores: each worker takes a part of the batch through the whole network.

NumPy lets go of Python's lock while it computes, so two threads really run at once; between two
calls they may have to wait for each other, though not on a free-threaded Python. A worker is a
second set of layer objects on the same parameter arrays, with caches and a random generator of its
own. The gradient of the whole batch is the mean of the parts' gradients, weighed by their sizes,
always added up in the same order: one seed and one number of workers give one result, to the bit.
BLAS is held to one thread meanwhile, or its threads and ours would fight for the same cores. So it
is for a single worker, unless an Affine layer is wide: in small products BLAS's threads spend their
time waiting for each other, and on a machine that is busy with something else fifty times as long.
In wide ones they save a fifth of the time and more, though a busy machine takes twice as long.
"""

import copy
import math
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from importlib.util import find_spec
from typing import Any

import numpy as np

from dlscratch import functions
from dlscratch.layers import Affine, BatchNorm, Convolution
from dlscratch.network import Network, expect_rows
from dlscratch.parameters import Parameters

MIN_ROWS = 10  # rows for a worker: with fewer, threads cost more time than they save
MAX_IMAGES = 100  # images that a worker takes at a time: more would only take more memory
BLAS_MIN_WEIGHTS = 200_000  # weights in a layer from which on a second thread of BLAS saves time


def suitable_workers(net) -> int:
    """How many workers pay: one a core for convolutions, otherwise one."""
    return available_cores() if convolutional(net) and can_limit_blas() and splittable(net) else 1


def convolutional(net) -> bool:
    """Whether it has a Convolution: much to do for each row, and much memory."""
    return any(isinstance(layer, Convolution) for layer in getattr(net, "layers", ()))


def wide(net) -> bool:
    """Whether it has products of matrices so large that BLAS does them sooner on two threads."""
    layers = getattr(net, "layers", ())
    return any(isinstance(layer, Affine) and layer.W.size >= BLAS_MIN_WEIGHTS for layer in layers)


def splittable(net) -> bool:
    """Whether a batch may be taken in parts: BatchNorm needs the whole of it."""
    layers = getattr(net, "layers", ())
    return isinstance(net, Network) and not any(isinstance(layer, BatchNorm) for layer in layers)


def available_cores() -> int:
    """The cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


class Workers:
    """`count` threads that work out gradient, scores and accuracy of one network together.

    Use it in a `with` statement. The first one works in the caller's own thread.
    """

    def __init__(self, net, count: int | None = None):
        count = suitable_workers(net) if count is None else count
        if count < 1:
            raise ValueError(f"workers must be 1 or more, got {count}")
        if count > 1 and not splittable(net):
            raise ValueError(
                f"workers must be 1 for this network, got {count}: only a Network without "
                "BatchNorm can take its batch in parts"
            )
        self.nets = [net] + [_replica(net, number) for number in range(1, count)]
        self.grads: list[Parameters | None] = [None] * count
        self.threads = ThreadPoolExecutor(max(1, count - 1))  # the first works in this thread
        self.longest = MAX_IMAGES if convolutional(net) else None
        self.blas_limit = one_blas_thread() if count > 1 or not wide(net) else nullcontext()

    def __enter__(self):
        retain_freed_memory()
        self.blas_limit.__enter__()
        return self

    def __exit__(self, *exception):
        self.threads.shutdown()
        self.blas_limit.__exit__(*exception)

    def loss_and_gradient(self, x, t) -> tuple[float, Parameters]:
        """As `Network.loss_and_gradient`, the batch shared out among the workers.

        Of many images several workers take one piece after the other: the memory does not grow.
        A single worker takes the batch whole, for layers that need it so.
        The gradients are those of the last call, overwritten: nothing large is allocated twice.
        """
        if len(self.nets) == 1:
            return self._single(x, t)
        pieces, shares = self._pieces(x, self.longest)
        loss = 0.0
        total: Any = None
        for i in range(0, len(pieces), len(self.nets)):
            more = self.grads, shares[i:]
            results = self._map(Network.loss_and_gradient, pieces[i:], [x, t], *more)
            self.grads[: len(results)] = [grads for _, grads in results]
            for part_loss, grads in results:  # always added up in this order
                loss += part_loss
                if total is None:
                    total, self.grads[0] = grads, None  # the next pieces get another room
                else:
                    total.flat += grads.flat
        self.grads[0] = total
        return loss, total

    def _single(self, x, t):
        net = self.nets[0]
        if not isinstance(net, Network):  # a class of the reader's own
            return net.loss_and_gradient(x, t)
        loss, self.grads[0] = net.loss_and_gradient(x, t, self.grads[0])
        return loss, self.grads[0]

    def predict(self, x) -> np.ndarray:
        """As `Network.predict`, the rows shared out among the workers."""
        if len(self.nets) == 1:
            return self.nets[0].predict(x)
        pieces, _ = self._pieces(x)
        return np.concatenate(self._map(Network.predict, pieces, [x]))

    def accuracy(self, x, t) -> float:
        """As `Network.accuracy`, the rows shared out among the workers."""
        if len(self.nets) == 1:
            return self.nets[0].accuracy(x, t)
        expect_rows(t, len(x))
        return functions.accuracy(self.predict(x), t)

    def _pieces(self, x, longest=None):
        """Slices of the rows, one for each worker that gets some or several, and their shares."""
        count = max(1, min(len(self.nets), len(x) // MIN_ROWS))
        if longest is not None:
            count *= max(1, math.ceil(len(x) / (count * longest)))
        ends = [len(x) * i // count for i in range(count + 1)]
        pieces = [slice(i, j) for i, j in zip(ends, ends[1:])]
        return pieces, [(piece.stop - piece.start) / max(1, len(x)) for piece in pieces]

    def _map(self, method, pieces, arrays, *more):
        """method(net, rows of the arrays, ..) of all workers at once."""
        _ = self.nets[0].params  # lets arrays that were replaced since the last step reach all
        work = [
            (net, *(array[piece] for array in arrays), *rest)
            for net, piece, *rest in zip(self.nets, pieces, *more)
        ]
        jobs = [self.threads.submit(method, *arguments) for arguments in work[1:]]
        return [method(*work[0]), *(job.result() for job in jobs)]


def _replica(net, number):
    """A second network on the same parameter arrays, its caches and generators its own."""
    twin = copy.copy(net)
    twin._params = net.params
    shared = {id(array): array for array in net.params.values()}  # all else is copied
    twin.layers, twin.last_layer = copy.deepcopy((net.layers, net.last_layer), shared)
    for layer in twin.layers:
        if hasattr(layer, "rng"):  # seeded from what the network's own generator would draw next
            layer.rng = np.random.default_rng([number, layer.rng.integers(2**63)])
    return twin


def retain_freed_memory():
    """Let the process keep the memory that a step gives back, for the next step.

    Linux's malloc at first returns every large array to the system, and gets each page of the next
    one by a page fault: up to 2,600 of them a step. Once an array of nearly 32 MB was given back,
    even one that nobody ever wrote to, it keeps what is smaller.
    """
    np.empty(31 << 20, np.uint8)


def can_limit_blas() -> bool:
    """Whether threadpoolctl is installed."""
    return find_spec("threadpoolctl") is not None


def one_blas_thread():
    """A context in which NumPy's products use one thread; nothing changes without threadpoolctl."""
    if not can_limit_blas():
        return nullcontext()
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1, user_api="blas")
