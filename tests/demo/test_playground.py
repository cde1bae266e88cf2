"""The small network that the page trains: it learns, and its pictures are what it computes."""

import base64
import json

import numpy as np
import pytest

from dlscratch.demo.playground import PIXELS, Playground


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
    x, _ = playground.sets["train"]
    for _ in range(2):
        epoch = [next(playground.batches)[0] for _ in range(7)]
        assert [len(part) for part in epoch] == [30] * 6 + [20]  # the last one is shorter
        seen = np.concatenate(epoch)
        np.testing.assert_array_equal(np.sort(seen, axis=0), np.sort(x, axis=0))
        assert not np.array_equal(seen, x)


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


@pytest.mark.parametrize("batchnorm", [False, True])
@pytest.mark.parametrize("optimizer", ["SGD", "Momentum", "AdaGrad", "Adam"])
def test_every_optimizer_trains_with_and_without_batch_norm(optimizer, batchnorm):
    playground = Playground({"optimizer": optimizer, "batchnorm": batchnorm, "decay": 0.01})
    playground.train(5)
    assert playground.frame()["train"]["loss"] is not None
