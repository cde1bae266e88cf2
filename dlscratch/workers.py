"""Data parallelism: each worker runs the whole network on a part of the batch.

NumPy releases the GIL while it computes, so two threads really run at once; between two calls they
may have to wait for each other, except in a free-threaded Python. A worker is a replica of the
network: the same parameter arrays, its own caches and random generators. The gradient of the whole
batch is the mean of the parts' gradients, weighted by their sizes, always added up in the same
order: the same seed and number of workers give the same result, to the bit. BLAS is limited to one
thread meanwhile, or its threads would compete with ours for the cores. The limit also applies to a
single worker, unless a weight matrix is large: small products take longer with several BLAS
threads, up to fifty times as long on a busy machine. For large ones, several threads save a fifth
of the time or more, although on a busy machine they take twice as long.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from typing import Any

import numpy as np

from dlscratch.arguments import expect_rows
from dlscratch.layers import Layer
from dlscratch.network import Network
from dlscratch.parameters import Parameters

MIN_ROWS = 10  # of each worker: with fewer rows, threads cost more time than they save
MAX_IMAGES = 100  # that a worker processes at a time: more would only need more memory
BLAS_MIN_WEIGHTS = 200_000  # in a matrix: from this size on, a second BLAS thread saves time


def suitable_workers(net: Any) -> int:
    """The number of workers that pays off: one per core for expensive examples, otherwise one."""
    pays = pays_to_split(net) and can_limit_blas() and splittable(net) and in_memory(net)
    return available_cores() if pays else 1


def layers_of(net: Any) -> list[Layer]:
    """All layers of a `Network`; none for an object of another class."""
    return list(net.walk()) if isinstance(net, Network) else []


def pays_to_split(net: Any) -> bool:
    """Whether an example takes much time and memory, as with a Convolution."""
    return any(layer.pays_to_split for layer in layers_of(net))


def wide(net: Any) -> bool:
    """Whether a weight matrix is so large that BLAS is faster with two threads."""
    params = net.params.values() if isinstance(net, Network) else ()
    return any(W.ndim == 2 and W.size >= BLAS_MIN_WEIGHTS for W in params)


def in_memory(net: Any) -> bool:
    """Whether it computes on the CPU; threads could only take turns on a GPU."""
    return isinstance(net.params.flat, np.ndarray)


def splittable(net: Any) -> bool:
    """Whether a batch may be split: BatchNorm and some losses need the whole batch."""
    if not isinstance(net, Network) or net.last_layer.whole_batch:
        return False
    return not any(layer.whole_batch for layer in net.walk())


def available_cores() -> int:
    """The number of cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


