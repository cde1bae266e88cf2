"""The small network that the page trains: its data, its settings, its pictures."""

import base64
import json

import numpy as np
import pytest

from dlscratch.demo.playground import DATA, PIXELS, POINTS, Playground, checked, packed, points


@pytest.mark.parametrize("data", DATA)
def test_both_classes_have_as_many_points_and_all_lie_in_the_square(data):
    x, t = points(data, noise=1, rng=np.random.default_rng(0))
    assert x.shape == (POINTS, 2) and x.dtype == np.float32
    assert np.abs(x).max() <= 1
    assert np.bincount(t).tolist() == [POINTS // 2] * 2


def test_the_classes_are_what_their_names_say():
    rng = np.random.default_rng(0)
    x, t = points("circles", 0, rng)
    radius = np.hypot(*x.T)
    assert radius[t == 0].max() < 0.5 < 0.6 < radius[t == 1].min()
    x, t = points("xor", 0, rng)
    np.testing.assert_array_equal(x[:, 0] * x[:, 1] < 0, t == 1)
    x, t = points("clusters", 0, rng)
    assert np.mean((x.sum(axis=1) > 0) == (t == 1)) > 0.99


@pytest.mark.parametrize(
    ("data", "hidden", "steps"),
    [("circles", [4, 2], 400), ("xor", [4], 400), ("clusters", [], 100)],
)
def test_it_learns(data, hidden, steps):
    playground = Playground({"data": data, "hidden": hidden, "noise": 0})
    before = playground.frame()["test"]["loss"]
    playground.train(steps)
    after = playground.frame()
    assert after["steps"] == steps and after["epochs"] == steps / 10
    assert after["test"]["loss"] < before / 2 and after["test"]["accuracy"] > 0.9


def test_one_seed_gives_one_training_and_a_pause_changes_nothing():
    at_once, in_parts = Playground({"dropout": 0.2}), Playground({"dropout": 0.2})
    at_once.train(30)
    for steps in (1, 4, 25):
        in_parts.train(steps)
        in_parts.frame()
    np.testing.assert_array_equal(at_once.net.params.flat, in_parts.net.params.flat)
    other = Playground({"dropout": 0.2, "seed": 1})
    assert not np.array_equal(other.net.params.flat, Playground({"dropout": 0.2}).net.params.flat)


def test_each_epoch_sees_every_point_once():
    playground = Playground({"batch": 30})
    playground.train(1)
    rest = sum(len(x) for x, _ in playground.waiting)
    assert rest in (POINTS - 30, POINTS - 20)  # the last batch of an epoch is shorter


def unpacked(text, dtype):
    return np.frombuffer(base64.b64decode(text), dtype).reshape(PIXELS, PIXELS)


def test_the_field_is_the_probability_of_class_1_at_each_place():
    playground = Playground({"data": "clusters", "hidden": [], "noise": 0})
    playground.train(300)
    field = unpacked(playground.frame()["field"], np.uint8)
    assert field[0, -1] > 250 and field[-1, 0] < 5  # class 1 is at the top right
    W, b = playground.net.params["W1"], playground.net.params["b1"]
    x = np.array([1 - 1 / PIXELS, 1 - 1 / PIXELS]) @ W + b
    assert abs(field[0, -1] - 255 / (1 + np.exp(x[0] - x[1]))) <= 1


def test_a_picture_of_a_unit_is_its_activation_with_its_sign():
    playground = Playground({"hidden": [3, 2]})
    frame = playground.frame()
    assert [len(layer) for layer in frame["units"]] == [3, 2]
    assert [np.shape(W) for W in frame["weights"]] == [(2, 3), (3, 2), (2, 2)]
    W = playground.net.params["W1"][:, 1]
    picture = unpacked(frame["units"][0][1], np.int8)
    corner = np.tanh(np.array([-1 + 1 / PIXELS, 1 - 1 / PIXELS]) @ W)  # the top left
    assert np.sign(picture[0, 0]) == np.sign(corner)
    assert np.abs(picture).max() == 127


def test_a_training_that_diverges_is_shown_as_such_and_stays_json():
    playground = Playground({"activation": "relu", "optimizer": "SGD", "lr": 10, "init": "1"})
    playground.train(300)
    playground.net.params.flat[:] = np.nan
    frame = playground.frame()
    assert frame["train"]["loss"] is None
    json.dumps(frame, allow_nan=False)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"data": "moons"}, "data must be one of circles, xor, spirals, clusters, got 'moons'"),
        ({"data": ["xor"]}, "data must be one of"),
        ({"lr": -1}, "lr must be a number"),
        ({"lr": "0.1"}, "lr must be a number"),
        ({"lr": float("nan")}, "lr must be a number"),
        ({"batch": 0}, "batch must be a whole number"),
        ({"batch": 2.5}, "batch must be a whole number"),
        ({"batch": POINTS + 1}, "batch must be a number"),
        ({"hidden": [9]}, "a hidden size must be a number"),
        ({"hidden": [2] * 5}, "hidden must be a list of 4 sizes at most"),
        ({"hidden": "4 2"}, "hidden must be a list"),
        ({"batchnorm": 1}, "batchnorm must be true or false"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"colour": "red"}, "there is no setting 'colour'"),
    ],
)
def test_a_setting_that_is_none_is_told_with_what_is_allowed(given, complaint):
    with pytest.raises((ValueError, TypeError), match=complaint):
        checked(given)


@pytest.mark.parametrize("batchnorm", [False, True])
@pytest.mark.parametrize("optimizer", ["SGD", "Momentum", "AdaGrad", "Adam"])
def test_every_optimizer_trains_with_and_without_batch_norm(optimizer, batchnorm):
    playground = Playground({"optimizer": optimizer, "batchnorm": batchnorm, "decay": 0.01})
    playground.train(5)
    assert playground.frame()["train"]["loss"] is not None


def test_packed_numbers_are_bytes_within_their_limits():
    assert base64.b64decode(packed(np.array([-3.0, 0.6, 300.0]), np.uint8)) == bytes([0, 1, 255])
