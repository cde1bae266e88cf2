"""Transfer learning: what is taken over, what is drawn, and that all three see the same labels."""

import numpy as np
import pytest

from ch08 import transfer_learning as script
from ch08.misclassified_mnist import learned_net
from dlscratch import Trainer
from dlscratch.book.experiment import run


@pytest.fixture
def few_images(monkeypatch):
    rng = np.random.default_rng(0)
    x, t = rng.random((1200, 1, 28, 28), dtype=np.float32), np.arange(1200) % 10
    monkeypatch.setattr(
        script, "load_fashion_mnist", lambda flatten: ((x[:1000], t[:1000]), (x[1000:], t[1000:]))
    )


@pytest.fixture
def trainings(monkeypatch):
    """(network before, labels) of every training; nothing is trained."""
    seen = []

    def fit(self, train, **options):
        weights = {name: array.copy() for name, array in self.net.params.items()}
        seen.append((weights, *train))

    monkeypatch.setattr(Trainer, "fit", fit)
    return seen


def accuracy(kind, seed=3):
    return script.accuracy(kind, 100, seed, lr=0.001, validate=False, quick=True)


def test_as_many_labels_of_every_class_are_drawn():
    t = np.repeat(np.arange(10), 50)
    x, labels = script.few(np.arange(500), t, 30, np.random.default_rng(0))
    np.testing.assert_array_equal(np.bincount(labels), np.full(10, 3))
    np.testing.assert_array_equal(t[x], labels)


def test_frozen_and_fine_tuned_begin_with_the_convolutions_that_know_digits(few_images, trainings):
    for kind in script.KINDS:
        accuracy(kind)
    known = learned_net().params
    scratch, frozen, tuned = (weights for weights, *_ in trainings)
    np.testing.assert_array_equal(tuned["W1"], known["W1"])
    assert not np.array_equal(scratch["W1"], known["W1"])
    assert frozen["W1"].shape == (1024, 50)  # the head alone
    assert not np.array_equal(frozen["W1"], known["W7"])


def test_all_three_learn_from_the_same_images_and_another_seed_from_others(few_images, trainings):
    for kind in script.KINDS:
        accuracy(kind)
    accuracy("scratch", seed=4)
    (_, x1, t1), (_, x2, t2), (_, x3, t3), (_, x4, _) = trainings
    np.testing.assert_array_equal(x1, x3)
    np.testing.assert_array_equal(t1, t2)
    np.testing.assert_array_equal(t1, t3)
    assert x2.shape == (100, 1024)  # what the frozen convolutions make of them
    assert not np.array_equal(x1, x4)


def test_frozen_features_are_those_of_the_whole_network(few_images, trainings):
    accuracy("frozen")
    accuracy("fine-tuned")
    (_, features, _), (_, x, _) = trainings
    net = learned_net()
    for layer in net.layers[: script.CONVOLUTIONS]:
        x = layer.forward(x)
    np.testing.assert_allclose(features, x, rtol=1e-4, atol=1e-5)


def test_a_gain_holds_only_beyond_two_standard_errors():
    table = {("scratch", 100): [0.5, 0.6, 0.7], ("fine-tuned", 100): [0.6, 0.7, 0.81]}
    assert script.claim(table, 100).holds
    table["fine-tuned", 100] = [0.6, 0.5, 0.9]
    assert not script.claim(table, 100).holds


def test_validation_leaves_the_test_images_alone(few_images, monkeypatch):
    monkeypatch.setattr(script, "train_validation_split", lambda x, t, n, rng: (len(x), n))
    assert script.load_images(validate=True) == (1000, 10000)


def test_other_numbers_of_labels_are_refused_in_one_line(capsys, tmp_path):
    argv = ["--only", "7", "--out", str(tmp_path)]
    with pytest.raises(SystemExit, match="2"):
        run(script.main, script.__doc__, script.options, argv)
    assert "--only" in capsys.readouterr().err
