"""Images with their labels, read once and cached: what `load_mnist` and `load_fashion_mnist` share.

A data set is four files in a folder: images and labels to train (`train-..`) and to test
(`t10k-..`). The first call unpacks them and fills the cache, later calls read the cache. Neither
is trusted: arrays are used only if they have the SHA-256 of those that were published.
"""

from pathlib import Path
from typing import TypeAlias

import numpy as np

from dataset.cache import cache_folder, read_cache, write_cache
from dataset.idx import HINT, checksum, read_examples
from dlscratch.data import one_hot
from dlscratch.storage.files import DataError

Arrays: TypeAlias = dict[str, np.ndarray]  # by the name of the file, without .gz
Checksums: TypeAlias = dict[str, str]  # SHA-256 of the unpacked files, by the same names
Examples: TypeAlias = tuple[np.ndarray, np.ndarray]  # x, t


def load_examples(
    title: str,
    folder: Path,
    checksums: Checksums,
    normalize: bool,
    flatten: bool,
    one_hot_label: bool,
) -> tuple[Examples, Examples]:
    """Load the data set `title` from `folder` as `(x_train, t_train), (x_test, t_test)`.

    `checksums` names its four files. The three options, the shapes and the dtypes are those of
    `dataset.mnist.load_mnist`. Raises DataError if a file is missing or has another checksum.
    """
    arrays = _load_arrays(title, folder, checksums)

    def examples(part: str) -> Examples:
        x = arrays[f"{part}-images-idx3-ubyte"]
        x = x.reshape((-1, 784) if flatten else (-1, 1, 28, 28))  # from (N, 28, 28)
        t = arrays[f"{part}-labels-idx1-ubyte"]
        if normalize:
            x = np.divide(x, 255, dtype=np.float32)
        if one_hot_label:
            t = one_hot(t, classes=10)
        return x, t

    return examples("train"), examples("t10k")


def _load_arrays(title: str, folder: Path, checksums: Checksums) -> Arrays:
    """The arrays of the four files, from the cache if it can be trusted."""
    caches = cache_folder()
    if caches is None:
        return _read_files(title, folder, checksums)
    path = caches / f"{title.lower()}.pkl"
    cached = read_cache(path, expected=checksums)
    if cached is not None and not _foreign(cached, checksums):
        return cached
    arrays = _read_files(title, folder, checksums)
    write_cache(path, arrays)
    return arrays


def _read_files(title: str, folder: Path, checksums: Checksums) -> Arrays:
    arrays: Arrays = {}
    for part in ("train", "t10k"):
        images, labels = f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"
        arrays[images], arrays[labels] = read_examples(
            folder / f"{images}.gz", folder / f"{labels}.gz"
        )
    for name in _foreign(arrays, checksums):
        raise DataError(f"{folder / name}.gz: holds another data set than {title}; {HINT}")
    return arrays


def _foreign(arrays: Arrays, checksums: Checksums) -> list[str]:
    """The names of those arrays that are not what the data set was published with."""

    def good(array: np.ndarray, wanted: str) -> bool:
        sound = isinstance(array, np.ndarray) and array.dtype == np.uint8 and array.size > 0
        return sound and checksum(array) == wanted

    return [name for name, wanted in checksums.items() if not good(arrays[name], wanted)]
