"""Sticky actions: now and then the previous one is repeated."""

import numpy as np
import pytest

from dlscratch.games import Environment, StickyActions


class Echo(Environment):
    """A game that only shows the last action."""

    n_actions, observation_shape = 5, (1,)

    def start(self):
        self.last = 9

    def advance(self, action):
        self.last = action
        return 0.0, False

    def observe(self):
        return np.array([self.last], np.uint8)


def done(probability, actions, seed=0):
    """The actions that the game receives."""
    game = StickyActions(Echo(), probability)
    game.reset(seed=seed)
    return [int(game.step(action)[0][0]) for action in actions]


def test_with_probability_0_every_action_counts_and_with_1_only_the_first():
    assert done(0, [3, 1, 4, 1, 2]) == [3, 1, 4, 1, 2]
    assert done(1, [3, 1, 4, 1, 2]) == [3, 3, 3, 3, 3]


def test_what_is_repeated_is_the_previous_action_of_the_game_and_as_often_as_said():
    actions = np.arange(20000) % 5
    received = done(0.25, actions)
    repeated = [b == a for a, b in zip(received, received[1:])]
    kept = [b == chosen for b, chosen in zip(received[1:], actions[1:])]
    assert all(r or k for r, k in zip(repeated, kept))
    # 1/4 are repeated; of these a few are what was chosen too, after four repetitions in a row
    assert np.mean(repeated) == pytest.approx(0.25, abs=0.01)


def test_a_new_episode_remembers_no_action():
    game = StickyActions(Echo(), 1)
    game.reset(seed=0)
    game.step(3)
    game.reset()
    assert game.step(2)[0] == 2


def test_a_probability_is_0_to_1():
    with pytest.raises(ValueError, match="probability must be a number at least 0"):
        StickyActions(Echo(), 1.5)
