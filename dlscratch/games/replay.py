"""Replay memory: learn from past transitions in random order (section 8.5.4).

Consecutive frames of a game are nearly the same; a network that learns from them in order overfits
to the last minute and forgets the rest. So transitions are stored, and each mini-batch is drawn at
random from all of them: its examples are nearly independent, and each is used several times.
When the memory is full, the newest transition overwrites the oldest (a ring buffer).
Lin, 1992; Mnih and others, 2015.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dlscratch.arguments import expect_whole
from dlscratch.initializers import generator


class Transitions(NamedTuple):
    """B transitions: all that Q-learning needs.

    observations, next_observations: (B, ..); actions: (B,) int64; rewards: (B,) float32;
    terminated: (B,) bool, whether no reward can follow. A game that was only cut off (truncated)
    is not terminated.
    """

    observations: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    next_observations: np.ndarray
    terminated: np.ndarray


class ReplayMemory:
    """The last `capacity` transitions.

    observation_shape: of one observation. dtype: how observations are stored; uint8, for pixels,
    takes a quarter of float32. Both observations of a step are stored: 676 bytes for Catch.
    All memory is allocated at the start, so that it cannot run out after an hour.
    ValueError for a capacity below 1.

    >>> memory = ReplayMemory(capacity=3, observation_shape=(1,), dtype=np.uint8)
    >>> for i in range(5):
    ...     memory.add([[i]], [0], [float(i)], [[i + 1]], [False])
    >>> len(memory), np.unique(memory.sample(100, rng=0).rewards)
    (3, array([2., 3., 4.], dtype=float32))
    """

    def __init__(
        self, capacity: int, observation_shape: tuple[int, ...], dtype: Any = np.uint8
    ) -> None:
        self.capacity = expect_whole("capacity", capacity, at_least=1)
        self.added = 0  # including those that have been overwritten
        observations = (self.capacity, *observation_shape)
        self.rows = Transitions(
            np.zeros(observations, dtype),
            np.zeros(self.capacity, np.int64),
            np.zeros(self.capacity, np.float32),
            np.zeros(observations, dtype),
            np.zeros(self.capacity, bool),
        )

    def __len__(self) -> int:
        """The number of transitions stored."""
        return min(self.added, self.capacity)

    def add(
        self, observations: Any, actions: Any, rewards: Any, next_observations: Any, terminated: Any
    ) -> None:
        """Store one step of B games: arrays or lists as in `Transitions`, B = 1 for a single game.

        ValueError for other shapes, or if B is larger than the memory.
        """
        new = Transitions(
            *map(np.asarray, (observations, actions, rewards, next_observations, terminated))
        )
        B = len(new.actions) if new.actions.ndim else 0
        for name, kept, values in zip(Transitions._fields, self.rows, new):
            if values.shape != (B, *kept.shape[1:]) or not 1 <= B <= self.capacity:
                expected = ("B", *kept.shape[1:])
                raise ValueError(
                    f"expected {name} of shape ({', '.join(map(str, expected))}), B from 1 to "
                    f"{self.capacity}, got {values.shape}: use [None] for a single game"
                )
        rows = (self.added + np.arange(B)) % self.capacity  # after the last row, the first again
        for kept, values in zip(self.rows, new):
            kept[rows] = values
        self.added += B

    def sample(self, batch: int, rng: np.random.Generator | int | None = None) -> Transitions:
        """Draw `batch` transitions uniformly, with replacement; rng: a generator or a seed.

        Returns copies, observations in the dtype of the memory. ValueError if it is empty.
        """
        expect_whole("batch", batch, at_least=1)
        if not self.added:
            raise ValueError("the memory is empty: add transitions before sampling")
        rows = generator(rng).integers(len(self), size=batch)
        return Transitions(*(kept[rows] for kept in self.rows))
