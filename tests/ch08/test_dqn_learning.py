"""Deep Q-learning: targets, gradients, games side by side, a training that stops and goes on."""

from types import SimpleNamespace

import numpy as np
import pytest

from ch08 import q_games, q_learning
from ch08.q_games import Games, greedy, play
from ch08.q_learning import Settings, build, explored, learned, loss_and_gradient, targets
from dlscratch import check_gradients
from dlscratch.games import Breakout, Catch, Environment, StickyActions, Transitions

SETTINGS = Settings(frames=480, memory=100, copy_every=20, limit=30)


class Corridor:
    """Five places in a row, a point at the last: by Gymnasium's interface, of no class of ours."""

    n_actions, observation_shape = 2, (1, 3, 5)

    def reset(self, *, seed=None, options=None):
        self.place = 0
        return self.seen(), {}

    def step(self, action):
        self.place = max(0, self.place + (1 if action == 1 else -1))
        over = self.place == 4
        return self.seen(), float(over), over, False, {}

    def seen(self):
        pixels = np.zeros(self.observation_shape, np.uint8)
        pixels[0, :, self.place] = 1
        return pixels


class Endless(Environment):
    """A point for each frame, and no end of its own; cut off after three frames."""

    n_actions, observation_shape = 2, (1, 3, 3)

    def start(self):
        self.frames = 0

    def advance(self, action):
        self.frames += 1
        return 1.0, False

    def observe(self):
        return np.full(self.observation_shape, self.frames, np.uint8)

    def step(self, action):
        seen, reward, terminated, _, info = super().step(action)
        return seen, reward, terminated, self.frames == 3, info


def batch_of(B=6, shape=(2, 5, 4), A=3, seed=0):
    """Transitions that nobody can write to."""
    rng = np.random.default_rng(seed)
    batch = Transitions(
        rng.integers(0, 2, (B, *shape)).astype(np.uint8),
        rng.integers(0, A, B),
        rng.standard_normal(B).astype(np.float32),
        rng.integers(0, 2, (B, *shape)).astype(np.uint8),
        np.arange(B) % 2 == 0,
    )
    for array in batch:
        array.flags.writeable = False
    return batch


# ---- the equation


def test_the_target_is_the_reward_and_what_the_best_next_action_is_worth():
    batch = Transitions(None, None, np.array([1, -1], np.float32), None, np.array([False, False]))
    q_next = np.array([[0.5, 2.0, 1.0], [-3.0, -2.0, -4.0]], np.float32)
    y = targets(batch, q_next, gamma=0.9)
    np.testing.assert_allclose(y, [1 + 0.9 * 2, -1 - 0.9 * 2])
    assert y.dtype == np.float32


def test_a_game_that_is_over_has_no_future_even_where_its_value_is_nan():
    batch = Transitions(None, None, np.array([1.0, 1.0]), None, np.array([True, False]))
    y = targets(batch, np.array([[np.nan, np.nan], [4.0, 2.0]]), gamma=0.5)
    np.testing.assert_array_equal(y, [1, 3])


def test_the_loss_is_the_huber_loss_of_the_action_that_was_taken():
    net, batch = build((2, 5, 4), 3, rng=0), batch_of()
    q = net.predict(batch.observations)[np.arange(6), batch.actions]
    y = (q + [0.5, -0.5, 2, -2, 0, 0]).astype(np.float32)  # errors within 1, beyond 1, none
    assert loss_and_gradient(net, batch, y) == pytest.approx((2 * 0.125 + 2 * 1.5) / 6, abs=1e-6)


def test_the_gradient_is_that_of_the_loss():
    net = build((2, 5, 4), 3, rng=0).astype(np.float64)
    batch, y = batch_of(), np.random.default_rng(1).standard_normal(6)
    y.flags.writeable = False
    loss_and_gradient(net, batch, y)
    found, h = net.grads.flat.copy(), 1e-6
    rng = np.random.default_rng(2)
    assert np.abs(found).max() > 1e-3
    for i in rng.choice(len(found), 60, replace=False):
        losses = []
        for sign in (1, -1):
            net.params.flat[i] += sign * h
            losses.append(loss_and_gradient(net, batch, y))
            net.params.flat[i] -= sign * h
        assert found[i] == pytest.approx((losses[0] - losses[1]) / (2 * h), abs=1e-7)


