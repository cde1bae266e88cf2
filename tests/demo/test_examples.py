"""Digits that can be loaded: the first test images, and those that a network misreads."""

import base64

import numpy as np
import pytest

from dlscratch.cli.draw import digits
from dlscratch.demo.examples import examples, one_of_each


@pytest.fixture(scope="module")
def some():
    """400 test images, (400, 28, 28), and their labels."""
    images, labels = digits()
    return images[:400], labels[:400]


def test_the_misread_ones_are_those_that_a_network_gets_wrong(networks, some):
    images, labels = some
    found = examples(networks, some)
    x = np.float32(images)[:, None] / 255
    wrong = set()
    for net in networks.values():
        wrong |= set(np.flatnonzero(net.predict(x).argmax(axis=1) != labels).tolist())
    assert {one["index"] for one in found["misread"]} == wrong != set()
    assert all(set(one["read"].values()) != {one["label"]} for one in found["misread"])


def test_the_first_ones_come_with_label_and_image(networks, some):
    images, labels = some
    first = examples(networks, some)["first"]
    assert [one["label"] for one in first] == labels[:20].tolist()
    assert base64.b64decode(first[3]["image"]) == images[3].tobytes()


def test_there_is_one_of_each_digit_for_the_tab_look_inside(some):
    images, labels = some
    assert len(one_of_each(some)) == 10
    for label, text in enumerate(one_of_each(some)):
        assert base64.b64decode(text) == images[labels == label][0].tobytes()


def test_without_mnist_there_are_none(networks):
    assert examples(networks, None) == {"misread": [], "first": []} and one_of_each(None) == []
