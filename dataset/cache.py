"""The cache: arrays that took a while to make, as a pickle in the user's cache folder.

A file in that folder may be damaged, unrelated or malicious. So the pickle is followed by its
SHA-256, which is checked before the pickle is read, and reading it executes nothing
(`dlscratch.storage.files.load_pickle`). A cache that cannot be read is ignored and written again.
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
    """The folder in DLSCRATCH_CACHE, or the user's cache folder; None if that is unknown."""
    chosen = os.environ.get("DLSCRATCH_CACHE")
    if chosen:
        return Path(os.path.expanduser(chosen))
    try:
        import platformdirs
    except ImportError:  # everything else works with only NumPy
        return None
    return platformdirs.user_cache_path("dlscratch", appauthor=False)


def read_cache(path: Path, expected: Iterable[str]) -> dict[str, np.ndarray] | None:
    """The arrays that `write_cache` wrote to `path`, or None if anything is wrong with the file."""
    sweep(path)
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:  # reading a pipe could block
            return None
        data = path.read_bytes()
        body, digest = memoryview(data)[:-DIGEST_SIZE], data[-DIGEST_SIZE:]
        if hashlib.sha256(body).digest() != digest:
            return None
        return load_pickle(io.BytesIO(data), expected)  # ignores the digest after the pickle's end
    except Exception:  # for instance too little memory, since the IDX files need less
        return None


def write_cache(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays to `path` for `read_cache`; a warning if that is not possible."""
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
