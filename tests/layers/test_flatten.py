"""Flatten: images to rows in the order C, H, W, and back."""

import numpy as np

from dlscratch import Flatten


def test_the_numbers_of_an_image_follow_each_other_channel_by_channel():
    x = np.arange(24.0).reshape(2, 3, 2, 2)
    flatten = Flatten()
    y = flatten.forward(x)
    np.testing.assert_array_equal(y, np.arange(24.0).reshape(2, 12))
    np.testing.assert_array_equal(flatten.backward(y), x)
