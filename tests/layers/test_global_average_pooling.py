"""Global average pooling: the mean of each map."""

import numpy as np
import pytest

from dlscratch import AveragePooling, GlobalAveragePooling


def test_every_number_is_what_loops_find():
    rng = np.random.default_rng(0)
    x, dout = rng.standard_normal((3, 2, 5, 7)), rng.standard_normal((3, 2))
    layer = GlobalAveragePooling()
    y = layer.forward(x)
    dx = layer.backward(dout)
    assert y.shape == (3, 2) and dx.shape == x.shape
    for n, c in np.ndindex(3, 2):
        assert y[n, c] == pytest.approx(sum(x[n, c].ravel()) / 35)
        np.testing.assert_allclose(dx[n, c], np.full((5, 7), dout[n, c] / 35))


def test_it_is_average_pooling_with_a_window_as_large_as_the_image():
    x = np.random.default_rng(0).standard_normal((3, 2, 4, 6))
    y = AveragePooling(4, 6).forward(x).reshape(3, 2)  # (N, C, 1, 1) -> (N, C)
    np.testing.assert_allclose(GlobalAveragePooling().forward(x), y)


def test_images_of_any_size_give_as_many_numbers():
    layer = GlobalAveragePooling()
    assert layer.forward(np.zeros((2, 10, 1, 1))).shape == (2, 10)
    assert layer.forward(np.zeros((2, 10, 31, 17))).shape == (2, 10)


def test_the_gradient_may_be_written_to_by_whoever_receives_it():
    layer = GlobalAveragePooling()
    layer.forward(np.zeros((2, 3, 4, 5)))
    dx = layer.backward(np.ones((2, 3)))
    dx[0, 0, 0, 0] = 9
    assert (dx == 9).sum() == 1


@pytest.mark.parametrize("shape", [(2, 10), (3, 4, 5)])
def test_what_is_no_batch_of_images_is_refused(shape):
    with pytest.raises(ValueError, match=r"GlobalAveragePooling\(\) expects images \(N, C, H, W\)"):
        GlobalAveragePooling().forward(np.zeros(shape))
