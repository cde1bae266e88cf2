"""Max and average pooling, compared with loops: overlapping, padded, with gaps, with ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlscratch import AveragePooling, Pooling


@st.composite
def poolings(draw):
    """(arguments, images, dout); the images hold few values, so that windows are full of ties.

    Rows and columns are left over, fewer than the stride, which no window sees.
    """
    N, C, OH, OW = (draw(st.integers(1, 3)) for _ in range(4))
    PH, PW = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    stride = draw(st.none() | st.integers(1, 4))
    pad = draw(st.integers(0, min(PH, PW) - 1))
    step_h, step_w = (PH, PW) if stride is None else (stride, stride)
    H, W = (
        (out - 1) * step + size - 2 * pad + draw(st.integers(0, step - 1))
        for out, step, size in ((OH, step_h, PH), (OW, step_w, PW))
    )
    if min(H, W) < 1:
        pad, H, W = 0, H + 2 * pad, W + 2 * pad
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    images = rng.integers(-3, 2, (N, C, H, W)).astype(float)
    return (PH, PW, stride, pad), images, rng.standard_normal((N, C, OH, OW))


def by_loops(kind, arguments, images, dout):
    """y and dx; of several largest numbers the first, row by row, receives the gradient."""
    PH, PW, stride, pad = arguments
    step_h, step_w = (PH, PW) if stride is None else (stride, stride)
    H, W = images.shape[2:]
    border = -np.inf if kind is Pooling else 0
    around = [(0, 0), (0, 0), (pad, pad), (pad, pad)]
    padded = np.pad(images, around, constant_values=border)
    y, dpadded = np.zeros(dout.shape), np.zeros(padded.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        window = n, c, slice(i * step_h, i * step_h + PH), slice(j * step_w, j * step_w + PW)
        if kind is Pooling:
            first = np.unravel_index(np.argmax(padded[window]), (PH, PW))
            y[n, c, i, j] = padded[window][first]
            dpadded[window][first] += dout[n, c, i, j]
        else:
            y[n, c, i, j] = np.mean(padded[window])
            dpadded[window] += dout[n, c, i, j] / (PH * PW)
    return y, dpadded[:, :, pad : pad + H, pad : pad + W]


@pytest.mark.parametrize("kind", [Pooling, AveragePooling])
def test_every_number_is_what_loops_find(kind):
    @given(poolings())
    @settings(max_examples=150)
    def check(example):
        arguments, images, dout = example
        layer = kind(*arguments)
        y, dx = by_loops(kind, *example)
        np.testing.assert_allclose(layer.forward(images), y, atol=1e-12)
        np.testing.assert_allclose(layer.backward(dout), dx, atol=1e-12)

    check()


@pytest.mark.parametrize("kind", [Pooling, AveragePooling])
def test_rows_and_columns_that_no_window_sees_get_a_gradient_of_exactly_0(kind, monkeypatch):
    """Even where memory is full of old numbers."""
    monkeypatch.setattr(np, "empty_like", lambda a: np.full(a.shape, 7, a.dtype))
    pooling = kind(2, 3)
    x = np.random.default_rng(0).standard_normal((2, 3, 5, 8))
    assert pooling.forward(x).shape == (2, 3, 2, 2)
    dx = pooling.backward(np.ones((2, 3, 2, 2)))
    assert dx.shape == x.shape and dx.sum() == pytest.approx(24)
    assert not dx[:, :, 4].any() and not dx[:, :, :, 6:].any()


@pytest.mark.parametrize("kind", [Pooling, AveragePooling])
@pytest.mark.parametrize(
    "arguments, said",
    [
        ((2, 3), "1 row, 2 columns unseen"),
        ((5, 4), ""),
        ((3, 3, 2, 1), ""),
        ((1, 1, 2), "2 rows, 4 columns unseen"),  # between the windows
    ],
)
def test_it_remarks_what_no_window_sees(kind, arguments, said):
    pooling, x = kind(*arguments), np.zeros((1, 1, 5, 8))
    assert pooling.remark(x, pooling.forward(x)) == said


def test_a_tie_sends_the_whole_gradient_to_one_place():
    """As in the black background of a digit: the gradient must neither double nor vanish."""
    pooling = Pooling(2, 2)
    pooling.forward(np.zeros((1, 1, 4, 4)))
    dx = pooling.backward(np.ones((1, 1, 2, 2)))
    np.testing.assert_array_equal(dx[0, 0], [[1, 0, 1, 0], [0] * 4, [1, 0, 1, 0], [0] * 4])


def test_padding_never_wins_against_negative_numbers():
    pooling = Pooling(3, 3, stride=3, pad=1)
    x = np.full((1, 1, 4, 4), -5.0)
    np.testing.assert_array_equal(pooling.forward(x), np.full((1, 1, 2, 2), -5))
    assert pooling.backward(np.ones((1, 1, 2, 2))).sum() == 4  # nothing is lost to the border


def test_average_pooling_counts_the_padding_in():
    y = AveragePooling(2, 2, stride=2, pad=1).forward(np.full((1, 1, 2, 2), 8.0))
    np.testing.assert_array_equal(y, np.full((1, 1, 2, 2), 2))


def test_without_a_stride_the_windows_lie_side_by_side():
    x = np.random.default_rng(0).standard_normal((2, 3, 6, 6))
    for kind in (Pooling, AveragePooling):
        np.testing.assert_array_equal(kind(3, 3).forward(x), kind(3, 3, stride=3).forward(x))
        assert kind(2, 3).forward(x).shape == (2, 3, 3, 2)


@pytest.mark.parametrize("arguments", [(0, 2), (2, -1), (2, 2, 0), (2, 2, 1.5), (2, 2, 1, -1)])
@pytest.mark.parametrize("kind", [Pooling, AveragePooling])
def test_an_impossible_window_stride_or_pad_is_refused_before_any_image_comes(kind, arguments):
    with pytest.raises(ValueError, match="must be a whole number, [01] or more"):
        kind(*arguments)


@pytest.mark.parametrize("pad", [2, 3])
def test_a_pad_as_wide_as_the_window_is_refused(pad):
    with pytest.raises(ValueError, match=f"smaller than the window 2 x 3, got {pad}"):
        Pooling(2, 3, pad=pad)


@pytest.mark.parametrize(
    "shape, message",
    [
        ((4, 36), r"Pooling\(2, 2, .* expects images \(N, C, H, W\), got .* \(4, 36\)"),
        ((3, 4, 4), r"got an array of shape \(3, 4, 4\): use x\[None\] for one image"),
        ((1, 1, 1, 4), "filter of 2 does not fit an input of 1"),
    ],
)
@pytest.mark.parametrize("kind", [Pooling, AveragePooling])
def test_images_that_do_not_fit_are_refused(kind, shape, message):
    with pytest.raises(ValueError, match=message):
        kind(2, 2).forward(np.zeros(shape))


@pytest.mark.parametrize("size, stride, pad", [(3, 1, 1), (3, 2, 1), (4, 3, 2), (2, 2, 1)])
def test_no_gradient_is_lost_to_the_border_where_all_pixels_are_minus_infinity(size, stride, pad):
    x = np.full((2, 3, 5, 7), -np.inf)
    x[0, 1, 2, 3] = 1.0
    layer = Pooling(size, size, stride, pad)
    dout = np.arange(1.0, 1 + layer.forward(x).size).reshape(layer.forward(x).shape)
    assert layer.backward(dout).sum() == dout.sum()
    assert layer.backward(dout).sum() == dout.sum()  # and again
