"""A network while it learns, mini-batch after mini-batch: what the Train tab steps and shows.

What is trained is `MultiLayerNet`, by the library's own optimizers. What can be drawn of it depends
on the data: `playground.py` has points in a square, `digits_training.py` the digits of MNIST.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from dlscratch.data import batches
from dlscratch.demo.settings import INITS, OPTIMIZERS
from dlscratch.multi_layer_net import MultiLayerNet

Examples = tuple[np.ndarray, np.ndarray]  # x (N, inputs) float32, t (N,)


class Training(ABC):
    """One training.

    settings: all of them, as `checked` returns them. sets: the examples to "train" and to "test"
    with, of `classes` classes.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        sets: Mapping[str, Examples],
        classes: int,
        rng: np.random.Generator,
    ):
        self.settings = s = settings
        self.sets, self.rng = sets, rng
        self.net = MultiLayerNet(
            sets["train"][0].shape[1],
            s["hidden"],
            classes,
            s["activation"],
            weight_init_std=INITS[s["init"]],
            weight_decay_lambda=s["decay"],
            use_dropout=s["dropout"] > 0,
            dropout_ratio=s["dropout"],
            use_batchnorm=s["batchnorm"],
            rng=rng,
        )
        self.optimizer = OPTIMIZERS[s["optimizer"]](s["lr"])
        self.batches = self._epochs()
        self.steps = 0

    def train(self, steps: int) -> None:
        """So many mini-batches more."""
        with np.errstate(all="ignore"):  # a training that diverges is to be seen, too
            for _ in range(steps):
                _, grads = self.net.loss_and_gradient(*next(self.batches))
                self.optimizer.update(self.net.params, grads)
                self.steps += 1

    def frame(self) -> dict[str, Any]:
        """What the page shows of this moment, as JSON can hold it.

        train, test: {loss, accuracy}; a loss that is no number is None. The rest: `pictures`.
        """
        with np.errstate(all="ignore"):
            a_batch, examples = self.settings["batch"], len(self.sets["train"][0])
            return {
                "steps": self.steps,
                "epochs": self.steps / -(-examples // a_batch),
                **{name: self._measured(*data) for name, data in self.sets.items()},
                **self.pictures(),
            }

    @abstractmethod
    def examples(self) -> dict[str, Any]:
        """The examples that the page draws, once, before the first frame."""

    @abstractmethod
    def pictures(self) -> dict[str, Any]:
        """What the network is like now: its part of a frame."""

    def activations(self, x: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """What each hidden layer returns for x, (N, units) each, and the scores (N, classes)."""
        hidden = []
        for layer in self.net.layers:
            x = layer.forward(x)
            if layer.elementwise:
                hidden.append(x)
        return hidden, x

    def _epochs(self) -> Iterator[Examples]:
        """Mini-batches without end: each epoch sees every example once, in a new order."""
        while True:
            yield from batches(*self.sets["train"], self.settings["batch"], self.rng)

    def _measured(self, x: np.ndarray, t: np.ndarray) -> dict[str, float | None]:
        loss = self.net.loss(x, t)
        known = loss if np.isfinite(loss) else None
        return {"loss": known, "accuracy": self.net.accuracy(x, t)}
