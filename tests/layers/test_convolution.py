"""Convolution, compared with loops that anybody can check."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlscratch import Convolution, Pooling, col2im, im2col, output_size
from dlscratch.layers import sliding_windows as windows


@st.composite
def convolutions(draw):
    """(layer, images, dout) of small sizes: stride, pad and filter of any size, 1 x 1 too.

    Up to stride - 1 rows and columns are left over, which no window sees.
    """
    N, F, OH, OW = (draw(st.integers(1, 3)) for _ in range(4))
    C = draw(st.sampled_from([1, 2, 7]))  # thin filter rows, and wide ones
    FH, FW, stride = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    pad = draw(st.integers(0, 3))
    H, W = (
        (out - 1) * stride + size - 2 * pad + draw(st.integers(0, stride - 1))
        for out, size in ((OH, FH), (OW, FW))
    )
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


@st.composite
def pointwise(draw):
    """The same for a 1 x 1 convolution, as it changes the channels of a residual block."""
    N, C, F, H, W = (draw(st.integers(1, 13)) for _ in range(5))
    stride = draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    layer = Convolution(rng.standard_normal((F, C, 1, 1)), rng.standard_normal(F), stride)
    dout = rng.standard_normal((N, F, output_size(H, 1, stride), output_size(W, 1, stride)))
    return layer, rng.standard_normal((N, C, H, W)), dout


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


@given(pointwise())
def test_a_1x1_convolution_is_one_affine_map_of_the_channels_of_each_pixel(example):
    layer, images, dout = example
    W, seen = layer.W[:, :, 0, 0], images[:, :, :: layer.stride, :: layer.stride]
    found = by_layer(*example)
    y = np.einsum("fc,nchw->nfhw", W, seen) + layer.b[:, None, None]
    dx = np.zeros(images.shape)
    dx[:, :, :: layer.stride, :: layer.stride] = np.einsum("fc,nfhw->nchw", W, dout)
    dW = np.einsum("nfhw,nchw->fc", dout, seen)[:, :, None, None]
    for name, expected in {"y": y, "dx": dx, "dW": dW, "db": dout.sum(axis=(0, 2, 3))}.items():
        np.testing.assert_allclose(found[name], expected, atol=1e-11, err_msg=name)


@pytest.mark.parametrize(
    "size, stride, pad, side, out",
    [(3, 2, 1, 8, 4), (7, 2, 3, 224, 112), (3, 2, 0, 8, 3), (1, 2, 0, 8, 4), (2, 3, 4, 6, 5)],
)
def test_a_stride_that_does_not_divide_is_rounded_down_and_dx_has_the_size_of_x(
    size, stride, pad, side, out
):
    layer = Convolution.init(1, 2, size, stride, pad, rng=0)
    x = np.ones((1, 1, side, side), np.float32)
    y = layer.forward(x)
    assert y.shape == (1, 2, out, out)
    assert layer.backward(np.ones_like(y)).shape == x.shape


def test_rows_and_columns_that_no_window_sees_get_a_gradient_of_exactly_0():
    layer = Convolution(np.ones((1, 1, 3, 3)), np.zeros(1), stride=2)
    layer.forward(np.ones((1, 1, 6, 8)))
    dx = layer.backward(np.ones((1, 1, 2, 3)))[0, 0]
    assert not dx[5].any() and not dx[:, 7].any() and dx[:5, :7].all()


@pytest.mark.parametrize(
    "shape, window, said",
    [
        ((1, 1, 6, 8), (3, 2, 0), "1 row, 1 column unseen"),
        ((1, 1, 7, 9), (3, 2, 0), ""),
        ((1, 1, 8, 8), (3, 2, 1), ""),  # what is left over is a row of the padding
        ((1, 1, 7, 10), (3, 4, 0), "1 row, 4 columns unseen"),
        ((1, 1, 7, 8), (1, 2, 0), "3 rows, 4 columns unseen"),  # between the windows
    ],
)
def test_it_remarks_what_no_window_sees(shape, window, said):
    layer, x = Convolution.init(1, 1, *window, rng=0), np.zeros(shape, np.float32)
    assert layer.remark(x, layer.forward(x)) == said


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
        ((4, 25), r"expects images \(N, 2, H, W\), got an array of shape \(4, 25\): an image has"),
        ((4, 50), r"got an array of shape \(4, 50\): use x\.reshape\(-1, 2, 5, 5\)"),
        ((4, 5, 5), r"got an array of shape \(4, 5, 5\): an image has three axes"),
        ((5, 5, 2), r"the channels are last, use x\.transpose\(2, 0, 1\)\[None\]"),
        ((2, 5, 5), r"got an array of shape \(2, 5, 5\): use x\[None\] for one image"),
        ((4, 5, 5, 2), r"the channels are last, use x\.transpose\(0, 3, 1, 2\)"),
        ((4, 3, 5, 5), r"got an array of shape \(4, 3, 5, 5\): axis 1 must hold 2 channels"),
        ((4, 2, 2, 5), "filter of 3 does not fit an input of 2 with pad 0: it must be at most 2"),
        ((4, 2, 5, 1), "filter of 3 does not fit an input of 1"),
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


@pytest.mark.parametrize("stride, pad", [(0, 0), (-1, 0), (1, -1), (1.5, 0), (2.0, 0), (1, "1")])
def test_an_impossible_stride_or_pad_is_refused_before_any_image_comes(stride, pad):
    with pytest.raises(ValueError, match="(stride|pad) must be a whole number, [01] or more"):
        Convolution(np.zeros((1, 1, 2, 2)), np.zeros(1), stride, pad)


def test_the_repr_shows_shapes_stride_and_pad():
    layer = Convolution(np.zeros((3, 2, 5, 4)), np.zeros(3), stride=2, pad=1)
    assert repr(layer) == "Convolution(W=(3, 2, 5, 4), b=(3,), stride=2, pad=1)"


@pytest.mark.parametrize("layer", [Convolution.init(1, 2, 3), Pooling(2, 2)], ids=repr)
def test_no_images_are_refused_with_a_reason(layer):
    with pytest.raises(ValueError, match="one image or more"):
        layer.forward(np.zeros((0, 1, 4, 4), np.float32))
