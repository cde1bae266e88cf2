"""Fashion-MNIST's own: its classes. What it shares with MNIST: test_examples.py."""

import numpy as np
import pytest

from dataset.fashion_mnist import CLASSES, load_fashion_mnist


@pytest.fixture(scope="module")
def clothes():
    """Images (60000, 28, 28) and labels (60000,), integers."""
    (x, t), _ = load_fashion_mnist(normalize=False)
    return x.reshape(-1, 28, 28), t


def mean_image(clothes, name):
    """The mean of all images of a class, (28, 28)."""
    x, t = clothes
    return x[t == CLASSES.index(name)].mean(axis=0)


def test_every_class_has_6000_images_to_train_and_1000_to_test():
    (_, t_train), (_, t_test) = load_fashion_mnist(normalize=False)
    assert len(CLASSES) == len(set(CLASSES)) == 10
    assert np.bincount(t_train).tolist() == [6000] * 10
    assert np.bincount(t_test).tolist() == [1000] * 10


def test_trousers_have_two_legs(clothes):
    knee = mean_image(clothes, "Trouser")[20]
    assert knee[13:15].max() < 0.7 * min(knee[:13].max(), knee[15:].max())


def test_a_dress_is_narrow_and_a_pullover_wide(clothes):
    def width(name):
        return np.count_nonzero(mean_image(clothes, name)[14] > 64)

    assert width("Dress") < width("Pullover") and width("Dress") < width("Coat")


def test_an_ankle_boot_is_higher_than_other_shoes(clothes):
    def upper_half(name):
        return mean_image(clothes, name)[:14].mean()

    assert upper_half("Ankle boot") > 1.5 * upper_half("Sneaker")
    assert upper_half("Sneaker") > upper_half("Sandal")


def test_sleeves_are_short_on_a_t_shirt_and_long_on_a_shirt(clothes):
    def cuffs(name):
        return mean_image(clothes, name)[20:25, 3:7].mean()

    assert cuffs("Shirt") > 2 * cuffs("T-shirt/top")
    assert cuffs("Pullover") > cuffs("Shirt")
