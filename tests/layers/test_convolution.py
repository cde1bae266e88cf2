"""Convolution, held against loops that anybody can check."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlscratch import Convolution, col2im, im2col, output_size
from dlscratch.layers import sliding_windows as windows


@st.composite
def convolutions(draw):
    """(layer, images, dout) of small sizes, with every combination of stride, pad and filter."""
    N, F, OH, OW = (draw(st.integers(1, 3)) for _ in range(4))
    C = draw(st.sampled_from([1, 2, 7]))  # thin filter rows, and wide ones
    FH, FW, stride = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    pad = draw(st.integers(0, 3))
    H, W = (OH - 1) * stride + FH - 2 * pad, (OW - 1) * stride + FW - 2 * pad
    if min(H, W) < 1:
        pad, H, W = 0, H + 2 * pad, W + 2 * pad
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    layer = Convolution(rng.standard_normal((F, C, FH, FW)), rng.standard_normal(F), stride, pad)
    return layer, rng.standard_normal((N, C, H, W)), rng.standard_normal((N, F, OH, OW))


def by_loops(layer, images, dout):
    """y, dx, dW and db, each number of them added up on its own."""
    F, C, FH, FW = layer.W.shape
    stride, pad = layer.stride, layer.pad
    H, W = images.shape[2:]
    padded = np.pad(images, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    y, dpadded = np.zeros(dout.shape), np.zeros(padded.shape)
    dW, db = np.zeros(layer.W.shape), np.zeros(F)
    for n, f, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        window = n, slice(None), slice(top, top + FH), slice(left, left + FW)
        y[n, f, i, j] = np.sum(padded[window] * layer.W[f]) + layer.b[f]
        dW[f] += dout[n, f, i, j] * padded[window]
        db[f] += dout[n, f, i, j]
        dpadded[window] += dout[n, f, i, j] * layer.W[f]
    return {"y": y, "dx": dpadded[:, :, pad : pad + H, pad : pad + W], "dW": dW, "db": db}


def by_layer(layer, images, dout):
    y = layer.forward(images)
    dx = layer.backward(dout)
    return {"y": y, "dx": dx, "dW": layer.dW, "db": layer.db}


@given(convolutions())
@settings(max_examples=150)
def test_every_number_is_what_loops_find(example):
    expected, found = by_loops(*example), by_layer(*example)
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], atol=1e-12, err_msg=name)


@pytest.mark.parametrize("block", [1, 1000, windows.BLOCK], ids=["each", "some", "all"])
@pytest.mark.parametrize("channels", [1, 7])
@pytest.mark.parametrize("stride, pad", [(1, 0), (1, 2), (2, 1)])
def test_the_textbook_form_with_im2col_comes_to_the_same(stride, pad, channels, block, monkeypatch):
    """Whether each image is worked on by itself, some at a time, or all at once."""
    monkeypatch.setattr(windows, "BLOCK", block)
    rng = np.random.default_rng(0)
    x, W = rng.standard_normal((7, channels, 9, 11)), rng.standard_normal((5, channels, 3, 3))
    layer = Convolution(W, rng.standard_normal(5), stride, pad)
    OH, OW = output_size(9, 3, stride, pad), output_size(11, 3, stride, pad)
    dout = rng.standard_normal((7, 5, OH, OW))

    col = im2col(x, 3, 3, stride, pad)
    y = (col @ W.reshape(5, -1).T + layer.b).reshape(7, OH, OW, 5).transpose(0, 3, 1, 2)
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, 5)
    dx = col2im(rows @ W.reshape(5, -1), x.shape, 3, 3, stride, pad)
    expected = {"y": y, "dx": dx, "dW": (rows.T @ col).reshape(W.shape), "db": rows.sum(axis=0)}

    found = by_layer(layer, x, dout)
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], atol=1e-12, err_msg=name)


def test_the_filter_is_not_turned_over():
    """It is cross-correlation: the filter's first number meets the window's first."""
    x, W = np.zeros((1, 1, 3, 3)), np.zeros((1, 1, 2, 2))
    x[0, 0, 0, 0], W[0, 0, 0, 0] = 5, 2
    y = Convolution(W, np.zeros(1)).forward(x)
    np.testing.assert_array_equal(y[0, 0], [[10, 0], [0, 0]])


def test_the_channels_of_a_window_are_added_up_and_the_filters_are_not():
    x = np.ones((1, 3, 2, 2)) * np.array([1, 10, 100])[:, None, None]
    W = np.ones((2, 3, 2, 2)) * np.array([1, 2])[:, None, None, None]
    y = Convolution(W, np.array([0.0, 0.5])).forward(x)
    np.testing.assert_array_equal(y.ravel(), [4 * 111, 8 * 111 + 0.5])


@pytest.mark.parametrize(
    "shape, message",
    [
        ((4, 25), r"expects images \(N, 2, H, W\), got an array of shape \(4, 25\): load_mnist"),
        ((4, 3, 5, 5), r"expects images \(N, 2, H, W\), got an array of shape \(4, 3, 5, 5\)"),
        ((4, 2, 6, 5), "filter of 3 with stride 2 and pad 0 does not fit an input of 6"),
        ((4, 2, 5, 6), "filter of 3 with stride 2 and pad 0 does not fit an input of 6"),
        ((4, 2, 2, 5), "does not fit an input of 2"),
    ],
)
def test_images_that_do_not_fit_are_refused(shape, message):
    layer = Convolution(np.zeros((1, 2, 3, 3)), np.zeros(1), stride=2)
    with pytest.raises(ValueError, match=message):
        layer.forward(np.zeros(shape))


@pytest.mark.parametrize("W, b", [((3, 2, 5, 5), (2,)), ((3, 5, 5), (3,)), ((3, 2, 5, 5), (3, 1))])
def test_a_bias_that_does_not_fit_the_filters_is_refused(W, b):
    with pytest.raises(ValueError, match=r"Convolution expects W \(F, C, FH, FW\) and b \(F,\)"):
        Convolution(np.zeros(W), np.zeros(b))


@pytest.mark.parametrize("stride, pad", [(0, 0), (-1, 0), (1, -1)])
def test_an_impossible_stride_or_pad_is_refused(stride, pad):
    layer = Convolution(np.zeros((1, 1, 2, 2)), np.zeros(1), stride, pad)
    with pytest.raises(ValueError, match="expected filter >= 1, stride >= 1 and pad >= 0"):
        layer.forward(np.zeros((1, 1, 4, 4)))


def test_the_repr_shows_shapes_stride_and_pad():
    layer = Convolution(np.zeros((3, 2, 5, 4)), np.zeros(3), stride=2, pad=1)
    assert repr(layer) == "Convolution(W=(3, 2, 5, 4), b=(3,), stride=2, pad=1)"
