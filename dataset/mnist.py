"""MNIST, the "hello world" of deep learning: 70,000 handwritten digits, 28 x 28, labelled 0 to 9.

A network is trained on 60,000 of them and judged by the other 10,000, which it has never seen.
The first call unpacks the files of this folder, later ones read what the first left in the cache;
either way the arrays count only if they have the checksums of MNIST itself.
"""

from pathlib import Path
from typing import TypeAlias

import numpy as np

from dataset.cache import cache_folder, read_cache, write_cache
from dataset.idx import CURE, checksum, read_digits
from dlscratch.data import one_hot
from dlscratch.storage.files import DataError

FOLDER = Path(__file__).parent
CHECKSUMS = {  # SHA-256 of the unpacked files
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}

Examples: TypeAlias = tuple[np.ndarray, np.ndarray]


def load_mnist(
    normalize: bool = True, flatten: bool = True, one_hot_label: bool = False
) -> tuple[Examples, Examples]:
    """Load MNIST as `(x_train, t_train), (x_test, t_test)` (section 3.6.1).

    normalize      pixels as float32 from 0.0 to 1.0, else as uint8 from 0 to 255
    flatten        images as (N, 784), else as (N, 1, 28, 28)
    one_hot_label  labels as float32 (N, 10), a 1.0 at the digit, else as uint8 (N,), the digit

    N is 60,000 for training and 10,000 for testing. The arrays are the caller's own. Raises
    DataError if a file of MNIST is missing or not what it should be.

    >>> (x_train, t_train), (x_test, t_test) = load_mnist(flatten=True, normalize=False)
    >>> x_train.shape, t_train.shape, x_test.shape, t_test.shape
    ((60000, 784), (60000,), (10000, 784), (10000,))
    >>> t_train[:10]
    array([5, 0, 4, 1, 9, 2, 1, 3, 1, 4], dtype=uint8)
    """
    arrays = _load_arrays()

    def examples(part: str) -> Examples:
        x = arrays[f"{part}-images-idx3-ubyte"]
        x = x.reshape((-1, 784) if flatten else (-1, 1, 28, 28))
        t = arrays[f"{part}-labels-idx1-ubyte"]
        if normalize:
            x = np.divide(x, 255, dtype=np.float32)
        if one_hot_label:
            t = one_hot(t, classes=10)
        return x, t

    return examples("train"), examples("t10k")


def _load_arrays() -> dict[str, np.ndarray]:
    """The arrays of the four files by name, from the cache if it can be trusted."""
    folder = cache_folder()
    if folder is None:
        return _read_files()
    cached = read_cache(folder / "mnist.pkl", expected=CHECKSUMS)
    if cached is not None and not _not_mnist(cached):
        return cached
    arrays = _read_files()
    write_cache(folder / "mnist.pkl", arrays)
    return arrays


def _read_files() -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    for part in ("train", "t10k"):
        images, labels = f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"
        arrays[images], arrays[labels] = read_digits(
            FOLDER / f"{images}.gz", FOLDER / f"{labels}.gz"
        )
    for name in _not_mnist(arrays):
        raise DataError(f"{FOLDER / name}.gz: holds another data set than MNIST; {CURE}")
    return arrays


def _not_mnist(arrays: dict[str, np.ndarray]) -> list[str]:
    """The names of those arrays that are not MNIST's."""

    def good(array: np.ndarray, wanted: str) -> bool:
        sound = isinstance(array, np.ndarray) and array.dtype == np.uint8 and array.size > 0
        return sound and checksum(array) == wanted

    return [name for name, wanted in CHECKSUMS.items() if not good(arrays[name], wanted)]
