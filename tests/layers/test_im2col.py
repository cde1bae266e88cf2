"""im2col and col2im: every window in its row, and the way back its exact adjoint."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlscratch import col2im, im2col, output_size


@st.composite
def settings(draw, most=3):
    """(shape of the images, filter_h, filter_w, stride, pad), with rows and columns left over."""
    filter_h, filter_w, stride = (draw(st.integers(1, most)) for _ in range(3))
    pad, n, channels = draw(st.integers(0, 2)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    sides = [
        (draw(st.integers(1, 4)) - 1) * stride + size - 2 * pad + draw(st.integers(0, stride - 1))
        for size in (filter_h, filter_w)
    ]
    if min(sides) < 1:
        pad, sides = 0, [side + 2 * pad for side in sides]
    return (n, channels, *sides), filter_h, filter_w, stride, pad


def windows_one_by_one(images, filter_h, filter_w, stride, pad):
    """What im2col should return, written with loops."""
    padded = np.pad(images, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    return np.array(
        [
            image[:, top : top + filter_h, left : left + filter_w].ravel()
            for image in padded
            for top in range(0, padded.shape[2] - filter_h + 1, stride)
            for left in range(0, padded.shape[3] - filter_w + 1, stride)
        ]
    )


@given(settings())
def test_every_row_is_one_window(setting):
    shape, *rest = setting
    images = np.random.default_rng(0).standard_normal(shape)
    np.testing.assert_array_equal(im2col(images, *rest), windows_one_by_one(images, *rest))


@given(settings())
def test_col2im_is_the_adjoint_of_im2col(setting):
    shape, *rest = setting
    rng = np.random.default_rng(0)
    images = rng.standard_normal(shape)
    col = rng.standard_normal(im2col(images, *rest).shape)
    back = col2im(col, shape, *rest)
    assert back.shape == shape
    assert np.vdot(im2col(images, *rest), col) == pytest.approx(np.vdot(images, back), abs=1e-9)


def test_pixels_that_no_window_saw_get_nothing_back():
    images = np.ones((1, 1, 5, 8))
    back = col2im(im2col(images, 2, 3, 2), images.shape, 2, 3, 2)
    assert back.shape == images.shape and not back[0, 0, 4].any() and not back[0, 0, :, 7].any()
    assert back[0, 0, :4, :7].all()


def test_windows_side_by_side_are_put_back_unchanged():
    images = np.random.default_rng(0).standard_normal((2, 3, 4, 6))
    np.testing.assert_array_equal(col2im(im2col(images, 2, 2, 2), images.shape, 2, 2, 2), images)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.uint8])
def test_the_dtype_is_kept(dtype):
    images = np.ones((1, 2, 4, 4), dtype)
    col = im2col(images, 3, 3, 1, 1)
    assert col.dtype == dtype
    assert col2im(col, images.shape, 3, 3, 1, 1).dtype == dtype


def test_arguments_are_left_alone_and_may_lie_anyhow_in_memory():
    images = np.random.default_rng(0).standard_normal((4, 3, 5, 5)).transpose(3, 1, 2, 0)[::2]
    images.flags.writeable = False
    col = im2col(images, 2, 3)
    np.testing.assert_array_equal(col, im2col(images.copy(), 2, 3))
    col.flags.writeable = False
    other = np.asfortranarray(col)
    np.testing.assert_array_equal(
        col2im(other, images.shape, 2, 3), col2im(col, images.shape, 2, 3)
    )


@given(st.integers(1, 30), st.integers(1, 8), st.integers(1, 4), st.integers(0, 3))
def test_the_output_size_is_the_number_of_places_or_an_error(size, filter_size, stride, pad):
    places = sum(
        start % stride == 0 and start + filter_size <= size + 2 * pad for start in range(size + 7)
    )
    if places:
        assert output_size(size, filter_size, stride, pad) == places
    else:
        with pytest.raises(ValueError, match="use a smaller filter or a larger pad"):
            output_size(size, filter_size, stride, pad)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((7, 3, 0), "stride must be a whole number, 1 or more, got 0"),
        ((7, 3, 1.5), "stride must be a whole number, 1 or more, got 1.5"),
        ((7, 3.0), "the filter's size must be a whole number, 1 or more, got 3.0"),
        (("7", 3), "the input's size must be a whole number, 0 or more, got '7'"),
        ((7, 3, 1, None), "pad must be a whole number, 0 or more, got None"),
        ((7, 0), "the filter's size must be a whole number, 1 or more, got 0"),
        ((7, 3, 1, -1), "pad must be a whole number, 0 or more, got -1"),
        (
            (2, 5, 1, 1),
            r"filter of 5 does not fit an input of 2 with pad 1: .* at most 2 \+ 2\*1 = 4",
        ),
        ((-2, 1), "the input's size must be a whole number, 0 or more, got -2"),
    ],
)
def test_sizes_that_do_not_fit_are_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        output_size(*arguments)


def test_integers_of_numpy_are_integers_too():
    assert output_size(np.int64(7), np.int32(3), np.uint8(2)) == 3


def test_a_single_image_is_refused_with_the_cure():
    with pytest.raises(ValueError, match=r"\(N, C, H, W\), got .* \(3, 7, 7\): use x\[None\]"):
        im2col(np.zeros((3, 7, 7)), 5, 5)
