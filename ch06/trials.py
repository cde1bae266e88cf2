"""A trial of the search for hyper-parameters: one small training (section 6.5).

Trials know nothing of each other, so as many run together as there are cores, and a search that was
stopped has lost only those that were running: dlscratch/book/runner.py.
"""

from functools import partial

import numpy as np

from dataset.mnist import load_mnist
from dlscratch import SGD, MultiLayerNet, Trainer, train_validation_split
from dlscratch.book.runner import Runner

KEYS = "lr", "weight_decay", "train", "validation"  # of a trial


def split(images, seed):
    """(train, validation): a fifth of the first training images is held back."""
    (x, t), _ = load_mnist()
    return train_validation_split(x[:images], t[:images], images // 5, rng=seed)


def train_trial(train, validation, epochs, seed, number, lr, weight_decay):
    """One training of the net of section 6.4; the same wherever and whenever it is run."""
    rng = np.random.default_rng([seed, number])
    net = MultiLayerNet(784, [100] * 6, 10, weight_decay_lambda=weight_decay, rng=rng)
    history = Trainer(net, SGD(lr), rng=rng).fit(train, validation, epochs)
    return dict(zip(KEYS, (lr, weight_decay, history.train_accuracy, history.test_accuracy)))


class Trials:
    """Trains what it is given, args.processes at a time, and keeps it in the file `path`, if any.

    data: (train, validation). args: seed, processes, resume. on_trial() is called after each
    trial. A trial is a dictionary of KEYS; "train" and "validation" are the accuracies by epoch.
    """

    def __init__(self, path, data, epochs, args, on_trial):
        self.runner = Runner(
            partial(train_trial, *data, epochs, args.seed),
            path,
            processes=args.processes,
            resume=args.resume,
            on_result=lambda number, trial: on_trial(),
        )

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.runner.__exit__(*exception)

    def train(self, points):
        """Train a net for each {number: (lr, weight_decay)}; {number: trial}."""
        return self.runner.run({number: (number, *point) for number, point in points.items()})

    def scores(self, points):
        """As train, but {number: accuracy in validation}."""
        return {number: trial["validation"][-1] for number, trial in self.train(points).items()}

    @property
    def finished(self):
        """{number: trial}"""
        return self.runner.finished


def best_first(finished):
    """The trials of {number: trial}, the highest validation accuracy first."""
    by_number = [trial for _, trial in sorted(finished.items())]
    return sorted(by_number, key=lambda trial: -trial["validation"][-1])
