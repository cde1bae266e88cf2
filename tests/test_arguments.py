"""What a number may be is said in the error, by the argument's name."""

import math

import numpy as np
import pytest

from dlscratch.arguments import expect_number, expect_whole


@pytest.mark.parametrize("value", [0, 7, np.int64(3), np.uint8(3)])
def test_whole_numbers_come_back_as_ints(value):
    assert expect_whole("epochs", value, at_least=0) == value
    assert type(expect_whole("epochs", value, at_least=0)) is int


@pytest.mark.parametrize("value", [-1, 2.5, 3.0, "3", None, math.nan])
def test_anything_else_is_no_whole_number(value):
    with pytest.raises(
        ValueError, match=f"^epochs must be a whole number, 0 or more, got {value!r}"
    ):
        expect_whole("epochs", value, at_least=0)


@pytest.mark.parametrize("value", [0.5, 1, np.float32(0.25), np.float64(0.25)])
def test_numbers_within_the_bounds_come_back_as_they_are(value):
    assert expect_number("factor", value, above=0, at_most=1) is value


@pytest.mark.parametrize("value", [0, -1, 1.5, math.nan, math.inf, "0.5", None, [0.5]])
def test_numbers_beyond_the_bounds_are_refused_with_the_bounds(value):
    with pytest.raises(ValueError, match="^factor must be a number above 0 and at most 1, got "):
        expect_number("factor", value, above=0, at_most=1)


@pytest.mark.parametrize("value", [1, -0.1, -math.inf])
def test_a_bound_may_be_part_of_the_range_or_not(value):
    with pytest.raises(ValueError, match="^scale must be a number at least 0 and below 1, got "):
        expect_number("scale", value, at_least=0, below=1)
    assert expect_number("scale", 0, at_least=0, below=1) == 0
