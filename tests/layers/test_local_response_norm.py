"""Local response normalization, compared with a plain loop over the channels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlscratch import LocalResponseNorm


def by_loops(layer, x):
    y = np.empty(x.shape)
    C = x.shape[1]
    for n, c, *place in np.ndindex(x.shape):
        pixel = x[(n, slice(None), *place)]
        squares = sum(
            pixel[i] ** 2 for i in range(c - layer.size // 2, c + layer.size // 2 + 1) if 0 <= i < C
        )
        y[(n, c, *place)] = pixel[c] / (layer.k + layer.alpha / layer.size * squares) ** layer.beta
    return y


@given(st.sampled_from([1, 3, 5, 9]), st.integers(1, 7), st.integers(0, 9))
def test_every_number_is_what_loops_find(size, channels, seed):
    x = np.random.default_rng(seed).standard_normal((2, channels, 2, 3))
    layer = LocalResponseNorm(size, alpha=3.0, beta=0.75, k=2.0)
    np.testing.assert_allclose(layer.forward(x), by_loops(layer, x), rtol=1e-12)


def test_the_numbers_of_the_paper_are_reached_with_alpha_times_size():
    """b = a / (2 + 1e-4 sum a^2)^0.75 over five channels (Krizhevsky and others, 2012, 3.3)."""
    a = np.array([[100.0, 0.0, 0.0, 50.0]])
    b = LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0).forward(a)
    np.testing.assert_allclose(b, [[100 / 3**0.75, 0, 0, 50 / 2.25**0.75]])


def test_it_takes_rows_as_well_as_images():
    x = np.random.default_rng(0).standard_normal((3, 6))
    layer = LocalResponseNorm(alpha=1.0)
    y = layer.forward(x)
    images = LocalResponseNorm(alpha=1.0).forward(x[:, :, None, None])
    np.testing.assert_allclose(y, images[:, :, 0, 0])


def test_a_strong_channel_quietens_its_neighbours_and_no_other():
    x = np.ones((1, 7, 1, 1))
    x[0, 3] = 100
    y = LocalResponseNorm(3, alpha=1.0).forward(x).ravel()
    assert (y[2:5] < x.ravel()[2:5] / 10).all() and (y[[0, 1, 5, 6]] > 0.5).all()


def test_options_of_float64_do_not_turn_float32_into_float64():
    options = (np.float64(0.1), np.float64(0.5), np.float64(2))
    assert LocalResponseNorm(3, *options).forward(np.ones((2, 4), np.float32)).dtype == np.float32


@pytest.mark.parametrize("size", [0, -1, 2, 4, 3.0])
def test_a_size_that_is_not_odd_is_refused(size):
    with pytest.raises(ValueError, match=f"expects an odd size, 1, 3, 5, .., got {size}"):
        LocalResponseNorm(size)


@pytest.mark.parametrize("options", [{"k": 0}, {"alpha": -1e-4}, {"k": float("nan")}])
def test_what_could_divide_by_zero_is_refused(options):
    with pytest.raises(ValueError, match="expects k > 0 and alpha >= 0"):
        LocalResponseNorm(**options)


def test_an_array_without_channels_is_refused():
    with pytest.raises(ValueError, match=r"expects a batch \(N, C, ..\), got .* \(5,\)"):
        LocalResponseNorm().forward(np.zeros(5))


def test_the_repr_shows_its_numbers():
    assert repr(LocalResponseNorm()) == "LocalResponseNorm(size=5, alpha=0.0001, beta=0.75, k=1.0)"
