"""Digits of MNIST that can be loaded into the drawing: the first ones, and those that are misread.

They are test images: none of the networks has learned from them.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from dataset.mnist import load_mnist
from dlscratch.demo.packing import packed

IMAGES = 2000  # looked at: enough misread ones, in about a second
SHOWN = 20  # of the first ones


def examples(networks: Mapping[str, Any]) -> dict[str, Any]:
    """{"first": [..], "misread": [..]}: what a network misreads, and the first images as they come.

    Each is {"index": in the test set, "label": 0 .. 9, "image": 28 x 28 bytes as base64, 255 = ink,
    "read": {name: the digit that this network reads}}. DataError if the data set cannot be loaded.
    """
    _, (x, t) = load_mnist(flatten=False)
    x, t = x[:IMAGES], t[:IMAGES]
    # replicas: the page's own networks can meanwhile be asked
    read = {
        name: net.replica().predict(x).argmax(axis=1)
        for name, net in networks.items()
    }
    wrong = np.any([digits != t for digits in read.values()], axis=0)

    def example(i: int) -> dict[str, Any]:
        return {
            "index": i,
            "label": int(t[i]),
            "image": packed(x[i, 0] * 255, np.uint8),
            "read": {name: int(digits[i]) for name, digits in read.items()},
        }

    misread = [example(int(i)) for i in np.flatnonzero(wrong)]
    return {"first": [example(i) for i in range(SHOWN)], "misread": misread}
