"""Who is timed: the library, the book's manner (in two dtypes) and PyTorch, behind one interface.

training(batches): a `with` block that gives a function doing one gradient + update, the batches
in turn. inference(x): one that gives a function scoring x. Whatever a contender needs for itself
(threads, a held-back BLAS) begins and ends with the block, so that it cannot disturb its neighbour.
"""

from contextlib import contextmanager, nullcontext
from itertools import cycle

import numpy as np

from benchmarks import book_manner, pytorch
from dlscratch.workers import Workers

TOLERANCE = 1e-4  # of the largest number in the array: float32 against float64, after eight layers


class Library:
    name = "library"

    def __init__(self, subject, workers=None, **options):
        self.net = subject.network(**options)
        self.optimizer = subject.optimizer()
        self.workers = workers

    def predict(self, x):
        return self.net.predict(x)

    def gradient(self, x, t):
        with Workers(self.net, self.workers) as team:
            return dict(team.loss_and_gradient(x, t)[1])

    @contextmanager
    def training(self, batches):
        turn = cycle(batches)
        with Workers(self.net, self.workers) as team:

            def step():
                _, grads = team.loss_and_gradient(*next(turn))
                self.optimizer.update(self.net.params, grads)

            yield step

    def inference(self, x):
        return nullcontext(lambda: self.net.predict(x))


class Book:
    name = "book"
    dtype = np.float64

    def __init__(self, subject, **options):
        self.net = book_manner.BookNetwork(subject.network(**options), self.dtype)
        self.optimizer = getattr(book_manner, subject.optimizer.__name__)()

    def predict(self, x):
        return self.net.predict(x)

    def gradient(self, x, t):
        return self.net.gradient(x, t)

    def training(self, batches):
        turn = cycle(batches)

        def step():
            self.optimizer.update(self.net.params, self.net.gradient(*next(turn)))

        return nullcontext(step)

    def inference(self, x):
        return nullcontext(lambda: self.net.predict(x))


class BookFloat32(Book):
    """The same with float32 weights: shows how much of the gain is the dtype alone."""

    name = "book, float32"
    dtype = np.float32


class PyTorch:
    name = "PyTorch"

    def __init__(self, subject, **options):
        self.net = pytorch.TorchNetwork(subject.network(**options))
        self.optimizer = self.net.optimizer(subject.optimizer.__name__)

    def predict(self, x):
        return self.net.predict(x)

    def gradient(self, x, t):
        return self.net.gradient(x, t)

    def training(self, batches):
        import torch

        turn = cycle([
            (torch.from_numpy(x), torch.from_numpy(t.astype(np.int64))) for x, t in batches
        ])  # fmt: skip
        self.net.model.train()

        def step():
            self.optimizer.zero_grad()
            self.net.backward(*next(turn))
            self.optimizer.step()

        return nullcontext(step)

    def inference(self, x):
        return nullcontext(lambda: self.net.predict(x))


ALL = {kind.name: kind for kind in [Library, Book, BookFloat32, PyTorch]}


def available(quick=False):
    """The contenders that this machine can run; quick leaves out the book's manner in float32."""
    missing = {BookFloat32} if quick else set()
    if not pytorch.installed():
        missing.add(PyTorch)
    return [kind for kind in ALL.values() if kind not in missing]


def agree(subject, kind, x, t):
    """Scores and gradients of a contender against the library's, same weights, Dropout silent.

    Answers a record with the worst error, as a share of the largest number of its array.
    RuntimeError if it is too large: a wrong contender must not be timed.
    """
    library, other = Library(subject, workers=1, drop=False), kind(subject, drop=False)
    wanted = {"scores": library.predict(x), **library.gradient(x, t)}
    found = {"scores": other.predict(x), **other.gradient(x, t)}
    errors = {name: worst_error(found[name], array) for name, array in wanted.items()}
    where = max(errors, key=errors.get)
    if not errors[where] <= TOLERANCE:
        raise RuntimeError(f"{kind.name} disagrees with the library on {subject.title}: {errors}")
    return {"what": subject.key, "contender": kind.name, "error": errors[where], "where": where}


def worst_error(found, wanted):
    assert found.shape == wanted.shape, f"{found.shape} is not {wanted.shape}"
    return float(np.max(np.abs(found - wanted)) / max(np.max(np.abs(wanted)), 1e-12))
