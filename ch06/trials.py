"""A trial of the search for hyper-parameters: one small training (section 6.5).

Trials know nothing of each other, so as many run together as there are cores, and a search that was
stopped has lost only those that were running: dlscratch/book/runner.py.
"""

from functools import partial

import numpy as np

from dlscratch import SGD, MultiLayerNet, Trainer
from dlscratch.book.runner import Runner

KEYS = "lr", "weight_decay", "train", "validation"  # of a trial


def train_trial(train, validation, epochs, seed, number, lr, weight_decay):
    """One training of the net of section 6.4; the same wherever and whenever it is run."""
    rng = np.random.default_rng([seed, number])
    net = MultiLayerNet(784, [100] * 6, 10, weight_decay_lambda=weight_decay, rng=rng)
    history = Trainer(net, SGD(lr), rng=rng).fit(train, validation, epochs)
    return dict(zip(KEYS, (lr, weight_decay, history.train_accuracy, history.test_accuracy)))


class Trials:
    """Trains what it is given, args.processes at a time, and keeps it in the file `path`.

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
        """Train a net for each {number: (lr, weight_decay)}; {number: accuracy in validation}."""
        trials = self.runner.run({number: (number, *point) for number, point in points.items()})
        return {number: trial["validation"][-1] for number, trial in trials.items()}

    def best_first(self):
        """The finished trials, the highest validation accuracy first."""
        by_number = sorted(self.runner.finished.items())
        return sorted((trial for _, trial in by_number), key=lambda trial: -trial["validation"][-1])
