"""Who is timed, behind one interface: the library, the book's manner, and the peers installed.

A contender has the library's weights. Its calls are timed within `ready()`, single layers within
`one_thread()`: what it needs for itself, such as threads, begins and ends there and cannot disturb
its neighbour. `array`, `batch` and `own` bring numbers into the contender's form beforehand: no
conversion is timed.
"""

from contextlib import contextmanager, nullcontext
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from benchmarks import book_manner
from dlscratch.parameters import Parameters
from dlscratch.workers import Workers, one_blas_thread

TOLERANCE = 1e-4  # of the largest number in the array: float32 against float64, after eight layers


class Library:
    """As the Trainer does it, with the workers that it chooses."""

    name = "library"
    one_thread = staticmethod(one_blas_thread)
    own = staticmethod(Parameters.copy_of)

    def __init__(self, subject, workers=None, **options):
        self.net, self.optimizer = subject.network(**options), subject.optimizer()
        self.count = workers

    @contextmanager
    def ready(self):
        with Workers(self.net, self.count) as self.workers:
            yield

    def array(self, a):
        """Images lie in memory with their channels last, behind a view (N, C, H, W)."""
        return np.moveaxis(np.moveaxis(a, 1, -1).copy(), -1, 1) if a.ndim == 4 else a

    def batch(self, x, t):
        return x, t

    def scores(self, x):
        return self.workers.predict(x)

    def passes(self, x, dout):
        """y and dx, without a loss."""
        return self.net.forward(x, training=True), self.net.backward(dout)

    def gradient(self, x, t):
        return self.workers.loss_and_gradient(x, t)[1]

    def update(self, grads):
        self.optimizer.update(self.net.params, grads)

    def step(self, x, t):
        self.update(self.gradient(x, t))


class Book(Library):
    """The book's manner; float64, because its weights are."""

    name = "book"
    dtype = np.float64
    ready = nullcontext

    def __init__(self, subject, workers=None, **options):
        self.net = book_manner.BookNetwork(subject.network(**options).layers, self.dtype)
        self.optimizer = book_manner.OPTIMIZERS[subject.optimizer.__name__]()
        self.workers = self.net  # a single one

    def array(self, a):
        return np.array(a, self.dtype, order="C")

    def own(self, grads):
        return {name: self.array(grad) for name, grad in grads.items()}

    def batch(self, x, t):
        return x, np.eye(10, dtype=self.dtype)[t]  # (N,) -> one-hot, (N, 10)


class BookFloat32(Book):
    """The same with float32 weights: shows how much of the gain is the dtype alone."""

    name = "book, float32"
    dtype = np.float32


KINDS = {kind.name: kind for kind in [Library, Book, BookFloat32]}
PEERS = {  # name -> the package that it needs, the module and the class
    "PyTorch": ("torch", "benchmarks.pytorch", "PyTorch"),
    "PyTorch, channels-last": ("torch", "benchmarks.pytorch", "ChannelsLast"),
    "torch.compile": ("torch", "benchmarks.pytorch", "Compiled"),
    "JAX, jit": ("jax", "benchmarks.jax_jit", "Jax"),
}


def named(name):
    """The class of a contender; a peer is imported only here, as that takes time and memory."""
    if name in KINDS:
        return KINDS[name]
    _, module, kind = PEERS[name]
    return getattr(import_module(module), kind)


def peers():
    """The names of those that are installed."""
    return [name for name, (package, *_) in PEERS.items() if find_spec(package)]


def missing():
    """The packages of those that are not."""
    return sorted({package for package, *_ in PEERS.values() if not find_spec(package)})


def entered(options, *ours, peers_at_most=None):
    """The library, those named, and the peers; --quick has no time for peers and for float32."""
    if options.quick:
        return ["library", *(who for who in ours if who != "book, float32")]
    return ["library", *ours, *peers()[:peers_at_most]]


def agree(subject, who, x, t, workers=None):
    """Scores and gradients of a contender against a plain network's: same weights, no Dropout."""
    net, other = subject.network(drop=False), named(who)(subject, workers, drop=False)
    with other.ready():
        found = {"scores": other.scores(x), **other.gradient(*other.batch(x, t))}
        return verdict(subject.key, who, {"scores": net.predict(x), **net.gradient(x, t)}, found)


def agree_alone(subject, who, x, dout):
    """The same for bare layers: y and dx."""
    net, other = subject.network(drop=False), named(who)(subject, drop=False)
    y, dx = other.passes(other.array(x), other.array(dout))
    wanted = {"y": net.forward(x, training=True), "dx": net.backward(dout)}
    return verdict(subject.key, who, wanted, {"y": y, "dx": dx})


def verdict(what, contender, wanted, found):
    """A record of the worst error, as a share of the largest number of its array.

    RuntimeError if it is too large: a wrong contender must not be timed.
    """
    errors = {}
    for name, array in wanted.items():
        other = np.asarray(found[name])
        if other.shape != array.shape:
            raise RuntimeError(f"expected an array of shape {array.shape}, got {other.shape}")
        errors[name] = float(np.max(np.abs(other - array)) / max(np.max(np.abs(array)), 1e-12))
    where = max(errors, key=errors.get)
    if not all(error <= TOLERANCE for error in errors.values()):  # nan is not either
        raise RuntimeError(f"{contender} disagrees with the library on {what}: {errors}")
    return {"what": what, "contender": contender, "error": errors[where], "where": where}