class Workers:
    """`count` threads that together compute gradient, scores and accuracy of a network.

    Use it in a `with` statement. count: by default `suitable_workers`. The first worker runs in the
    caller's thread. ValueError if the network needs the whole batch and count is above 1.
    """

    def __init__(self, net: Any, count: int | None = None):
        count = suitable_workers(net) if count is None else count
        if count < 1:
            raise ValueError(f"workers must be 1 or more, got {count}")
        if count > 1 and not splittable(net):
            raise ValueError(
                f"workers must be 1 for this network, got {count}: only a Network without a layer "
                "that needs the whole batch, as BatchNorm does, can take its batch in parts"
            )
        self.nets = [net] + [_replica(net, number) for number in range(1, count)]
        self.threads = ThreadPoolExecutor(max(1, count - 1))  # the first works in this thread
        self.max_rows = MAX_IMAGES if pays_to_split(net) else None
        self.blas_limit = one_blas_thread() if count > 1 or not wide(net) else nullcontext()

    def __enter__(self) -> Workers:
        retain_freed_memory()
        self.blas_limit.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        self.threads.shutdown()
        self.blas_limit.__exit__(*exception)

    def loss_and_gradient(self, x: np.ndarray, t: np.ndarray) -> tuple[float, Parameters]:
        """As `Network.loss_and_gradient`, with the batch split among the workers.

        If it has many images, each worker processes several pieces in turn, to limit the memory.
        A single worker processes the whole batch at once, since some layers need that.
        """
        if len(self.nets) == 1:
            return self.nets[0].loss_and_gradient(x, t)
        pieces, shares = self._pieces(x, self.max_rows)
        loss, total = 0.0, None
        for i in range(0, len(pieces), len(self.nets)):
            results = self._map(Network.loss_and_gradient, pieces[i:], [x, t], shares[i:])
            for part_loss, grads in results:  # always added up in this order
                loss += part_loss
                if total is None:  # a further round of pieces would overwrite grads
                    total = grads if len(pieces) == len(results) else Parameters.copy_of(grads)
                else:
                    total.flat += grads.flat
        assert total is not None
        return loss, total

    def predict(self, x: np.ndarray) -> np.ndarray:
        """As `Network.predict`, with the rows split among the workers."""
        if len(self.nets) == 1:
            return self.nets[0].predict(x)
        pieces, _ = self._pieces(x)
        return np.concatenate(self._map(Network.predict, pieces, [x]))

    def accuracy(self, x: np.ndarray, t: np.ndarray) -> float:
        """As `Network.accuracy`, with the rows split among the workers."""
        net = self.nets[0]
        if len(self.nets) == 1:
            return net.accuracy(x, t)
        expect_rows(t, len(x))
        return net.last_layer.accuracy(self.predict(x), t)

    def generators(self) -> list[np.random.Generator]:
        """The random generators of the layers of all replicas."""
        layers = [layer for net in self.nets for layer in layers_of(net)]
        return [layer.rng for layer in layers if layer.rng is not None]

    def _pieces(
        self, x: np.ndarray, max_rows: int | None = None
    ) -> tuple[list[slice], list[float]]:
        """Slices of the rows, one or several for each worker, and their fractions of the batch."""
        count = max(1, min(len(self.nets), len(x) // MIN_ROWS))
        if max_rows is not None:
            count *= max(1, math.ceil(len(x) / (count * max_rows)))
        ends = [len(x) * i // count for i in range(count + 1)]
        pieces = [slice(i, j) for i, j in zip(ends, ends[1:])]
        return pieces, [(piece.stop - piece.start) / max(1, len(x)) for piece in pieces]

    def _map(
        self,
        method: Callable[..., Any],
        pieces: list[slice],
        arrays: list[np.ndarray],
        *more: list[float],
    ) -> list[Any]:
        """method(net, rows of the arrays, ..) for all workers at once."""
        work = [
            (net, *(array[piece] for array in arrays), *rest)
            for net, piece, *rest in zip(self.nets, pieces, *more)
        ]
        jobs = [self.threads.submit(method, *arguments) for arguments in work[1:]]
        return [method(*work[0]), *(job.result() for job in jobs)]


def _replica(net: Network, number: int) -> Network:
    """A replica of the network with the same parameters; its generators depend on its number."""
    twin = net.replica()
    for layer in twin.walk():
        if layer.rng is not None:  # the seed: the number, and the generator's next integer
            layer.rng = np.random.default_rng([number, int(layer.rng.integers(2**63))])
    return twin


def retain_freed_memory() -> None:
    """Make the process keep the memory that a step frees, for the next step.

    At first, Linux's malloc returns every large array to the system, and gets each page of the next
    one by a page fault: up to 2,600 of them per step. Once an array of nearly 32 MB has been freed,
    even one that was never written to, malloc keeps smaller ones for reuse.
    """
    np.empty(31 << 20, np.uint8)


def can_limit_blas() -> bool:
    """Whether threadpoolctl is installed."""
    return find_spec("threadpoolctl") is not None


class _OneBlasThread:
    """Limits BLAS to one thread; the limit is global, so all instances count as one.

    The first to enter sets it, the last to leave restores it.
    """

    lock = threading.Lock()
    inside = 0
    limits: Any = None

    def __enter__(self) -> None:
        with self.lock:
            if _OneBlasThread.inside == 0 and can_limit_blas():
                from threadpoolctl import threadpool_limits

                _OneBlasThread.limits = threadpool_limits(limits=1, user_api="blas")
                let_any_thread_restore()
            _OneBlasThread.inside += 1

    def __exit__(self, *exception: object) -> None:
        with self.lock:
            _OneBlasThread.inside -= 1
            if _OneBlasThread.inside == 0 and self.limits is not None:
                self.limits.restore_original_limits()
                let_any_thread_restore()
                _OneBlasThread.limits = None


def let_any_thread_restore() -> None:
    """Let any thread restore the limit: threadpoolctl 3.8 allows only the one that has set it."""
    import threadpoolctl

    openblas: Any = getattr(threadpoolctl, "OpenBLASController", None)
    if hasattr(openblas, "clear_controlling_thread"):
        openblas.clear_controlling_thread(force=True)


def one_blas_thread() -> AbstractContextManager[Any]:
    """A context in which NumPy's products use one thread; without threadpoolctl it does nothing."""
    return _OneBlasThread()
