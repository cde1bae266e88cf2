"""The points of the Train tab: two classes in a square."""

import numpy as np
import pytest

from dlscratch.demo.points import DATA, POINTS, points


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
