"""Sticky actions: random repeats, which make a deterministic game a fair test (section 8.5.4).

A deterministic game can be won with a memorised list of moves, without looking at the screen. With
sticky actions the game sometimes repeats the previous action instead of the chosen one, so the
player has to react to what it sees. Machado and others, 2018.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dlscratch.arguments import expect_number
from dlscratch.games.environment import Environment, Step


class StickyActions:
    """A wrapper that repeats the game's previous action with some probability in each step.

    game: an `Environment`, or any object with reset and step as in Gymnasium.
    probability: 0 .. 1. The first action of an episode is never replaced.

    >>> from dlscratch.games import Catch
    >>> game = StickyActions(Catch(size=5), probability=1.0)
    >>> _ = game.reset(seed=0)
    >>> _ = game.step(1)  # to the left
    >>> game.step(2)[0][0][-1]  # not to the right: the paddle stays at the left wall
    array([1, 1, 1, 0, 0], dtype=uint8)
    """

    def __init__(self, game: Environment, probability: float = 0.1):
        self.game = game
        self.probability = expect_number("probability", probability, at_least=0, at_most=1)
        self.rng: np.random.Generator | None = None
        self.previous: int | None = None

    @property
    def n_actions(self) -> int:
        """The number of actions of the game."""
        return self.game.n_actions

    @property
    def observation_shape(self) -> tuple[int, ...]:
        """The shape of an observation of the game."""
        return self.game.observation_shape

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Start an episode: (observation, info); a seed restarts the game's and its own rng."""
        if self.rng is None or seed is not None:
            (self.rng,) = np.random.default_rng(seed).spawn(1)  # independent of the game's rng
        self.previous = None
        return self.game.reset(seed=seed, options=options)

    def step(self, action: int) -> Step:
        """One frame with this action or the previous one; RuntimeError before the first reset."""
        if self.rng is None:
            raise RuntimeError("no episode has started: call reset() first")
        if self.previous is not None and self.rng.random() < self.probability:
            action = self.previous
        self.previous = action
        return self.game.step(action)
