"""Replay memory: learn from what was seen long ago, in random order (section 8.5.4).

The frames of a game follow each other and are nearly alike; a network that learns from them as they
come forgets what it did a minute ago. So transitions are kept in a memory, and each mini-batch is
drawn from all over it: the examples are independent, and each is learned from several times.
When the memory is full, the newest takes the place of the oldest: a ring.
Lin, 1992; Mnih and others, 2015.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dlscratch.arguments import expect_whole
from dlscratch.initializers import generator


class Transitions(NamedTuple):
    """B steps of games; what Q-learning needs to know of them.

    observations, next_observations: (B, ..); actions: (B,) int64; rewards: (B,) float32;
    terminated: (B,) bool, whether there is no future after it. A game that was only cut off
    (truncated) has one: it is not terminated.
    """

    observations: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    next_observations: np.ndarray
    terminated: np.ndarray


class ReplayMemory:
    """The last `capacity` transitions.

    observation_shape: of a single observation. dtype: what they are kept in; uint8 for pixels is
    a quarter of float32. Both observations of a step are kept, so one of Catch takes 676 bytes.
    All memory is taken at once: it cannot run out after an hour.

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
        self.added = 0  # how many there have ever been
        observations = (self.capacity, *observation_shape)
        self.rows = Transitions(
            np.zeros(observations, dtype),
            np.zeros(self.capacity, np.int64),
            np.zeros(self.capacity, np.float32),
            np.zeros(observations, dtype),
            np.zeros(self.capacity, bool),
        )

    def __len__(self) -> int:
        """How many transitions are in it."""
        return min(self.added, self.capacity)

    def add(
        self, observations: Any, actions: Any, rewards: Any, next_observations: Any, terminated: Any
    ) -> None:
        """Keep a step of B games, arrays or lists as in `Transitions`; B is 1 for a single game.

        ValueError if they do not fit, or if B is larger than the memory.
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
        place = (self.added + np.arange(B)) % self.capacity  # past the end, from the start again
        for kept, values in zip(self.rows, new):
            kept[place] = values
        self.added += B

    def sample(self, batch: int, rng: np.random.Generator | int | None = None) -> Transitions:
        """`batch` transitions, each drawn from all that are kept; the same one may come twice.

        New arrays; observations in the dtype of the memory. ValueError while it is empty.
        """
        expect_whole("batch", batch, at_least=1)
        if not self.added:
            raise ValueError("the memory is empty: add transitions before sampling")
        place = generator(rng).integers(len(self), size=batch)
        return Transitions(*(kept[place] for kept in self.rows))
