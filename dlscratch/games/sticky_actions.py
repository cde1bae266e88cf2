"""Sticky actions: a clumsy hand, which makes a game without chance a fair test (section 8.5.4).

A game that runs the same way every time can be won by heart: a list of moves, nothing learned from
what is seen. With sticky actions the game repeats the previous action now and then instead of the
one chosen, so that the player must look where it is. Machado and others, 2018.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dlscratch.arguments import expect_number
from dlscratch.games.environment import Environment, Step


class StickyActions:
    """A game whose every step repeats the previous action with some probability.

    game: an `Environment`, or anything with reset and step as Gymnasium has them.
    probability: 0 .. 1. The first action of an episode has none before it and always counts.
    """

    def __init__(self, game: Environment, probability: float = 0.1):
        self.game = game
        self.probability = expect_number("probability", probability, at_least=0, at_most=1)
        self.rng: np.random.Generator | None = None
        self.previous: int | None = None

    @property
    def n_actions(self) -> int:
        """How many actions the game has."""
        return self.game.n_actions

    @property
    def observation_shape(self) -> tuple[int, ...]:
        """The shape of what is seen of the game."""
        return self.game.observation_shape

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Start an episode, as the game does; a seed restarts the random numbers of both."""
        if self.rng is None or seed is not None:
            (self.rng,) = np.random.default_rng(seed).spawn(1)  # not the numbers of the game
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
