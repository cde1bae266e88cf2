"""The functions that the figures of chapter 4 are drawn from."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ch04.gradient_1d import function_1, tangent_line
from ch04.gradient_2d import function_2
from ch04.gradient_method import descent_path, gradient_descent
from ch04.gradient_simplenet import main, options, simpleNet
from ch04.secant import f, forward_diff
from dlscratch import numerical_gradient
from dlscratch.book.experiment import run


@pytest.mark.parametrize("x, slope, intercept", [(5.0, 0.2, -0.25), (10.0, 0.3, -1.0)])
def test_a_tangent_touches_the_curve_with_its_slope(x, slope, intercept):
    tangent = tangent_line(function_1, x)
    assert tangent(x) == pytest.approx(function_1(x))
    assert (tangent(1.0) - tangent(0.0), tangent(0.0)) == pytest.approx((slope, intercept))


def test_a_secant_misses_the_slope_by_h():
    for h in (1.0, 0.1, 0.01):
        assert forward_diff(f, 2.0, h) == pytest.approx(4 + h)


def test_descent_keeps_every_point_on_the_way_and_does_not_move_its_start():
    start = np.array([-3.0, 4.0])
    path = descent_path(function_2, start, lr=0.1, step_num=20)
    assert path.shape == (21, 2)
    assert_array_equal(path[0], [-3, 4])
    assert_array_equal(start, [-3, 4])
    assert_allclose(path[20], [-0.0346, 0.0461], atol=5e-5)  # 0.8^20 of the start
    assert_array_equal(gradient_descent(function_2, start, 0.1, 20), path[20])


def test_a_weight_of_simple_net_changes_the_loss_as_its_gradient_says():
    net = simpleNet(np.random.default_rng(1))
    x, t, h = np.array([0.6, 0.9]), np.array([0, 0, 1]), 1e-6
    dW = numerical_gradient(lambda W: net.loss(x, t), net.W)
    before = net.loss(x, t)
    net.W[1, 2] += h
    assert net.loss(x, t) - before == pytest.approx(h * dW[1, 2], rel=1e-4)


def test_the_seed_draws_another_w(tmp_path, capsys):
    printed = []
    for seed in "1", "1", "2":
        run(main, "", options, argv=["--random", "--seed", seed, "--out", str(tmp_path)])
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] != printed[2]
