"""Section 6.1.7 has no chance in it: where the four optimizers end up is known to three digits."""

import numpy as np
import pytest

from ch06 import optimizer_compare_naive as script
from ch06.optimizer_compare_naive import OPTIMIZERS, f, gradient, walk
from dlscratch import numerical_gradient
from dlscratch.book.experiment import run


def book_path(name):
    kind, lr, *_ = OPTIMIZERS[name]
    return walk(kind(lr), points=30)


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("SGD", (-0.387, -0.094)),
        ("Momentum", (0.814, 0.273)),
        ("AdaGrad", (-0.136, 0.000)),
        ("Adam", (0.020, 0.322)),
    ],
)
def test_thirty_points_end_where_the_books_end(name, end):
    np.testing.assert_allclose(book_path(name)[-1], end, atol=5e-4)


@pytest.mark.parametrize(
    ("name", "crossings"), [("SGD", 29), ("Momentum", 4), ("AdaGrad", 0), ("Adam", 2)]
)
def test_how_often_each_path_crosses_the_valley(name, crossings):
    y = book_path(name)[:, 1]
    assert np.sum(np.sign(y[1:]) != np.sign(y[:-1])) == crossings


def test_every_path_starts_at_the_same_point():
    for name in OPTIMIZERS:
        np.testing.assert_array_equal(book_path(name)[0], [-7.0, 2.0])


def test_the_gradient_is_that_of_the_function():
    slope = gradient(3.0, -2.0)
    measured = numerical_gradient(lambda point: f(*point), np.array([3.0, -2.0]))
    np.testing.assert_allclose([slope["x"], slope["y"]], measured, rtol=1e-6)


def test_every_claim_of_the_book_holds(tmp_path):
    claims = run(script.main, script.__doc__, script.options, argv=["--out", str(tmp_path)])
    assert [claim.holds for claim in claims] == [True] * 3


def test_another_learning_rate_gives_another_winner(tmp_path):
    argv = ["--adagrad-lr", "0.1", "--out", str(tmp_path)]
    nearest = run(script.main, script.__doc__, script.options, argv=argv)[-1]
    assert not nearest.holds
