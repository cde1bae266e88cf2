"""The cache: arrays that took a while to make, kept as one pickle in the user's cache folder.

Whatever lies in that folder, damaged, foreign or put there to harm, must not be believed: behind
the pickle stands its SHA-256, checked before the pickle is read, and what reads it executes
nothing (`dlscratch.storage.files.load_pickle`). A cache that fails is as good as none: it is made
again.
"""

import hashlib
import io
import os
import pickle
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from dlscratch.storage.files import atomic_write, load_pickle, sweep

DIGEST_SIZE = hashlib.sha256().digest_size
LARGEST = 64 * 2**20  # bytes; MNIST and Fashion-MNIST take 55 million each


def cache_folder() -> Path | None:
    """The folder in DLSCRATCH_CACHE, else the user's cache folder; None if that is not known."""
    chosen = os.environ.get("DLSCRATCH_CACHE")
    if chosen:
        return Path(os.path.expanduser(chosen))
    try:
        import platformdirs
    except ImportError:  # NumPy alone suffices for everything else
        return None
    return platformdirs.user_cache_path("dlscratch", appauthor=False)


def read_cache(path: Path, expected: Iterable[str]) -> dict[str, np.ndarray] | None:
    """The arrays that `write_cache` left at `path`, or None if anything at all is wrong with it."""
    sweep(path)  # what killed processes have left
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:  # a pipe would keep us waiting
            return None
        data = path.read_bytes()
        body, digest = memoryview(data)[:-DIGEST_SIZE], data[-DIGEST_SIZE:]
        if hashlib.sha256(body).digest() != digest:
            return None
        return load_pickle(io.BytesIO(data), expected)  # a pickle says itself where it ends
    except Exception:  # too little memory, for instance: the files themselves need less
        return None


def write_cache(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Keep arrays at `path` for `read_cache`; where that cannot be, a warning says so."""
    body = pickle.dumps(arrays, protocol=4)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as file:
            file.write(body)
            file.write(hashlib.sha256(body).digest())
    except OSError as error:
        warnings.warn(
            f"no cache: {path}: {error.strerror}; set DLSCRATCH_CACHE to a folder that you can "
            "write to, and the next start is faster",
            stacklevel=5,  # the line that called load_mnist, or another loader
        )
