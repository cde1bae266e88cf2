"""Digits that can be loaded: the first of the test images, and those that are misread.

None of the networks has learned from test images.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlscratch.demo.packing import packed

SHOWN = 20  # of the first ones


def examples(networks: Mapping[str, Any], digits: Any) -> dict[str, Any]:
    """{"misread": [..], "first": [..]}: what a network misreads, and the first images as they come.

    digits: images (N, 28, 28), uint8, and labels (N,); None: there are none. Each example is
    {"index": i, "label": 0 .. 9, "image": 28 x 28 bytes as base64, 255 = ink, "read": {name: the
    digit that this network reads}}.
    """
    if digits is None:
        return {"misread": [], "first": []}
    images, labels = digits
    x = np.asarray(images, np.float32)[:, None] / 255  # (N, 28, 28) -> (N, 1, 28, 28)
    # replicas: the page's own networks can be asked meanwhile
    read = {name: net.replica().predict(x).argmax(axis=1) for name, net in networks.items()}
    wrong = np.any([those != labels for those in read.values()], axis=0)

    def example(i: int) -> dict[str, Any]:
        return {
            "index": i,
            "label": int(labels[i]),
            "image": packed(images[i], np.uint8),
            "read": {name: int(those[i]) for name, those in read.items()},
        }

    misread = [example(int(i)) for i in np.flatnonzero(wrong)]
    return {"misread": misread, "first": [example(i) for i in range(min(SHOWN, len(labels)))]}


def one_of_each(digits: Any) -> list[str]:
    """The first image of each digit, 28 x 28 bytes as base64."""
    if digits is None:
        return []
    images, labels = digits
    return [packed(images[(labels == label).argmax()], np.uint8) for label in np.unique(labels)]
