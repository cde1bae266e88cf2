"""What holds for each game: Gymnasium's interface, seeds, and what is refused."""

import numpy as np
import pytest

from dlscratch.games import Breakout, Catch, StickyActions

GAMES = {
    "Catch": Catch,
    "Catch, small": lambda: Catch(size=4, balls=2),
    "Breakout": Breakout,
    "Breakout, sticky": lambda: StickyActions(Breakout(), 0.3),
    "Catch, sticky": lambda: StickyActions(Catch(), 0.3),
}


@pytest.fixture(params=GAMES)
def game(request):
    return GAMES[request.param]()


def play(game, steps, seed):
    """What is seen and earned by random actions, a new episode after each."""
    rng = np.random.default_rng(0)
    seen, log = game.reset(seed=seed)[0], []
    for _ in range(steps):
        log.append(seen)
        seen, reward, terminated, _, _ = game.step(rng.integers(game.n_actions))
        log.append(np.full_like(seen, 2 * reward + 4 + terminated))
        if terminated:
            seen, _ = game.reset()
    return np.array(log)


def test_reset_and_step_return_what_gymnasium_returns(game):
    seen, info = game.reset(seed=0)
    assert seen.shape == game.observation_shape and seen.dtype == np.uint8 and info == {}
    for _ in range(30):
        seen, reward, terminated, truncated, info = game.step(0)
        assert seen.shape == game.observation_shape and set(np.unique(seen)) <= {0, 1}
        assert isinstance(reward, float) and terminated in (True, False)
        assert truncated is False and info == {}
        if terminated:
            game.reset()


def test_one_seed_is_one_game_and_another_seed_another(game):
    first = play(game, 200, seed=3)
    np.testing.assert_array_equal(play(game, 200, seed=3), first)
    assert any((play(game, 200, seed=seed) != first).any() for seed in range(4, 8))


def test_without_a_seed_the_next_episode_is_another(game):
    game.reset(seed=0)
    starts = {game.reset()[0].tobytes() for _ in range(20)}
    assert len(starts) > 1


def test_an_observation_is_not_written_to_by_later_steps(game):
    seen, _ = game.reset(seed=0)
    copy = seen.copy()
    game.step(1)
    game.step(2)
    np.testing.assert_array_equal(seen, copy)


def test_a_game_must_be_started(game):
    with pytest.raises(RuntimeError, match=r"call reset\(\) first"):
        game.step(0)


def test_what_is_no_action_is_refused(game):
    game.reset(seed=0)
    for action in (-1, 3):
        with pytest.raises(ValueError, match=f"expected an action 0 .. 2, got {action}"):
            game.step(action)


def test_after_the_end_there_is_no_step(game):
    game.reset(seed=0)
    while not game.step(1)[2]:
        pass
    with pytest.raises(RuntimeError, match="the episode is over"):
        game.step(0)
