"""Who is timed: the library, the book's manner (in two dtypes) and PyTorch, behind one interface.

`ready()` is a `with` block around timed calls: what a contender needs for itself, such as threads,
begins and ends there and cannot disturb its neighbour. Within, `step` is one gradient + update,
`update` the update alone; `scores` is the forward pass, within `scoring()`. `batches` and
`gradients` bring numbers into the contender's own form beforehand: no conversion is timed.
"""

from contextlib import contextmanager, nullcontext
from importlib.util import find_spec

import numpy as np

from benchmarks import book_manner
from dlscratch import Sequential
from dlscratch.parameters import Parameters
from dlscratch.workers import Workers, one_blas_thread

TOLERANCE = 1e-4  # of the largest number in the array: float32 against float64, after eight layers


class Library:
    """The step as the Trainer does it, with the workers that it chooses; scores by `predict`."""

    name = "library"
    scoring = nullcontext  # `predict` on whatever threads BLAS takes, as at the prompt
    gradients = staticmethod(Parameters.copy_of)

    def __init__(self, subject, workers=None, **options):
        self.net, self.optimizer = subject.network(**options), subject.optimizer()
        self.count = workers

    @contextmanager
    def ready(self):
        with Workers(self.net, self.count) as self.workers:
            yield

    def batches(self, batches):
        return batches

    def scores(self, x):
        return self.net.predict(x)

    def gradient(self, x, t):
        return self.workers.loss_and_gradient(x, t)[1]

    def update(self, grads):
        self.optimizer.update(self.net.params, grads)

    def step(self, x, t):
        self.update(self.gradient(x, t))

    def momentum(self):
        """Adam's m, all of it."""
        return np.concatenate([m.ravel() for m, _ in self.optimizer.state.values()])


class LibraryWorkers(Library):
    """Scores by `Workers.predict`, as the Trainer's evaluation: the rows shared out."""

    name = "library, workers"
    scoring = Library.ready

    def scores(self, x):
        return self.workers.predict(x)


class Book(Library):
    """The book's manner; float64, because its weights are."""

    name = "book"
    dtype = np.float64
    ready = nullcontext

    def __init__(self, subject, workers=None, **options):
        self.net = book_manner.BookNetwork(subject.network(**options).layers, self.dtype)
        self.optimizer = getattr(book_manner, subject.optimizer.__name__)()

    def gradients(self, grads):
        return {name: grad.astype(self.dtype) for name, grad in grads.items()}

    def gradient(self, x, t):
        return self.net.gradient(x, t)

    def momentum(self):
        return np.concatenate([m.ravel() for m in self.optimizer.m.values()])


class BookFloat32(Book):
    """The same with float32 weights: shows how much of the gain is the dtype alone."""

    name = "book, float32"
    dtype = np.float32


KINDS = {kind.name: kind for kind in [Library, LibraryWorkers, Book, BookFloat32]}
MISSING = "PyTorch is not installed, so its columns stay empty (pip install torch)"


def named(name):
    """The class of a contender; importing PyTorch takes a while, and memory."""
    if name != "PyTorch":
        return KINDS[name]
    from benchmarks.pytorch import PyTorch

    return PyTorch


def available(*others):
    """Library, book, the `others`, and PyTorch where it is installed."""
    names = [name for name in KINDS if name in ("library", "book", *others)]
    return [*names, "PyTorch"] if find_spec("torch") else names


def alone(layers, x, dout):
    """{name: (`with` block, call)}: x and dout through bare layers on one thread; y and dx.

    Each contender gets its numbers in the memory order that it uses inside a network: the library
    (N, H, W, C) behind NCHW views, the others NCHW, the book in float64.
    """
    ours = Sequential(*layers)
    found = {"library": lambda: (ours.forward(x, training=True), ours.backward(dout))}
    if all(type(layer) in book_manner.COPIES for layer in layers):
        book = book_manner.BookNetwork(layers)
        X, DOUT = (np.array(array, np.float64, order="C") for array in (x, dout))
        found["book"] = lambda: (book.predict(X, training=True), book.backward(DOUT))
    runners = {who: (one_blas_thread, call) for who, call in found.items()}
    if "PyTorch" in available():
        from benchmarks import pytorch

        runners["PyTorch"] = pytorch.one_thread, pytorch.passes(layers, x, dout)
    return runners


def agree(subject, who, x, t, workers=None):
    """Scores and gradients of a contender against a plain network's: same weights, no Dropout."""
    net, other = subject.network(drop=False), named(who)(subject, workers, drop=False)
    wanted = {"scores": net.predict(x), **net.gradient(x, t)}
    with other.ready():
        found = {"scores": other.scores(x), **other.gradient(x, t)}
        return verdict(subject.key, who, wanted, found)


def verdict(what, contender, wanted, found):
    """A record of the worst error, as a share of the largest number of its array.

    RuntimeError if it is too large: a wrong contender must not be timed.
    """
    errors = {name: worst_error(np.asarray(found[name]), wanted[name]) for name in wanted}
    where = max(errors, key=errors.get)
    if not all(error <= TOLERANCE for error in errors.values()):  # nan is not either
        raise RuntimeError(f"{contender} disagrees with the library on {what}: {errors}")
    return {"what": what, "contender": contender, "error": errors[where], "where": where}


def worst_error(found, wanted):
    if found.shape != wanted.shape:
        raise RuntimeError(f"expected an array of shape {wanted.shape}, got {found.shape}")
    return float(np.max(np.abs(found - wanted)) / max(np.max(np.abs(wanted)), 1e-12))
