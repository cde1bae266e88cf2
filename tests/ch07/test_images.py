import numpy as np

from ch07.images import REACH, shifted
from dlscratch import shift


def test_a_batch_is_shifted_by_up_to_two_pixels_with_the_generator_it_is_given():
    x = np.random.default_rng(0).random((50, 1, 9, 9))
    assert REACH == 2
    np.testing.assert_array_equal(shifted(x, np.random.default_rng(3)), shift(x, 2, rng=3))
