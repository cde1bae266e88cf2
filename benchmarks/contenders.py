"""Who is timed: the library, the book's manner (in two dtypes) and PyTorch, behind one interface.

training(batches): a `with` block that gives a function doing one gradient + update, the batches
in turn. inference(x): one that gives a function scoring x. updating(grads): one that gives a
function doing the update alone. Whatever a contender needs for itself (threads, a held-back BLAS)
begins and ends with the block, so that it cannot disturb its neighbour.
"""

from contextlib import contextmanager, nullcontext
from itertools import cycle

import numpy as np

from benchmarks import book_manner, pytorch
from dlscratch.parameters import Parameters
from dlscratch.workers import Workers

TOLERANCE = 1e-4  # of the largest number in the array: float32 against float64, after eight layers


class Library:
    """The step as the Trainer does it, with the workers that it chooses; scores by `predict`."""

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

    @contextmanager
    def updating(self, grads):
        grads = Parameters.copy_of(grads)
        with Workers(self.net, self.workers):
            yield lambda: self.optimizer.update(self.net.params, grads)

    def momentum(self):
        """Adam's m, whole."""
        return np.concatenate([m.ravel() for m, _ in self.optimizer.state.values()])


class LibraryWorkers(Library):
    """Scores by `Workers.predict`, as the Trainer's evaluation: rows shared out, BLAS held back."""

    name = "library, workers"

    @contextmanager
    def inference(self, x):
        with Workers(self.net, self.workers) as team:
            yield lambda: team.predict(x)


class Book:
    """The book's manner; float64, because its weights are."""

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

    def updating(self, grads):
        grads = {name: grad.astype(self.dtype) for name, grad in grads.items()}
        return nullcontext(lambda: self.optimizer.update(self.net.params, grads))

    def momentum(self):
        return np.concatenate([m.ravel() for m in self.optimizer.m.values()])


class BookFloat32(Book):
    """The same with float32 weights: shows how much of the gain is the dtype alone."""

    name = "book, float32"
    dtype = np.float32


class PyTorch:
    """Eager, on its own default number of threads."""

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

        turn = cycle(
            [(torch.from_numpy(x), torch.from_numpy(t.astype(np.int64))) for x, t in batches]
        )
        self.net.model.train()

        def step():
            self.optimizer.zero_grad()
            self.net.backward(*next(turn))
            self.optimizer.step()

        return nullcontext(step)

    def inference(self, x):
        return nullcontext(lambda: self.net.predict(x))

    def updating(self, grads):
        self.net.set_gradients(grads)
        return nullcontext(self.optimizer.step)

    def momentum(self):
        return np.concatenate(
            [state["exp_avg"].numpy().ravel() for state in self.optimizer.state.values()]
        )


ALL = {kind.name: kind for kind in [Library, LibraryWorkers, Book, BookFloat32, PyTorch]}


def available(*others):
    """Library, book and PyTorch where it is installed, and the `others`, in the tables' order."""
    wanted = {Library, Book, *others} | ({PyTorch} if pytorch.installed() else set())
    return [kind for kind in ALL.values() if kind in wanted]


def agree(subject, kind, x, t, workers=None):
    """Scores and gradients of a contender against a plain network's: same weights, no Dropout.

    Answers a record with the worst error, as a share of the largest number of its array.
    RuntimeError if it is too large: a wrong contender must not be timed.
    """
    net = subject.network(drop=False)
    other = made(kind, subject, workers, drop=False)
    wanted = {"scores": net.predict(x), **net.gradient(x, t)}
    found = {"scores": other.predict(x), **other.gradient(x, t)}
    return verdict(subject.key, kind.name, wanted, found)


def made(kind, subject, workers=None, **options):
    """A contender for one network; the library's own gets the number of workers asked for."""
    own = {"workers": workers} if issubclass(kind, Library) else {}
    return kind(subject, **own, **options)


def verdict(what, contender, wanted, found):
    """The worst difference between arrays of the same names; RuntimeError over TOLERANCE."""
    errors = {name: worst_error(found[name], array) for name, array in wanted.items()}
    where = max(errors, key=errors.get)
    if not all(error <= TOLERANCE for error in errors.values()):  # nan is not either
        raise RuntimeError(f"{contender} disagrees with the library on {what}: {errors}")
    return {"what": what, "contender": contender, "error": errors[where], "where": where}


def worst_error(found, wanted):
    if found.shape != wanted.shape:
        raise RuntimeError(f"expected an array of shape {wanted.shape}, got {found.shape}")
    return float(np.max(np.abs(found - wanted)) / max(np.max(np.abs(wanted)), 1e-12))
