"""The settings of a training: each is checked, and what is left out has a default."""

import pytest

from dlscratch.demo.points import POINTS
from dlscratch.demo.settings import DEFAULTS, checked


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (
            {"data": "moons"},
            "data must be one of circles, xor, spirals, clusters, mnist, got 'moons'",
        ),
        ({"data": ["xor"]}, "data must be one of"),
        ({"lr": -1}, "lr must be a number"),
        ({"lr": "0.1"}, "lr must be a number"),
        ({"lr": float("nan")}, "lr must be a number"),
        ({"batch": 0}, "batch must be a whole number"),
        ({"batch": 2.5}, "batch must be a whole number"),
        ({"batch": POINTS + 1}, "batch must be a number"),
        ({"hidden": [9]}, "a hidden size must be a number"),
        ({"hidden": [101], "data": "mnist"}, "a hidden size must be a number"),
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


def test_what_is_left_out_has_its_default():
    assert checked({}) == DEFAULTS
    assert checked({"lr": 1}) == {**DEFAULTS, "lr": 1}


def test_digits_may_have_larger_layers_than_points():
    assert checked({"data": "mnist", "hidden": [100]})["hidden"] == [100]
    with pytest.raises(ValueError, match="a hidden size must be a number"):
        checked({"data": "xor", "hidden": [100]})
