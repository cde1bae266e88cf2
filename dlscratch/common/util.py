"""The book's helper functions: images to columns, sizes, shuffling, smoothing, weight files.

Read `dlscratch.layers.im2col` for the first three, which differ only in their argument names, and
`dlscratch.storage.files` for how a pickle is read without running it.
"""

import os
import pickle
from collections.abc import Mapping
from typing import Any

import numpy as np

from dlscratch.arguments import expect_rows
from dlscratch.devices import send
from dlscratch.initializers import generator
from dlscratch.layers.im2col import col2im as library_col2im
from dlscratch.layers.im2col import im2col as library_im2col
from dlscratch.layers.im2col import output_size
from dlscratch.storage.files import DataError, atomic_write, load_pickle
from dlscratch.storage.npz import copy_into


def im2col(input_data, filter_h: int, filter_w: int, stride: int = 1, pad: int = 0) -> np.ndarray:
    """Every window of (N, C, H, W) images as a row (section 7.4.2). Read `dlscratch.layers.im2col`.

    >>> im2col(np.zeros((1, 3, 7, 7)), 5, 5).shape
    (9, 75)
    """
    return library_im2col(input_data, filter_h, filter_w, stride, pad)


def col2im(
    col, input_shape, filter_h: int, filter_w: int, stride: int = 1, pad: int = 0
) -> np.ndarray:
    """Add every row back to its window (section 7.4.3). Read `dlscratch.col2im`."""
    return library_col2im(col, input_shape, filter_h, filter_w, stride, pad)


def conv_output_size(input_size: int, filter_size: int, stride: int = 1, pad: int = 0) -> int:
    """How many windows fit (equation 7.1), rounded down. Read `dlscratch.output_size`.

    >>> conv_output_size(28, 5)
    24
    """
    return output_size(input_size, filter_size, stride, pad)


def shuffle_dataset(x, t, *, rng: np.random.Generator | int | None = None):
    """The rows of x and t in one new random order (section 6.5.1). rng: a Generator or a seed.

    >>> x, t = shuffle_dataset(np.arange(10), np.arange(10))
    >>> bool((x == t).all())
    True
    """
    order = generator(rng).permutation(len(expect_rows(x, len(t))))
    return x[order], t[order]


def smooth_curve(x) -> np.ndarray:
    """The losses of Fig 6-9, smoothed: a weighted mean over 11 steps around each one.

    The weights are a Kaiser window, highest in the middle. At both ends the curve is extended by
    its mirror image, so that the result is as long as x.

    >>> smooth_curve([1.0] * 20).round(6).tolist() == [1.0] * 20
    True
    """
    weights = np.kaiser(11, 2)
    return np.convolve(np.pad(x, 5, mode="reflect"), weights / weights.sum(), mode="valid")


def load_params(network: Any, file_name: str | os.PathLike[str] = "params.pkl") -> None:
    """Copy a weight pickle of the book, a dict W1, b1, W2, .. of arrays, into network.params.

    network: one of this library, or typed from the book: anything with a `params` dictionary of
    the arrays that its layers use. The file may come from any version of NumPy.
    DataError, and nothing changed, if it is not a pickle of arrays, or holds the weights of
    another network. No code in the file is executed.
    """
    params = dict(network.params)
    found = load_pickle(file_name, expected=params)
    others = [name for name, value in found.items() if not isinstance(value, np.ndarray)]
    if others:
        raise DataError(f"{file_name}: {', '.join(others)} is no array; expected only arrays")
    copy_into(params, found, file_name)


def save_params(network: Any, file_name: str | os.PathLike[str] = "params.pkl") -> None:
    """Write network.params as the book does, a pickled dict of arrays: the whole file or none."""
    params: Mapping[str, np.ndarray] = network.params
    with atomic_write(file_name) as file:
        pickle.dump({name: np.array(send(array, "cpu")) for name, array in params.items()}, file)
