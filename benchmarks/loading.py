"""MNIST from its four files into float32 arrays, by `load_mnist` and by the book's loader."""

import gzip
import os
import pickle
import shutil
import tempfile
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np

import dataset.mnist
from benchmarks.timing import interleave


def loading(results, effort, options):
    """MNIST into memory; cold writes the cache, warm reads it"""
    with tempfile.TemporaryDirectory() as folder:
        readers = {"library": partial(ours, Path(folder)), "book": partial(book, Path(folder))}
        first, second = (read(cold=True) for read in readers.values())
        if not all(map(np.array_equal, first, second)):
            raise RuntimeError("the book's loader and load_mnist disagree on MNIST")
        for name in ("warm",) if options.quick else ("cold", "warm"):
            calls = {who: partial(read, cold=name == "cold") for who, read in readers.items()}
            runners = {who: (nullcontext, call) for who, call in calls.items()}
            results.add_blocks("loading", name, interleave(runners, effort))


def ours(folder, cold):
    """load_mnist with its cache in a folder of its own."""
    if cold:
        shutil.rmtree(folder / "cache", ignore_errors=True)
    with patch.dict(os.environ, DLSCRATCH_CACHE=str(folder / "cache")):
        train, test = dataset.mnist.load_mnist()
    return *train, *test


def book(folder, cold):
    """Unpack and pickle at the first call, later read the pickle; scale."""
    pickled, home = folder / "book.pkl", Path(dataset.mnist.__file__).parent
    if cold:
        arrays = []
        for part in ("train", "t10k"):
            for kind, header in (("images-idx3", 16), ("labels-idx1", 8)):
                with gzip.open(home / f"{part}-{kind}-ubyte.gz") as file:
                    arrays.append(np.frombuffer(file.read(), np.uint8, offset=header))
        pickled.write_bytes(pickle.dumps(arrays, -1))
    else:
        arrays = pickle.loads(pickled.read_bytes())
    x_train, t_train, x_test, t_test = arrays
    x_train, x_test = (x.reshape(-1, 784).astype(np.float32) / 255 for x in (x_train, x_test))
    return x_train, t_train, x_test, t_test
