"""Transposed convolution, compared with a plain loop and with the convolution it belongs to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlscratch import Convolution, TransposedConvolution, bilinear_filters


@st.composite
def examples(draw):
    """(layer, x, dout) of small sizes, with filters smaller and larger than stride and pad."""
    N, F, H, W = (draw(st.integers(1, 3)) for _ in range(4))
    C = draw(st.sampled_from([1, 2, 7]))
    FH, FW, stride = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    whole = (H - 1) * stride + FH, (W - 1) * stride + FW
    pad = draw(st.integers(0, min((min(whole) - 1) // 2, 4)))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    filters, b = rng.standard_normal((C, F, FH, FW)), rng.standard_normal(F)
    layer = TransposedConvolution(filters, b, stride, pad)
    dout = rng.standard_normal((N, F, whole[0] - 2 * pad, whole[1] - 2 * pad))
    return layer, rng.standard_normal((N, C, H, W)), dout


def by_loops(layer, x, dout):
    """y, dx, dW and db: each pixel of x adds its multiple of the filter to a window of y."""
    C, F, FH, FW = layer.W.shape
    N, _, H, W = x.shape
    stride, pad = layer.stride, layer.pad
    y = np.zeros((N, F, (H - 1) * stride + FH, (W - 1) * stride + FW))
    dy = np.zeros(y.shape)
    inside = (slice(None), slice(None), *(slice(pad, side - pad) for side in y.shape[2:]))
    dy[inside] = dout
    dx, dW = np.zeros(x.shape), np.zeros(layer.W.shape)
    for n, c, i, j in np.ndindex(x.shape):
        top, left = i * stride, j * stride
        window = n, slice(None), slice(top, top + FH), slice(left, left + FW)
        y[window] += x[n, c, i, j] * layer.W[c]
        dx[n, c, i, j] = np.sum(dy[window] * layer.W[c])
        dW[c] += x[n, c, i, j] * dy[window]
    y = y[inside] + layer.b[:, None, None]
    return {"y": y, "dx": dx, "dW": dW, "db": dout.sum(axis=(0, 2, 3))}


@given(examples())
@settings(max_examples=150)
def test_every_number_is_what_loops_find(example):
    layer, x, dout = example
    expected = by_loops(*example)
    y = layer.forward(x)
    dx = layer.backward(dout)
    for name, found in {"y": y, "dx": dx, "dW": layer.dW, "db": layer.db}.items():
        np.testing.assert_allclose(found, expected[name], atol=1e-12, err_msg=name)


@given(examples())
def test_it_is_the_adjoint_of_the_convolution_with_the_same_filters(example):
    """<convolution(u), x> == <u, transposed(x)> for all u and x."""
    layer, x, u = example
    C, F, _, _ = layer.W.shape
    convolution = Convolution(layer.W, np.zeros(C), layer.stride, layer.pad)
    transposed = TransposedConvolution(layer.W, np.zeros(F), layer.stride, layer.pad)
    left, right = np.vdot(convolution.forward(u), x), np.vdot(u, transposed.forward(x))
    assert left == pytest.approx(right, abs=1e-10)


def test_its_forward_is_the_backward_of_a_convolution():
    rng = np.random.default_rng(0)
    W, x = rng.standard_normal((4, 3, 3, 3)), rng.standard_normal((2, 4, 5, 6))
    convolution = Convolution(W, np.zeros(4), stride=2, pad=1)
    convolution.forward(np.zeros((2, 3, 9, 11)))
    y = TransposedConvolution(W, np.zeros(3), stride=2, pad=1).forward(x)
    np.testing.assert_array_equal(y, convolution.backward(x))


def test_a_cost_of_one_product_for_each_pixel_and_each_number_of_the_filter():
    layer = TransposedConvolution.init(3, 5, 2, stride=2, rng=0)
    x = np.zeros((1, 3, 4, 6), np.float32)
    assert layer.multiply_adds(x, layer.forward(x)) == 4 * 6 * 3 * 5 * 2 * 2
    assert layer.pays_to_split and layer.remark(x, layer.forward(x)) == ""


@pytest.mark.parametrize("size, stride", [(3, 1), (4, 2), (2, 2), (1, 3)])
def test_he_weights_keep_the_size_of_the_numbers(size, stride):
    """Behind a ReLU, as in a convolution; with gaps between the windows, only where pixels are."""
    layer = TransposedConvolution.init(64, 64, size, stride, rng=0, dtype=np.float64)
    assert layer.W.shape == (64, 64, size, size) and not layer.b.any()
    x = np.maximum(np.random.default_rng(1).standard_normal((2, 64, 12, 12)), 0)
    y = layer.forward(x)[:, :, stride:-stride, stride:-stride]
    assert np.mean(y[y != 0] ** 2) == pytest.approx(2 * np.mean(x**2), rel=0.1)


def test_the_same_seed_draws_the_same_weights_in_each_dtype():
    one, other = (
        TransposedConvolution.init(2, 3, 4, rng=7, dtype=dtype).W
        for dtype in (np.float32, np.float64)
    )
    assert (one.dtype, other.dtype) == (np.float32, np.float64)
    np.testing.assert_array_equal(one, other.astype(np.float32))


@pytest.mark.parametrize("factor", [1, 2, 3, 4, 5])
def test_bilinear_filters_enlarge_a_slope_to_a_slope_in_each_channel_by_itself(factor):
    size = 2 * factor - factor % 2
    W = bilinear_filters(2, size, np.float64)
    layer = TransposedConvolution(W, np.zeros(2), stride=factor, pad=factor // 2)
    row, column = np.mgrid[:5.0, :6.0]
    y = layer.forward(np.stack([row + 10 * column, np.ones((5, 6))])[None])[0]
    assert y.shape == (2, 5 * factor, 6 * factor)
    # the centre of output pixel i lies at (i + 1/2) / factor - 1/2 in the input
    row, column = (np.mgrid[: 5 * factor, : 6 * factor] + 0.5) / factor - 0.5
    inside = (row >= 0) & (row <= 4) & (column >= 0) & (column <= 5)
    np.testing.assert_allclose(y[0][inside], (row + 10 * column)[inside], atol=1e-12)
    np.testing.assert_allclose(y[1][inside], 1, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_bilinear_filters_have_the_dtype_that_was_asked_for(dtype):
    W = bilinear_filters(3, 4, dtype)
    assert W.dtype == dtype and W.shape == (3, 3, 4, 4)


@pytest.mark.parametrize("W, b", [((2, 3, 5, 5), (2,)), ((3, 5, 5), (3,)), ((2, 3, 5, 5), (3, 1))])
def test_a_bias_that_does_not_fit_the_filters_is_refused(W, b):
    with pytest.raises(ValueError, match=r"expects W \(C, F, FH, FW\) and b \(F,\)"):
        TransposedConvolution(np.zeros(W), np.zeros(b))


@pytest.mark.parametrize("stride, pad", [(0, 0), (1, -1), (1.5, 0)])
def test_an_impossible_stride_or_pad_is_refused_before_any_image_comes(stride, pad):
    with pytest.raises(ValueError, match="(stride|pad) must be a whole number, [01] or more"):
        TransposedConvolution(np.zeros((1, 1, 2, 2)), np.zeros(1), stride, pad)


@pytest.mark.parametrize(
    "shape, pad, message",
    [
        ((4, 18), 0, r"expects images \(N, 2, H, W\), got an array of shape \(4, 18\)"),
        ((4, 3, 3, 3), 0, r"got an array of shape \(4, 3, 3, 3\): axis 1 must hold 2 channels"),
        ((4, 2, 2, 3), 2, r"got 0 x 1 from images of 2 x 3: use a smaller pad"),
    ],
)
def test_images_that_do_not_fit_are_refused(shape, pad, message):
    layer = TransposedConvolution(np.zeros((2, 1, 3, 3)), np.zeros(1), pad=pad)
    with pytest.raises(ValueError, match=message):
        layer.forward(np.zeros(shape))


def test_the_repr_shows_shapes_stride_and_pad():
    layer = TransposedConvolution(np.zeros((3, 2, 5, 4)), np.zeros(2), stride=2, pad=1)
    assert repr(layer) == "TransposedConvolution(W=(3, 2, 5, 4), b=(2,), stride=2, pad=1)"