def test_the_layers_of_the_network_pass_the_checker():
    net = build((2, 5, 4), 3, rng=0).astype(np.float64)
    x = np.random.default_rng(0).standard_normal((4, 2, 5, 4))
    assert check_gradients(net, x, np.zeros((4, 3)))


def test_an_action_not_taken_gets_no_gradient():
    net = build((2, 5, 4), 3, rng=0)
    batch = batch_of()._replace(actions=np.ones(6, int))
    loss_and_gradient(net, batch, np.full(6, 5, np.float32))
    np.testing.assert_array_equal(net.grads["b3"][[0, 2]], 0)
    assert net.grads["b3"][1] == pytest.approx(-1)


# ---- acting


def test_epsilon_is_the_share_of_actions_left_to_chance():
    net = build((2, 5, 4), 3, rng=0)
    seen = np.repeat(batch_of(1).observations, 3000, axis=0)
    best = int(greedy(net, seen[:1])[0])
    rng = np.random.default_rng(0)
    assert (explored(net, seen, 0.0, rng) == best).all()
    shares = np.bincount(explored(net, seen, 0.6, rng), minlength=3) / 3000
    expected = np.full(3, 0.2)
    expected[best] += 0.4
    np.testing.assert_allclose(shares, expected, atol=0.03)


# ---- games side by side


def test_what_was_seen_follows_from_one_step_to_the_next_unless_a_game_ended():
    games = Games(lambda: Catch(5, balls=1), 4, 100, np.random.default_rng(0))
    seen, ended = games.start(), 0
    for _ in range(20):
        step = games.step(np.array([0, 1, 2, 0]))
        np.testing.assert_array_equal(step.observations, seen)
        seen = games.seen
        goes_on = ~step.terminated
        np.testing.assert_array_equal(seen[goes_on], step.next_observations[goes_on])
        ended += step.terminated.sum()
    assert ended == games.arrays["ended"] == 4 * 5  # a ball takes four frames


def test_a_game_cut_off_is_begun_anew_but_not_terminated():
    for make, limit in ((Endless, 100), (lambda: Catch(5, balls=100), 3)):
        games = Games(make, 2, limit, np.random.default_rng(0))
        games.start()
        steps = [games.step(np.zeros(2, int)) for _ in range(7)]
        assert not any(step.terminated.any() for step in steps)
        assert games.arrays["ended"] == 4
        np.testing.assert_array_equal(games.arrays["played"], 1)


def test_the_average_is_of_the_last_games_that_ended():
    games = Games(Endless, 3, 100, np.random.default_rng(0))
    games.start()
    for _ in range(12):
        games.step(np.zeros(3, int))
    assert games.average == 3
    np.testing.assert_array_equal(games.arrays["scores"], 0)


@pytest.mark.parametrize("make", [q_games.catch, q_games.breakout])
def test_games_played_again_are_seen_as_they_were(make):
    rng = np.random.default_rng(0)
    games = Games(make, 4, 50, rng)
    games.start()
    for _ in range(33):
        games.step(rng.integers(3, size=4))
    other = Games(make, 4, 50, np.random.default_rng(1))
    for name, array in games.arrays.items():
        other.arrays[name][...] = array
    np.testing.assert_array_equal(other.start(), games.seen)
    actions = rng.integers(3, size=4)
    other.rng.bit_generator.state = rng.bit_generator.state
    for ours, theirs in zip(games.step(actions), other.step(actions)):
        np.testing.assert_array_equal(ours, theirs)


def test_play_plays_each_game_to_its_end_or_the_limit():
    always = lambda seen: np.ones(len(seen), int)  # noqa: E731
    np.testing.assert_array_equal(play(always, Corridor, games=3), 1)
    np.testing.assert_array_equal(play(always, Corridor, games=3, limit=3), 0)
    np.testing.assert_array_equal(play(always, Endless, games=2), 3)


