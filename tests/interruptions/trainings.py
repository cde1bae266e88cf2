"""A training of half a second that goes on where it was stopped, in a process of its own.

    python -m tests.interruptions.trainings trainer FOLDER     # or loop, or runner

It prints "begun" when it trains, and at its end a fingerprint of all numbers that it came to.
Stopped by Ctrl-C it exits with 130, as the scripts of the book do.
"""

import hashlib
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from dlscratch import (
    Adam,
    Affine,
    BatchNorm,
    CosineDecay,
    Dropout,
    HuberWithLoss,
    Momentum,
    Network,
    ReLU,
    Trainer,
)
from dlscratch.book.loop import Loop
from dlscratch.book.runner import Runner

END = "ended at"
X = np.random.default_rng(0).random((300, 20)).astype(np.float32)
T = (X.sum(axis=1) > 10).astype(int)


def network(seed, last_layer=None):
    layers = [Affine.init(20, 40, rng=seed), BatchNorm.init(40), ReLU(), Dropout(0.2, rng=seed)]
    return Network([*layers, Affine.init(40, 2, rng=seed)], last_layer)


def trainer(folder):
    """Sixty epochs with a checkpoint after each; the learning rate is changed on the way."""

    def slower(trainer):
        trainer.optimizer.lr *= 0.98

    def noisy(x, rng):
        return x + rng.normal(0, 0.1, x.shape).astype(x.dtype)

    net = network(1)
    made = Trainer(net, Momentum(0.05), rng=2, batch_size=20, augment=noisy, clip_norm=1)
    path = folder / "checkpoint.npz"
    found = made.fit((X, T), epochs=60, on_epoch=slower, checkpoint=path, resume=True)
    if found.interrupted:
        raise KeyboardInterrupt
    return [*net.params.values(), *net.buffers.values(), found.loss, found.train_accuracy]


def loop(folder):
    """Two networks that train in turn, and a mean that is no part of either."""
    one, other, mean = network(1), network(2, HuberWithLoss()), np.zeros(2)
    made = Loop(
        SimpleNamespace(out=folder, seed=0, resume=True),
        "two",
        steps=1000,
        parts={"one": (one, Adam(CosineDecay(0.01, 1000))), "other": (other, Momentum(0.01))},
        rng=3,
        arrays={"mean": mean},
    )
    for _ in made:
        rows = made.rng.integers(len(X), size=20)
        loss, _ = one.loss_and_gradient(X[rows], T[rows])
        made.update("one", clip_norm=1)
        mean += one.predict(X[rows]).mean(axis=0)
        distance, _ = other.loss_and_gradient(X[rows], one.predict(X[rows]))
        made.update("other")
        made.record(loss=loss, distance=distance)
    arrays = [
        array for net in (one, other) for array in (*net.params.values(), *net.buffers.values())
    ]
    return [*arrays, mean, *made.history.values()]


def runner(folder):
    """Twelve trainings on two processes, each of them short."""
    with Runner(
        final_loss,
        folder / "results.jsonl",
        processes=2,
        resume=True,
        on_result=lambda name, result: announce(),
    ) as made:
        return list(made.run({seed: (seed,) for seed in range(12)}).values())


def final_loss(seed):
    history = Trainer(network(seed), Adam(), rng=seed, batch_size=20).fit((X, T), epochs=8)
    return history.loss[-1]


def announce():
    print("begun", flush=True)


TRAININGS = {"trainer": trainer, "loop": loop, "runner": runner}


def main(kind, folder) -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # deaf, if a shell began it behind &
    try:
        if kind != "runner":  # that one has begun when its first training is over
            announce()
        digest = hashlib.sha256()
        for array in TRAININGS[kind](Path(folder)):
            digest.update(np.asarray(array).tobytes())
        print(f"{END} {digest.hexdigest()}", flush=True)
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
