"""Catch: the rules, and that it can always be won."""

import numpy as np
import pytest

from dlscratch.games import Catch
from dlscratch.games.catch import LEFT, RIGHT, STAY


def landing(game):
    """The column in which the ball will land, with the walls unfolded."""
    period = 2 * (game.size - 1)
    column = (game.x + game.dx * (game.size - 1 - game.y)) % period
    return min(column, period - column)


def perfect(game):
    target = min(max(landing(game), 1), game.size - 2)
    return STAY if target == game.paddle else LEFT if target < game.paddle else RIGHT


def play(game, player, seed):
    """(total reward, frames)"""
    game.reset(seed=seed)
    total, frames, terminated = 0.0, 0, False
    while not terminated:
        _, reward, terminated, _, _ = game.step(player(game))
        total, frames = total + reward, frames + 1
    return total, frames


@pytest.mark.parametrize("seed", range(20))
def test_who_looks_where_the_ball_will_land_catches_all_five(seed):
    assert play(Catch(), perfect, seed) == (5, 5 * 12)


def test_who_moves_at_random_misses_most():
    rng = np.random.default_rng(0)
    totals = [play(Catch(), lambda _: rng.integers(3), seed)[0] for seed in range(100)]
    assert -4 < np.mean(totals) < -1


def test_a_ball_by_hand():
    """On 5 x 5 pixels: from column 3 to the right, off the wall, and into the paddle."""
    game = Catch(size=5, balls=1)
    game.reset(seed=0)
    game.x, game.dx = 3, 1
    columns, rewards = [], []
    for action in (STAY, LEFT, LEFT, STAY):
        _, reward, terminated, truncated, _ = game.step(action)
        columns.append(game.x)
        rewards.append(reward)
    assert (
        columns == [4, 3, 2, 1] and game.paddle == 1
    )  # two steps to the left, stopped by the wall
    assert rewards == [0, 0, 0, 1] and terminated and not truncated


def test_a_ball_beside_the_paddle_is_missed():
    game = Catch(size=5, balls=1)
    game.reset(seed=0)
    game.x, game.dx = 4, 0
    rewards = [game.step(STAY)[1] for _ in range(4)]
    assert rewards == [0, 0, 0, -1]


def test_the_second_channel_is_the_frame_before():
    game = Catch()
    seen, _ = game.reset(seed=1)
    np.testing.assert_array_equal(seen[0], seen[1])  # a new ball: there is no frame before
    for _ in range(11):
        before = seen
        seen, *_ = game.step(RIGHT)
        np.testing.assert_array_equal(seen[1], before[0])
        assert seen[0].sum() == 4  # the ball and three pixels of paddle


def test_every_column_and_direction_occurs():
    game = Catch()
    game.reset(seed=0)
    starts = set()
    for _ in range(1000):
        game.reset()
        starts.add((game.x, game.dx))
    assert starts == {(x, dx) for x in range(13) for dx in (-1, 0, 1)}


def test_sizes_that_make_no_game_are_refused():
    with pytest.raises(ValueError, match="size must be a whole number, 3 or more, got 2"):
        Catch(size=2)
    with pytest.raises(ValueError, match="balls must be a whole number, 1 or more, got 0"):
        Catch(balls=0)
