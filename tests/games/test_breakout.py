"""Breakout: by hand, and frame by frame against MinAtar, where it is installed."""

import numpy as np
import pytest

from dlscratch.games import Breakout
from dlscratch.games.breakout import BALL, BRICKS, LEFT, PADDLE, RIGHT, STAY, TRAIL


def place(channel):
    """(row, column) of the only 1 in a channel."""
    (row,), (column,) = np.nonzero(channel)
    return int(row), int(column)


def started(x, y, dx, dy, paddle=4, bricks=()):
    """A game with the ball, the paddle and the bricks (row, column) where they are said to be."""
    game = Breakout()
    game.reset(seed=0)
    game.x, game.y, game.dx, game.dy, game.paddle = x, y, dx, dy, paddle
    game.bricks = np.zeros_like(game.bricks)
    for brick in bricks:
        game.bricks[brick] = 1
    return game


def follow(game, column=None):
    """An action that brings the paddle below the ball, or to a column."""
    column = game.x if column is None else column
    return STAY if column == game.paddle else LEFT if column < game.paddle else RIGHT


def test_the_first_frame():
    sides = set()
    for seed in range(10):
        seen, _ = Breakout().reset(seed=seed)
        assert place(seen[PADDLE]) == (9, 4) and place(seen[BALL]) == place(seen[TRAIL])
        assert seen[BRICKS].sum() == seen[BRICKS, 1:4].sum() == 30
        sides.add(place(seen[BALL]))
    assert sides == {(3, 0), (3, 9)}


def test_the_ball_falls_along_a_diagonal_and_is_lost():
    game = started(0, 3, 1, 1)
    for step in range(1, 6):
        seen, reward, terminated, _, _ = game.step(LEFT)
        assert place(seen[BALL]) == (3 + step, step)
        assert place(seen[TRAIL]) == (2 + step, step - 1)
        assert (reward, terminated) == (0, False)
    seen, reward, terminated, truncated, _ = game.step(LEFT)
    assert place(seen[PADDLE]) == (9, 0) and place(seen[BALL]) == (9, 6)
    assert (reward, terminated, truncated) == (0, True, False)


def balls(game, actions):
    """(row, column) of the ball after each action."""
    return [place(game.step(action)[0][BALL]) for action in actions]


def test_the_walls_take_a_frame():
    game = started(8, 5, 1, 1)
    assert balls(game, [STAY] * 3) == [(6, 9), (7, 9), (8, 8)]


def test_the_ceiling_takes_a_frame():
    game = started(3, 1, 1, -1)
    assert balls(game, [STAY] * 3) == [(0, 4), (0, 5), (1, 6)]


def test_a_paddle_under_the_ball_reflects_it():
    game = started(4, 7, 1, 1, paddle=5)
    assert balls(game, [STAY] * 3) == [(8, 5), (8, 6), (7, 7)]


def test_the_edge_of_the_paddle_sends_the_ball_back_where_it_came_from():
    game = started(4, 7, 1, 1, paddle=6)
    assert balls(game, [STAY] * 3) == [(8, 5), (8, 6), (7, 5)]


def test_a_brick_is_a_point_and_is_gone():
    game = started(3, 5, 1, -1, bricks=[(3, 5), (1, 1)])
    rewards = [game.step(STAY)[1] for _ in range(2)]
    assert rewards == [0, 1] and place(game.observe()[BRICKS]) == (1, 1)
    assert place(game.observe()[BALL]) == (4, 5)
    assert balls(game, [STAY]) == [(5, 6)]


def test_the_second_of_two_bricks_running_is_passed():
    """Up into (3, 5), back down into (5, 6), which stays."""
    game = started(3, 5, 1, -1, bricks=[(3, 5), (5, 6)])
    rewards = [game.step(STAY)[1] for _ in range(3)]
    assert rewards == [0, 1, 0] and place(game.observe()[BALL]) == (5, 6)
    assert game.observe()[BRICKS].sum() == 1


def test_the_ceiling_between_two_bricks_ends_the_run():
    """Down onto (1, 4), up to the ceiling, and down onto (1, 6), which counts."""
    game = started(3, 0, 1, 1, bricks=[(1, 4), (1, 6)])
    rewards = [game.step(STAY)[1] for _ in range(3)]
    assert rewards == [1, 0, 1] and not game.bricks.any()


def test_with_all_bricks_gone_there_is_a_new_wall_when_the_ball_comes_down():
    game = started(4, 7, 1, 1, paddle=5)
    seen, *_ = game.step(STAY)
    assert not seen[BRICKS].any()
    seen, *_ = game.step(STAY)
    assert seen[BRICKS].sum() == 30


@pytest.mark.parametrize("seed", range(3))
def test_a_paddle_that_follows_the_ball_never_loses(seed):
    game = Breakout()
    game.reset(seed=seed)
    results = [game.step(follow(game)) for _ in range(2000)]
    assert not any(terminated for _, _, terminated, _, _ in results)
    assert sum(reward for _, reward, *_ in results) > 10


@pytest.mark.parametrize("skill", [0.0, 0.8, 1.0])
def test_every_frame_is_that_of_minatar(skill):
    """Games that end early and games in which walls are cleared.

    The skilled player meets the ball now below it and now with the edge; one that only follows it
    goes round and round in the same few columns, and never comes above the bricks.
    """
    minatar = pytest.importorskip("minatar", reason="needs MinAtar: pip install dlscratch[games]")
    other = minatar.Environment("breakout", sticky_action_prob=0.0)
    other.seed(0)
    numbers = [0, 1, 3]  # MinAtar's own of stay, left, right
    game, rng = Breakout(), np.random.default_rng(0)
    game.reset(seed=0)
    walls, above, over = 0, 0, True
    for _ in range(8000):
        if over:
            other.reset()
            seen, _ = game.reset()
            while place(seen[BALL]) != place(other.state()[:, :, BALL]):  # from the same side
                seen, _ = game.reset()
            np.testing.assert_array_equal(seen, other.state().transpose(2, 0, 1))
        aim = rng.choice([game.x, min(max(game.x + game.dx, 0), 9)])
        action = follow(game, aim) if rng.random() < skill else int(rng.integers(3))
        bricks = game.bricks.sum()
        expected = other.act(numbers[action])
        seen, reward, over, _, _ = game.step(action)
        assert (reward, over) == expected
        np.testing.assert_array_equal(seen, other.state().transpose(2, 0, 1))
        walls += bricks < game.bricks.sum()
        above += game.y == 0
    assert skill < 1 or (walls > 2 and above > 50)  # the rare rules were tried
