"""The network that learns MNIST: its pictures are its weights, its activations, what it says."""

import base64
import json

import numpy as np
import pytest

from dlscratch.cli.draw import digits
from dlscratch.demo.digits_training import BINS, FILTERS, DigitsTraining, digit_sets, histogram

SETTINGS = {"data": "mnist", "hidden": [50], "activation": "relu", "init": "he", "batch": 100}


@pytest.fixture(scope="module")
def sets():
    """2,000 digits to learn from, and 500 others."""
    return digit_sets(digits("train"), digits())


def test_there_are_2000_digits_to_learn_from_and_500_others(sets):
    assert {name: (x.shape, t.shape) for name, (x, t) in sets.items()} == {
        "train": ((2000, 784), (2000,)),
        "test": ((500, 784), (500,)),
    }
    x, _ = sets["train"]
    assert (x.dtype, x.min(), x.max()) == (np.float32, 0, 1)


def test_it_learns_to_read(sets):
    training = DigitsTraining({**SETTINGS, "lr": 0.003}, sets)
    before = training.frame()
    assert before["test"]["accuracy"] < 0.3
    training.train(60)  # three times through the 2,000
    after = training.frame()
    assert (after["steps"], after["epochs"]) == (60, 3.0)
    assert after["test"]["accuracy"] > 0.8 and after["test"]["loss"] < before["test"]["loss"] / 2


def test_a_picture_is_the_weights_of_a_unit(sets):
    training = DigitsTraining(SETTINGS, sets)
    frame = training.frame()
    assert len(frame["filters"]) == FILTERS
    W = training.net.params["W1"][:, :FILTERS]
    assert frame["largest"] == pytest.approx(np.abs(W).max())
    shown = np.frombuffer(base64.b64decode(frame["filters"][3]), np.int8)
    np.testing.assert_allclose(shown * frame["largest"] / 127, W[:, 3], atol=frame["largest"] / 200)


def test_without_a_hidden_layer_the_ten_scores_are_shown(sets):
    frame = DigitsTraining({**SETTINGS, "hidden": []}, sets).frame()
    assert len(frame["filters"]) == 10 and frame["histograms"] == []


def test_a_histogram_counts_every_activation_of_its_layer(sets):
    settings = {**SETTINGS, "hidden": [30, 20], "activation": "sigmoid", "dropout": 0.5}
    first, second = DigitsTraining(settings, sets).frame()["histograms"]
    assert (sum(first["counts"]), sum(second["counts"])) == (500 * 30, 500 * 20)
    assert 0 <= first["low"] < first["high"] <= 1 and len(first["counts"]) == BINS


@pytest.mark.parametrize("value", [0.0, 1e38, np.inf, np.nan])
def test_a_histogram_of_one_value_or_none_is_still_one(value):
    counts = histogram(np.full((3, 2), value, np.float32))["counts"]
    assert len(counts) == BINS and sum(counts) == (6 if np.isfinite(value) else 0)


def test_a_histogram_reaches_from_the_smallest_to_the_largest_number():
    found = histogram(np.float32([-1e38, 2e38, np.nan]))
    assert (found["counts"][0], found["counts"][-1]) == (1, 1)


def test_of_each_test_digit_it_is_told_what_the_network_reads(sets):
    training = DigitsTraining({**SETTINGS, "lr": 0.003}, sets)
    training.train(60)
    read = training.frame()["read"]
    scores = training.net.predict(sets["test"][0])
    assert [digit for digit, _ in read] == scores[: len(read)].argmax(axis=1).tolist()
    assert all(0.1 <= share <= 1 for _, share in read)
    shown = training.examples()["digits"]
    assert [one["label"] for one in shown] == sets["test"][1][: len(read)].tolist()
    image = np.frombuffer(base64.b64decode(shown[2]["image"]), np.uint8)
    np.testing.assert_array_equal(image, digits()[0][2].ravel())


def test_a_training_that_diverges_stays_json(sets):
    training = DigitsTraining(SETTINGS, sets)
    training.net.params.flat[:] = np.nan
    frame = training.frame()
    assert frame["train"]["loss"] is None
    json.dumps(frame, allow_nan=False)


def test_without_mnist_it_is_said_what_to_do():
    assert digit_sets(None, None) is None
    with pytest.raises(ValueError, match="the digits of MNIST are not here: dlscratch info says"):
        DigitsTraining(SETTINGS, None)
