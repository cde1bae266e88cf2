"""Many small trainings at once: one process a core, each result on the disk as soon as it is there.

Trainings know nothing of each other, so as many run together as there are cores, each on one thread
of BLAS. A file holds one line of JSON for each finished trial: whoever stops the search loses only
those that were running.
"""

import json
import os
import signal
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context

import numpy as np

from dlscratch import SGD, MultiLayerNet, Trainer
from dlscratch.storage.files import atomic_write

KEYS = "number", "lr", "weight_decay", "train", "validation"  # of a trial, in its line


def train_trial(train, validation, epochs, seed, number, lr, weight_decay):
    """One training of the net of section 6.4; the same wherever and whenever it is run."""
    rng = np.random.default_rng([seed, number])
    net = MultiLayerNet(784, [100] * 6, 10, weight_decay_lambda=weight_decay, rng=rng)
    history = Trainer(net, SGD(lr), rng=rng).fit(train, validation, epochs)
    return dict(
        zip(KEYS, (number, lr, weight_decay, history.train_accuracy, history.test_accuracy))
    )


class Trials:
    """Trains what it is given, args.processes at a time, and keeps it in the file `path`.

    data: (train, validation). args: seed, processes, resume: take what is in the file, as far as it
    is what is asked for. on_trial() is called after each trial. finished: {number: trial}, a trial
    being a dictionary of KEYS, where "train" and "validation" are the accuracies by epoch.
    """

    def __init__(self, path, data, epochs, args, on_trial):
        self.path = path
        self.on_trial = on_trial
        self.setting = *data, epochs, args.seed
        self.finished = {}
        self.known = _read(path) if args.resume and path.exists() else {}
        with atomic_write(path) as file:  # anew, or without a last line that was cut off
            file.writelines(map(_line, self.known.values()))
        self.pool = ProcessPoolExecutor(args.processes, get_context("spawn"))

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.pool.shutdown(cancel_futures=True)

    def train(self, points):
        """Train a net for each {number: (lr, weight_decay)}; {number: accuracy in validation}."""
        jobs = []
        with _children_without_ctrl_c():
            for number, point in points.items():
                trial = self.known.get(number)
                if trial and (trial["lr"], trial["weight_decay"]) == point:
                    self.finished[number] = trial
                    self.on_trial()
                else:
                    jobs.append(self.pool.submit(train_trial, *self.setting, number, *point))
        for job in as_completed(jobs):
            trial = job.result()
            self._keep(trial)
            self.finished[trial["number"]] = trial
            self.on_trial()
        return {number: self.finished[number]["validation"][-1] for number in points}

    def best_first(self):
        """The finished trials, the highest validation accuracy first."""
        trials = self.finished.values()
        return sorted(trials, key=lambda trial: (-trial["validation"][-1], trial["number"]))

    def _keep(self, trial):
        with open(self.path, "ab") as file:
            file.write(_line(trial))
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def _children_without_ctrl_c():
    """Processes started in here ignore Ctrl-C, as they inherit: it is for this process alone."""
    ours = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, ours)


def _line(trial):
    return json.dumps(trial).encode() + b"\n"


def _read(path):
    """The trials in the file up to the first line that is none: {number: trial}."""
    trials = {}
    for line in path.read_bytes().splitlines():
        try:
            trial = json.loads(line)
            trials[trial["number"]] = {key: trial[key] for key in KEYS}
        except (ValueError, KeyError, TypeError):
            break
    return trials
