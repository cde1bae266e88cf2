"""MNIST as the book describes it; what it shares with Fashion-MNIST: test_examples.py."""

import numpy as np
import pytest

from dataset.mnist import load_mnist
from dlscratch.storage.files import DataError, load_pickle


def test_the_first_labels_are_the_books():
    (_, t_train), (_, t_test) = load_mnist(normalize=False)
    assert t_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert t_test[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(t_train).sum() == 60000 and t_train.max() == 9


def test_the_cache_taken_for_a_weight_file_says_what_it_is(cache_folder):
    """Readers take mnist.pkl for sample_weight.pkl, and meet KeyError: 'W1'."""
    load_mnist()
    with pytest.raises(
        DataError, match=r"mnist\.pkl: holds train-images-idx3-ubyte, .*expected W1"
    ):
        load_pickle(cache_folder / "mnist.pkl", expected=["W1"])
