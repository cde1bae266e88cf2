"""The book's `Trainer` (sections 6.4.3 and 7.5): read `dlscratch.trainer`.

It takes the data and the optimizer's name as arguments, and has its results in three lists. An
epoch is one pass over the training set in a new random order; each epoch adds one accuracy to the
lists, for any size of the set and the batch.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from dlscratch import optimizers, trainer
from dlscratch.initializers import generator

OPTIMIZERS: dict[str, type[optimizers.Optimizer]] = {
    "sgd": optimizers.SGD,
    "momentum": optimizers.Momentum,
    "nesterov": optimizers.Nesterov,
    "adagrad": optimizers.AdaGrad,
    "rmsprop": optimizers.RMSprop,
    "adam": optimizers.Adam,
}


class Trainer:
    """Trains `network` with the optimizer of that name, when `train()` is called.

    network: from `dlscratch.common`, from the library, or typed from the book: it needs params,
    loss(x, t), gradient(x, t) and accuracy(x, t). optimizer: "SGD", "Momentum", "Nesterov",
    "AdaGrad", "RMSprop" or "Adam", in upper or lower case. optimizer_param: its arguments.
    evaluate_sample_num_per_epoch: the number of rows, from the first, to measure the accuracy on;
    by default all. verbose: print a line after each epoch. rng: for the order of the rows; a
    Generator or a seed.

    train_loss_list: the loss of each step. train_acc_list, test_acc_list: the accuracy after each
    epoch.

    >>> from dlscratch.common.multi_layer_net import MultiLayerNet
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((60, 2))
    >>> t = (x[:, 0] > 0).astype(int)
    >>> net = MultiLayerNet(2, [8], 2, rng=rng)
    >>> trainer = Trainer(net, x, t, x, t, epochs=3, mini_batch_size=25, verbose=False, rng=rng)
    >>> trainer.train()
    >>> len(trainer.train_loss_list), len(trainer.train_acc_list)
    (9, 3)
    """

    def __init__(
        self,
        network: Any,
        x_train: np.ndarray,
        t_train: np.ndarray,
        x_test: np.ndarray,
        t_test: np.ndarray,
        epochs: int = 20,
        mini_batch_size: int = 100,
        optimizer: str = "SGD",
        optimizer_param: Mapping[str, float] = MappingProxyType({"lr": 0.01}),
        evaluate_sample_num_per_epoch: int | None = None,
        verbose: bool = True,
        *,
        rng: np.random.Generator | int | None = None,
    ):
        if optimizer.lower() not in OPTIMIZERS:
            names = ", ".join(kind.__name__ for kind in OPTIMIZERS.values())
            raise ValueError(f"optimizer must be one of {names}, got {optimizer!r}")
        self.network = network
        self.train_data = (x_train, t_train)
        self.test_data = (x_test, t_test)
        self.epochs = epochs
        self.batch_size = mini_batch_size
        self.optimizer = OPTIMIZERS[optimizer.lower()](**optimizer_param)
        self.evaluate_sample_num_per_epoch = evaluate_sample_num_per_epoch
        self.verbose = verbose
        self.rng = generator(rng)
        self.train_loss_list: list[float] = []
        self.train_acc_list: list[float] = []
        self.test_acc_list: list[float] = []

    def train(self) -> None:
        """Train for `epochs` epochs and append to the lists. Ctrl-C ends it early."""
        net = self.network if hasattr(self.network, "loss_and_gradient") else _Typed(self.network)
        history = trainer.Trainer(
            net, self.optimizer, rng=self.rng, batch_size=self.batch_size
        ).fit(
            self.train_data,
            self.test_data,
            self.epochs,
            evaluate=self.evaluate_sample_num_per_epoch,
            progress=self.verbose,
            on_epoch=self._say if self.verbose else None,
        )
        self.train_loss_list += history.loss
        self.train_acc_list += history.train_accuracy
        self.test_acc_list += history.test_accuracy
        if self.verbose:
            stopped = "stopped by Ctrl-C" if history.interrupted else "done"
            accuracy = self.network.accuracy(*self.test_data)
            print(f"{stopped} after epoch {history.epochs}: test accuracy {accuracy:.4f}")

    def _say(self, running: trainer.Trainer) -> None:
        history = running.history
        print(
            f"epoch {history.epochs}/{self.epochs}: loss {history.running_loss:.4f}, "
            f"train accuracy {history.train_accuracy[-1]:.4f}, "
            f"test accuracy {history.test_accuracy[-1]:.4f}"
        )


class _Typed:
    """Gives a network typed from the book the interface that `dlscratch.Trainer` needs."""

    def __init__(self, network):
        self.network = network

    @property
    def params(self):
        return self.network.params

    def accuracy(self, x, t):
        return self.network.accuracy(x, t)

    def loss_and_gradient(self, x, t):
        """Both from one forward pass: the book's `gradient` calls `loss`, which is saved."""
        net, losses = self.network, []

        def loss(*args, **kwargs):
            losses.append(type(net).loss(net, *args, **kwargs))
            return losses[-1]

        net.loss = loss  # hides the method while `gradient` runs
        try:
            grads = net.gradient(x, t)
        finally:
            del net.loss
        return (losses[0] if len(losses) == 1 else net.loss(x, t)), grads
