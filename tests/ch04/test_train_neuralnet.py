"""Chapter 4's training loop: batches that leave no image out, and figures of what it did."""

from itertools import islice

import numpy as np
from numpy.testing import assert_array_equal

from ch04.train_neuralnet import endless_batches, main, options, show_numerical_gradient
from dlscratch.book.experiment import run


def test_every_epoch_of_the_endless_batches_holds_each_image_once():
    x, t = np.arange(250), np.arange(250) * 2
    drawn = list(islice(endless_batches(x, t, np.random.default_rng(0)), 6))
    assert [len(part) for part, _ in drawn] == [100, 100, 50, 100, 100, 50]
    for epoch in drawn[:3], drawn[3:]:
        assert_array_equal(np.sort(np.concatenate([part for part, _ in epoch])), x)
    assert all(np.array_equal(labels, part * 2) for part, labels in drawn)


def test_the_numerical_gradient_is_shown_on_a_case_that_ends(capsys):
    show_numerical_gradient(np.random.default_rng(0))
    assert "measured and derived gradients differ by" in capsys.readouterr().out


def test_more_steps_learn_more_and_each_epoch_is_recorded(tmp_path, capsys):
    claims = run(main, "", options, argv=["--steps", "1800", "--lr", "0.5", "--out", str(tmp_path)])
    train, test = (float(claim.ours) for claim in claims)
    assert train > 0.9 and test > 0.9
    assert capsys.readouterr().out.count("epoch ") == 3
