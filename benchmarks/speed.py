"""Times of whole networks and of loading: step, inference, loading."""

import gzip
import os
import pickle
import shutil
import tempfile
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.contenders import Book, BookFloat32, LibraryWorkers, agree, available, made
from benchmarks.networks import BATCH, SUBJECTS, digits
from benchmarks.timing import interleave


def step(results, effort, options):
    """Gradient + update of each network, a batch of 100, every contender checked beforehand."""
    kinds = available() if options.quick else available(BookFloat32)
    for subject in map(SUBJECTS.get, options.net):
        batches = digits(subject.image, seed=options.seed)
        x, t = (array[: 20 if options.quick else BATCH] for array in batches[0])
        for kind in kinds:
            results.checks.append(agree(subject, kind, x, t, options.workers))
        networks = [made(kind, subject, options.workers, seed=options.seed) for kind in kinds]
        runners = {one.name: partial(one.training, batches) for one in networks}
        blocks = interleave(runners, effort)
        results.add_blocks("step", subject.key, blocks, subject.faster, subject.of_pytorch)


def inference(results, effort, options):
    """Scores for 1, 100 and 1000 images."""
    kinds = available(LibraryWorkers)
    if options.quick:
        kinds = [kind for kind in kinds if kind is not Book]
    for subject in map(SUBJECTS.get, options.net):
        networks = [made(kind, subject, options.workers, seed=options.seed) for kind in kinds]
        for batch in (1, BATCH) if options.quick else (1, BATCH, 1000):
            ((x, _),) = digits(subject.image, batch, count=1, seed=options.seed)
            runners = {one.name: partial(one.inference, x) for one in networks}
            target = subject.inference if batch == BATCH else None
            blocks = interleave(runners, effort)
            results.add_blocks("inference", f"{subject.key} x{batch}", blocks, of_pytorch=target)


def loading(results, effort, options):
    """MNIST from its four files into float32 arrays: cold writes a cache, warm reads it."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        first, second = book_cold(folder), ours(folder / "warm")
        for a, b in zip(first, second, strict=True):
            if not np.array_equal(a, b):
                raise RuntimeError("the book's loader and load_mnist disagree on MNIST")
        cold = {"library": partial(ours_cold, folder), "book": partial(book_cold, folder)}
        warm = {"library": partial(ours, folder / "warm"), "book": partial(book_warm, folder)}
        for name, readers in {"cold": cold, "warm": warm}.items():
            if name == "cold" and options.quick:
                continue
            runners = {who: partial(nullcontext, reader) for who, reader in readers.items()}
            results.add_blocks("loading", name, interleave(runners, effort))


def ours(cache):
    """load_mnist with its cache in a folder of our own."""
    from dataset.mnist import load_mnist

    with environment("DLSCRATCH_CACHE", str(cache)):
        (x_train, t_train), (x_test, t_test) = load_mnist()
    return x_train, t_train, x_test, t_test


def ours_cold(folder):
    shutil.rmtree(folder / "cold", ignore_errors=True)
    return ours(folder / "cold")


def book_cold(folder):
    """Unpack, pickle, scale: what the book's loader does at its first call."""
    import dataset.mnist

    home = Path(dataset.mnist.__file__).parent
    arrays = []
    for part in ("train", "t10k"):
        for kind, header in (("images-idx3", 16), ("labels-idx1", 8)):
            with gzip.open(home / f"{part}-{kind}-ubyte.gz") as file:
                arrays.append(np.frombuffer(file.read(), np.uint8, offset=header))
    arrays[0], arrays[2] = arrays[0].reshape(-1, 784), arrays[2].reshape(-1, 784)
    with open(folder / "book.pkl", "wb") as file:
        pickle.dump(arrays, file, -1)
    return scaled(arrays)


def book_warm(folder):
    with open(folder / "book.pkl", "rb") as file:
        return scaled(pickle.load(file))


def scaled(arrays):
    x_train, t_train, x_test, t_test = arrays
    return x_train.astype(np.float32) / 255, t_train, x_test.astype(np.float32) / 255, t_test


@contextmanager
def environment(name, value):
    """An environment variable for a while."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
