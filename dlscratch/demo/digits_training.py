"""A network that learns MNIST before the reader's eyes.

A unit of the first layer has one weight for each of the 784 pixels: they make a picture of 28 x 28,
what the unit looks for. Of the hidden layers the histogram of all activations is shown (section
6.2.2): piled up at the ends, or at one value, they let no gradient through. And a few test digits
with what the network says of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlscratch.demo.packing import packed
from dlscratch.demo.settings import checked
from dlscratch.demo.training import Examples, Training
from dlscratch.functions import softmax

FILTERS = 24  # units of the first layer that are shown
SHOWN = 20  # test digits that are shown
BINS = 30  # of a histogram
TESTS = 500  # test digits: few enough to be read again for each frame


def digit_sets(train: Examples | None, test: Examples | None) -> dict[str, Examples] | None:
    """The examples of a training, all of `train` and the first TESTS of `test`; None without them.

    Images (N, 28, 28), uint8 with 255 = ink, and labels (N,) -> x (N, 784), float32 with 1 = ink.
    """
    if train is None or test is None:
        return None
    sets = {"train": train, "test": (test[0][:TESTS], test[1][:TESTS])}
    return {
        name: (images.reshape(len(images), -1).astype(np.float32) / 255, labels)
        for name, (images, labels) in sets.items()
    }


class DigitsTraining(Training):
    """One training with digits. settings: as `checked` takes them; sets: of `digit_sets`.

    ValueError if there are none.
    """

    def __init__(self, settings: Mapping[str, Any], sets: Mapping[str, Examples] | None):
        if sets is None:
            raise ValueError(
                "the digits of MNIST are not here: dlscratch info says why, and what to do"
            )
        s = checked(settings)
        super().__init__(s, sets, classes=10, rng=np.random.default_rng(s["seed"]))

    def examples(self) -> dict[str, Any]:
        """digits: the first test digits, {"label": 0 .. 9, "image": 28 x 28 bytes, 255 = ink}."""
        x, t = self.sets["test"]
        shown = zip(x[:SHOWN], t)
        return {"digits": [{"label": int(k), "image": packed(i * 255, np.uint8)} for i, k in shown]}

    def pictures(self) -> dict[str, Any]:
        """The weights, the activations and what the network says.

        filters: of the first units the weights, 127 = `largest` in all of them, either sign.
        histograms: of each hidden layer {low, high, counts}, over all test digits. read: of each
        test digit that is shown [the digit that wins, its probability].
        """
        W = np.nan_to_num(self.net.params["W1"][:, :FILTERS])  # (784, units)
        largest = float(np.abs(W).max())
        hidden, scores = self.activations(self.sets["test"][0])
        shares = np.nan_to_num(softmax(scores[:SHOWN]))
        return {
            "filters": [packed(unit * (127 / (largest or 1)), np.int8) for unit in W.T],
            "largest": largest,
            "histograms": [histogram(layer) for layer in hidden],
            "read": [[int(share.argmax()), round(float(share.max()), 4)] for share in shares],
        }


def histogram(y: np.ndarray) -> dict[str, Any]:
    """How many numbers lie in each of BINS equal parts of low .. high; those that are none, not.

    >>> found = histogram(np.array([0.0, 0.0, 3.0]))
    >>> found["low"], found["high"], found["counts"][0], sum(found["counts"])
    (0.0, 3.0, 2, 3)
    """
    known = y[np.isfinite(y)].astype(np.float64)  # where float32 has no number above the largest
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    part = ((known - low) * (BINS / ((high - low) or 1))).astype(int)  # the largest: part BINS
    counts = np.bincount(np.minimum(part, BINS - 1), minlength=BINS)
    return {"low": low, "high": high, "counts": counts.tolist()}