def test_play_is_the_same_again_and_another_game_for_another_seed():
    def chosen(seen):
        return seen[:, 0, -1].argmax(axis=1) % 3

    first = play(chosen, q_games.catch, games=20)
    np.testing.assert_array_equal(first, play(chosen, q_games.catch, games=20))
    assert (first != play(chosen, q_games.catch, games=20, seed=1)).any()


def test_each_game_of_play_has_its_own_chance():
    class Seeds(Endless):
        def observe(self):
            seeds.append(self.rng.integers(2**60))
            return super().observe()

    seeds = []
    play(lambda seen: np.zeros(len(seen), int), Seeds, games=5)
    play(lambda seen: np.zeros(len(seen), int), Seeds, games=5, seed=1)
    assert len(set(seeds)) == len(seeds)


# ---- MinAtar itself


def test_minatar_behind_our_interface_is_our_breakout():
    pytest.importorskip("minatar", reason="needs MinAtar: pip install dlscratch[games]")
    ours, theirs = Breakout(), q_games.MinAtarBreakout()
    for seed in range(4):
        seen, _ = theirs.reset(seed=seed)
        assert seen.shape == ours.observation_shape and seen.dtype == np.uint8
        first, _ = ours.reset(seed=0)
        while (first != seen).any():  # the ball starts left or right
            first, _ = ours.reset()
        seen, reward, terminated, truncated, _ = theirs.step(0)  # the first action: no other before
        expected = ours.step(0)
        np.testing.assert_array_equal(seen, expected[0])
        assert (reward, terminated, truncated) == expected[1:4]


def test_minatar_is_seeded():
    pytest.importorskip("minatar", reason="needs MinAtar: pip install dlscratch[games]")
    first, again, other = (
        play(lambda seen: np.arange(len(seen)) % 3, q_games.MinAtarBreakout, 30, seed)
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


# ---- learning


def arguments(folder, resume=False, seed=0):
    return SimpleNamespace(out=folder, seed=seed, resume=resume)


def test_any_game_with_the_interface_is_learned(tmp_path):
    settings = Settings(frames=4000, memory=2000, copy_every=50, gamma=0.9, limit=40, lr=3e-3)
    net, history = learned(arguments(tmp_path), "corridor", Corridor, settings)
    assert greedy(net, np.stack([Corridor().reset()[0]])) == [1]
    np.testing.assert_array_equal(play(lambda x: greedy(net, x), Corridor, 3, limit=4), 1)
    start = net.predict(Corridor().reset()[0][None])[0]
    assert start[1] == pytest.approx(0.9**3, abs=0.05)  # a point, three frames after this one
    assert len(history["loss"]) == len(history["score"]) == 500


@pytest.mark.parametrize("at", [20, 47])
def test_a_training_that_was_stopped_goes_on_to_the_same_bit(at, tmp_path, monkeypatch, capsys):
    make = lambda: StickyActions(Catch(5, balls=2), 0.1)  # noqa: E731
    whole, history = learned(arguments(tmp_path), "a whole", make, SETTINGS)
    steps = []

    def interrupted(*args):
        steps.append(1)
        if len(steps) > at:
            raise KeyboardInterrupt
        return explored(*args)

    with monkeypatch.context() as patch:
        patch.setattr(q_learning, "explored", interrupted)
        with pytest.raises(KeyboardInterrupt):
            learned(arguments(tmp_path), "a stop", make, SETTINGS)
    assert f"a stop: stopped after step {at}; --resume goes on" in capsys.readouterr().out
    net, again = learned(arguments(tmp_path, resume=True), "a stop", make, SETTINGS)
    np.testing.assert_array_equal(net.params.flat, whole.params.flat)
    assert again == history


def test_without_a_target_network_the_newest_weights_are_used(tmp_path):
    nets = [
        learned(arguments(tmp_path), "x", Corridor, SETTINGS._replace(copy_every=every))[0]
        for every in (1, 20)
    ]
    assert (nets[0].params.flat != nets[1].params.flat).any()
