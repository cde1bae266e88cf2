"""The trainings that the page has started: kept between a pause and the next start, and bounded.

A training goes on only while somebody watches: `watch` trains a little, sends a frame, and so on;
when the reader pauses or leaves, the connection ends, and so does the training. It has an id that
nobody can guess, so that no other page can start or end it.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from dlscratch.demo.digits_training import DigitsTraining
from dlscratch.demo.playground import Playground
from dlscratch.demo.settings import MNIST
from dlscratch.demo.training import Examples, Training
from dlscratch.workers import one_blas_thread

MOST = 8  # trainings that are kept; the oldest is dropped
MAX_STEPS = 100_000  # of a training
PACE = 0.06  # seconds of training between two frames
PAUSE = 0.03  # seconds for the reader's browser to draw, and for other requests


class Trainings:
    """At most MOST trainings by id. digits: those to "train" and to "test" with, if there are any.

    All trainings share them.
    """

    def __init__(self, digits: Mapping[str, Examples] | None = None) -> None:
        self.digits = digits
        self.kept: dict[str, Training] = {}
        self.watched: dict[
            str, object
        ] = {}  # id -> the one that watches; who comes later replaces it
        self.lock = threading.Lock()  # one step or start at a time

    def start(self, settings: Any) -> dict[str, Any]:
        """A new training: its id, examples and first frame; ValueError, TypeError if unfit."""
        if not isinstance(settings, Mapping):
            raise TypeError("expected the settings as one JSON object")
        training: Training
        if settings.get("data") == MNIST:
            training = DigitsTraining(settings, self.digits)
        else:
            training = Playground(settings)
        name = secrets.token_urlsafe(16)
        with self.lock:
            self.kept[name] = training
            while len(self.kept) > MOST:
                oldest = next(iter(self.kept))
                del self.kept[oldest]
                self.watched.pop(oldest, None)
        with self.lock, one_blas_thread():
            return {"id": name, **training.examples(), **training.frame()}

    def step(self, name: str) -> dict[str, Any]:
        """One step, and the frame after it."""
        with self.lock, one_blas_thread():
            self.watched.pop(name, None)
            training = self.kept[name]
            training.train(min(1, MAX_STEPS - training.steps))
            return training.frame()

    def watch(self, name: str, send: Callable[[bytes], Any]) -> None:
        """Train and send frames as server-sent events until sending fails or MAX_STEPS are done."""
        me = object()
        self.watched[name] = me
        training, rate = self.kept[name], 1
        while self.watched.get(name) is me and training.steps < MAX_STEPS:
            started = time.monotonic()
            with self.lock, one_blas_thread():
                training.train(min(rate, MAX_STEPS - training.steps))
                spent = time.monotonic() - started
                frame = training.frame()
            rate = max(1, min(2 * rate, 50, int(rate * PACE / spent) if spent else 50))
            send(b"data: " + json.dumps(frame).encode() + b"\n\n")
            time.sleep(PAUSE)
        send(b"event: end\ndata: {}\n\n")
