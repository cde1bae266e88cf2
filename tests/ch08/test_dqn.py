"""The scripts about DQN: the committed weights, what a run leaves behind, the film."""

import json
from functools import partial

import numpy as np
import pytest
from PIL import Image

from ch08 import dqn, dqn_ablation, q_games
from ch08.q_film import BACKGROUND, BAR, PIXEL, Frame, film, picture, record
from ch08.q_learning import build
from dlscratch.book.experiment import run
from dlscratch.games import Breakout, Catch


def net_of(make):
    game = make()
    return build(game.observation_shape, game.n_actions, rng=0)


def run_quick(script, out, *options):
    return run(
        script.main, script.__doc__, script.options, ["--quick", "--out", str(out), *options]
    )


# ---- the committed weights


@pytest.mark.parametrize("name, games, least", [("catch", 40, 4.8), ("breakout", 40, 6.5)])
def test_the_committed_weights_play(name, games, least):
    """A part of what --evaluate plays."""
    net = net_of(dqn.TASKS[name].make)
    net.load(dqn.weights(dqn.HERE, name))
    scores = q_games.play(partial(q_games.greedy, net), dqn.TASKS[name].make, games)
    assert scores.mean() >= least


def test_the_committed_weights_are_small_half_floats():
    files = [dqn.weights(dqn.HERE, name) for name in dqn.TASKS]
    assert sum(file.stat().st_size for file in files) < 500_000
    for file in files:
        with np.load(file) as arrays:
            assert {array.dtype for array in arrays.values()} == {np.dtype(np.float16)}


def test_evaluate_plays_with_them_and_writes_none(tmp_path, capsys):
    plain, sticky = run_quick(dqn, tmp_path, "--evaluate", "--game", "catch")
    assert plain.ours.startswith("5.00, by chance -")
    assert sticky.ours != plain.ours
    assert {path.name for path in tmp_path.iterdir()} == {"dqn.json", "dqn_catch.gif"}


# ---- the scripts


def test_a_quick_run_leaves_weights_films_a_figure_and_its_claims(tmp_path, capsys):
    claims = run_quick(dqn, tmp_path)
    names = [claim.what.split(",")[0] for claim in claims if "MinAtar" not in claim.what]
    assert names == ["catch", "catch", "breakout"]
    assert json.loads((tmp_path / "dqn.json").read_text())["figures"] == ["fig_8-27_dqn.png"]
    for name in dqn.TASKS:
        net_of(dqn.TASKS[name].make).load(tmp_path / f"dqn_{name}_params.npz")
        with Image.open(tmp_path / f"dqn_{name}.gif") as film:
            assert film.n_frames > 20


def test_the_ablation_compares_four_kinds(tmp_path, capsys):
    claims = run_quick(dqn_ablation, tmp_path, "--seeds", "2")
    printed = capsys.readouterr().out
    for name in dqn_ablation.KINDS:
        assert f"{name}: " in printed
    assert len(claims) == 3
    assert (tmp_path / "dqn_ablation.png").exists()


def test_what_is_no_game_is_refused_in_one_line(tmp_path, capsys):
    for script in (dqn, dqn_ablation):
        with pytest.raises(SystemExit, match="2"):
            run_quick(script, tmp_path, "--game", "chess")
        assert "invalid choice: 'chess'" in capsys.readouterr().err


# ---- film and pictures


def test_a_picture_has_a_colour_for_each_channel_and_the_first_on_top():
    seen = np.zeros((4, 2, 3), np.uint8)
    seen[3, 0] = 1  # bricks
    seen[1, 0, 0] = 1  # the ball in front of one
    pixels = picture(seen)
    assert pixels.shape == (2 * PIXEL, 3 * PIXEL, 3) and pixels.dtype == np.uint8
    middles = pixels[PIXEL // 2 :: PIXEL, PIXEL // 2 :: PIXEL]
    assert tuple(middles[0, 0]) != tuple(middles[0, 1]) == tuple(middles[0, 2])
    assert tuple(middles[1, 0]) == BACKGROUND


@pytest.mark.parametrize("make", [Catch, Breakout])
def test_recorded_are_as_many_frames_as_asked_for_over_several_games(make):
    net = net_of(make)
    recorded = record(net, make(), 150, seed=3)
    assert len(recorded) == 150 and any(frame.over for frame in recorded)
    np.testing.assert_array_equal(recorded[0].seen, make().reset(seed=3)[0])
    np.testing.assert_allclose(recorded[7].q, net.predict(recorded[7].seen[None])[0])


def test_each_picture_of_the_film_has_a_bar_for_what_is_expected():
    seen = Breakout().reset(seed=0)[0]
    values = [[-1.0, -2, -3], [0, 1, 0], [0, 2, 1]]
    pictures = list(film([Frame(seen, np.array(q), 0.0, False) for q in values]))
    assert {pixels.shape for pixels in pictures} == {(11 * PIXEL, 10 * PIXEL, 3)}
    assert [int((pixels[-1] == BAR).all(axis=1).sum()) for pixels in pictures] == [0, 80, 160]
