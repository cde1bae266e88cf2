"""What the book claims in chapter 6, where it is sure enough to hold in the small (--quick)."""

import argparse

import numpy as np
import pytest

from ch06 import (
    batch_norm_test,
    optimizer_compare_mnist,
    overfit_dropout,
    overfit_weight_decay,
    weight_init_compare,
)
from ch06.batch_norm_test import BOOK_EPS, network
from ch06.overfit_dropout import network_with_dropout
from ch06.overfit_weight_decay import gap_claim
from dataset.mnist import load_mnist
from dlscratch import SGD, BatchNorm, Dropout, History, Trainer
from dlscratch.book.experiment import run


def quick(script, folder, *options):
    """The claims of a quick run, by what they are about."""
    argv = ["--quick", "--out", str(folder), *options]
    claims = run(script.main, script.__doc__, script.options, argv)
    return {claim.what: claim for claim in claims}


def fails(script, *options):
    """The exit code after a bad option."""
    with pytest.raises(SystemExit) as stop:
        run(script.main, script.__doc__, script.options, list(options))
    return stop.value.code


def test_on_mnist_sgd_is_the_slowest_of_the_four_optimizers(tmp_path):
    claims = quick(optimizer_compare_mnist, tmp_path)
    assert claims["loss of the last 100 mini-batches, slowest"].holds


def test_std_001_does_not_learn_while_xavier_and_he_do(tmp_path):
    assert all(claim.holds for claim in quick(weight_init_compare, tmp_path).values())


def test_other_standard_deviations_can_be_compared_and_are_no_claims_of_the_book(tmp_path, capsys):
    argv = ["--std", "0.1", "he", "--iterations", "20", "--out", str(tmp_path)]
    assert run(weight_init_compare.main, None, weight_init_compare.options, argv) == []
    assert "std=0.1 " in capsys.readouterr().out


def test_equal_weights_stay_equal_for_ever():
    """Section 6.2.1: the hidden units all get the same gradient, so nothing ever parts them."""
    (x, t), _ = load_mnist()
    net = network(0.05, False, argparse.Namespace(seed=0, eps=BOOK_EPS))
    for name, W in net.params.items():
        W[...] = 0.05 if name.startswith("W") else 0
    Trainer(net, SGD(0.001), rng=np.random.default_rng(0)).fit((x[:500], t[:500]), epochs=2)
    W1, W2 = net.params["W1"], net.params["W2"]
    assert not np.allclose(W1, 0.05)  # it has learnt something
    assert np.allclose(W1, W1[:, :1]) and np.allclose(W2, W2[0, 0])  # but a single unit's worth


@pytest.mark.parametrize("std", [1.0, 0.025, 0.0074])
def test_batch_norm_learns_where_the_plain_net_does_not(std):
    (x, t), _ = load_mnist()
    accuracy = []
    for use_batchnorm in (True, False):
        net = network(std, use_batchnorm, argparse.Namespace(seed=0, eps=BOOK_EPS))
        trainer = Trainer(net, SGD(0.01), rng=np.random.default_rng(0))
        with np.errstate(over="ignore", invalid="ignore"):  # std 1 blows up
            accuracy.append(trainer.fit((x[:1000], t[:1000]), epochs=8).train_accuracy[-1])
    assert accuracy[0] > 0.25 > 0.2 > accuracy[1]


def test_both_nets_of_a_panel_start_with_the_same_weights_and_the_eps_asked_for():
    args = argparse.Namespace(seed=3, eps=1e-3)
    batch_norm, plain = (network(0.1, use, args) for use in (True, False))
    assert np.array_equal(batch_norm.params["W6"], plain.params["W6"])
    assert {layer.eps for layer in batch_norm.layers if isinstance(layer, BatchNorm)} == {1e-3}


def test_weight_decay_narrows_the_gap(tmp_path):
    claims = quick(overfit_weight_decay, tmp_path)
    assert claims["lambda 0, test images"].holds
    assert claims["lambda 0.1, training images in the end"].holds
    assert claims["lambda 0.1, gap between training and test"].holds


def test_a_gap_that_did_not_narrow_is_reported_as_it_is():
    narrow = History(train_accuracy=[0.5, 0.8], test_accuracy=[0.5, 0.7])
    wide = History(train_accuracy=[0.5, 1.0], test_accuracy=[0.5, 0.8])
    assert gap_claim("anything", free=wide, tamed=narrow).holds
    assert "did not go up" in gap_claim("anything", free=wide, tamed=narrow).why
    assert not gap_claim("anything", free=narrow, tamed=wide).holds
    assert not gap_claim("anything", free=wide, tamed=wide).holds


def test_dropout_narrows_the_gap(tmp_path):
    claims = quick(overfit_dropout, tmp_path)
    assert claims["Dropout 0.15, gap between training and test"].holds


@pytest.mark.parametrize(("inverted", "training", "testing"), [(False, 1, 0.75), (True, 4 / 3, 1)])
def test_the_books_dropout_scales_at_test_time_the_inverted_one_in_training(
    inverted, training, testing
):
    args = argparse.Namespace(seed=0, dropout_ratio=0.25, inverted=inverted)
    layers = [layer for layer in network_with_dropout(args).layers if isinstance(layer, Dropout)]
    assert len(layers) == 6
    x = np.ones((10, 100), dtype=np.float32)
    np.testing.assert_allclose(np.unique(layers[0].forward(x, True)), [0, training])
    np.testing.assert_allclose(np.unique(layers[0].forward(x, False)), [testing])


@pytest.mark.parametrize(
    ("script", "options", "allowed"),
    [
        (weight_init_compare, ("--std", "hee"), "xavier and he"),
        (weight_init_compare, ("--std", "-1"), "at least 0"),
        (overfit_dropout, ("--dropout-ratio", "1"), "at most 0.95"),
        (overfit_weight_decay, ("--images", "0"), "at least 1"),
        (batch_norm_test, ("--panel", "17"), "(choose from "),
        (optimizer_compare_mnist, ("--adam-lr", "0"), "above 0"),
    ],
)
def test_a_bad_option_is_one_line_that_names_what_is_allowed(script, options, allowed, capsys):
    assert fails(script, *options) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert allowed in line
