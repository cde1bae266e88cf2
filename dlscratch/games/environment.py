"""An environment: what an agent observes, acts in, and is rewarded by (section 8.5.4).

reset() starts an episode and returns the first observation; step(action) advances it by one frame
and returns the new observation, the reward, and whether the episode is over. This is the interface
of Gymnasium (Towers and others, 2024), so an agent written for one can play the other.
terminated: the game is over. truncated: it was cut off, for instance by a limit on its length.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

Step = tuple[np.ndarray, float, bool, bool, dict[str, Any]]


class Environment(ABC):
    """The base class of a game: a subclass defines start, advance and observe.

    >>> class Countdown(Environment):
    ...     n_actions, observation_shape = 2, (1,)
    ...     def start(self):
    ...         self.left = 3
    ...     def advance(self, action):
    ...         self.left -= action
    ...         return float(action), self.left == 0
    ...     def observe(self):
    ...         return np.array([self.left], np.uint8)
    >>> game = Countdown()
    >>> game.reset(seed=0)
    (array([3], dtype=uint8), {})
    >>> game.step(1)
    (array([2], dtype=uint8), 1.0, False, False, {})
    """

    n_actions: int  # the actions are 0 .. n_actions - 1
    observation_shape: tuple[int, ...]
    rng: np.random.Generator  # created by the first reset
    over = True  # whether a reset is needed

    @abstractmethod
    def start(self) -> None:
        """Set up a new episode; anything random comes from self.rng."""

    @abstractmethod
    def advance(self, action: int) -> tuple[float, bool]:
        """Advance by one frame; return (reward, whether the game is over)."""

    @abstractmethod
    def observe(self) -> np.ndarray:
        """The current observation: a new array of `observation_shape`."""

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Start an episode: (observation, info).

        A seed restarts the random numbers; without one they continue, so episodes differ.
        options: ignored; Gymnasium passes them.
        """
        if seed is not None or not hasattr(self, "rng"):
            self.rng = np.random.default_rng(seed)
        self.start()
        self.over = False
        return self.observe(), {}

    def step(self, action: int) -> Step:
        """Advance by one frame: (observation, reward, terminated, truncated, info).

        RuntimeError before the first reset or after the end, ValueError for an unknown action.
        """
        if self.over:
            raise RuntimeError("the episode is over, or none has started: call reset() first")
        if not 0 <= action < self.n_actions:
            raise ValueError(f"expected an action 0 .. {self.n_actions - 1}, got {action!r}")
        reward, self.over = self.advance(int(action))
        return self.observe(), reward, self.over, False, {}
