"""Max unpooling: every number returns to the pixel where its partner found the maximum."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlscratch import AveragePooling, MaxUnpooling, Pooling, Sequential, Tanh, check_gradients


@st.composite
def examples(draw):
    """(arguments of the pooling, its input, x for the unpooling); full of ties, rows left over."""
    N, C, OH, OW = (draw(st.integers(1, 3)) for _ in range(4))
    PH, PW = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    stride = draw(st.none() | st.integers(max(PH, PW), 4))  # side by side, or with gaps
    pad = draw(st.integers(0, min(PH, PW) - 1))
    step_h, step_w = (PH, PW) if stride is None else (stride, stride)
    H, W = (
        max(1, (out - 1) * step + size - 2 * pad + draw(st.integers(0, step - 1)))
        for out, step, size in ((OH, step_h, PH), (OW, step_w, PW))
    )
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    images = rng.integers(-3, 2, (N, C, H, W)).astype(float)
    pooled = Pooling(PH, PW, stride, pad).forward(images)
    return (PH, PW, stride, pad), images, rng.standard_normal(pooled.shape)


def by_loops(arguments, images, x):
    """y, and for each number of x where it is put."""
    PH, PW, stride, pad = arguments
    step_h, step_w = (PH, PW) if stride is None else (stride, stride)
    around = [(0, 0), (0, 0), (pad, pad), (pad, pad)]
    padded = np.pad(images, around, constant_values=-np.inf)
    y, places = np.zeros(images.shape), {}
    for n, c, i, j in np.ndindex(x.shape):
        top, left = i * step_h, j * step_w
        window = padded[n, c, top : top + PH, left : left + PW]
        row, column = np.unravel_index(np.argmax(window), window.shape)  # the first maximum
        places[n, c, i, j] = n, c, top + row - pad, left + column - pad
        y[places[n, c, i, j]] = x[n, c, i, j]
    return y, places


@given(examples())
def test_every_number_is_where_loops_find_the_maximum(example):
    arguments, images, x = example
    pooling = Pooling(*arguments)
    layer = MaxUnpooling(pooling)
    pooling.forward(images)
    y, places = by_loops(*example)
    np.testing.assert_array_equal(layer.forward(x), y)
    dout = np.random.default_rng(1).standard_normal(y.shape)
    dx = layer.backward(dout)
    assert dx.shape == x.shape
    assert all(dx[place] == dout[target] for place, target in places.items())


def test_pooling_what_was_unpooled_finds_positive_numbers_again():
    images = np.random.default_rng(0).standard_normal((2, 3, 5, 7))
    pooling = Pooling(2, 2)
    x = pooling.forward(images)
    y = MaxUnpooling(pooling).forward(np.abs(x))
    assert y.shape == images.shape and not y[:, :, 4].any() and not y[:, :, :, 6].any()
    np.testing.assert_array_equal(Pooling(2, 2).forward(y), np.abs(x))


def test_its_gradient_is_right_by_itself_too():
    pooling = Pooling(2, 2)
    x = pooling.forward(np.random.default_rng(0).standard_normal((4, 2, 4, 6)))
    verdict = check_gradients(MaxUnpooling(pooling), x, tolerance=1e-7)
    assert verdict, verdict


def test_it_uses_the_partners_forward_pass_of_the_same_pass_of_the_network():
    pooling = Pooling(2, 2)
    net = Sequential(pooling, Tanh(), MaxUnpooling(pooling))
    for seed in (0, 1):  # each pass has maxima in other places
        x = np.random.default_rng(seed).standard_normal((4, 2, 4, 6))
        where = net.forward(x) != 0
        np.testing.assert_array_equal(np.tanh(x[where]), net.forward(x)[where])
        assert where.sum() == x.size / 4


def test_backward_uses_the_maxima_of_its_own_forward_pass():
    pooling = Pooling(1, 2)
    layer = MaxUnpooling(pooling)
    pooling.forward(np.array([[[[1.0, 2.0]]]]))
    layer.forward(np.ones((1, 1, 1, 1)))
    pooling.forward(np.array([[[[2.0, 1.0]]]]))
    assert layer.backward(np.array([[[[10.0, 20.0]]]])).item() == 20


def test_a_deepcopy_of_both_keeps_the_link():
    pooling = Pooling(2, 2)
    net = Sequential(pooling, Tanh(), MaxUnpooling(pooling))
    twin = copy.deepcopy(net)
    assert twin.layers[2].pooling is twin.layers[0] is not pooling
    rng = np.random.default_rng(0)
    x, other = rng.standard_normal((2, 3, 2, 4, 4))  # two batches (3, 2, 4, 4)
    expected = net.forward(x)
    twin.forward(other)
    np.testing.assert_array_equal(net.forward(x), expected)
    np.testing.assert_array_equal(twin.forward(x), expected)


def test_the_partner_is_no_child():
    """It stands in the network already, and would be counted twice."""
    pooling = Pooling(2, 2)
    layer = MaxUnpooling(pooling)
    assert list(layer.walk()) == [layer]
    assert repr(layer) == "MaxUnpooling(Pooling(2, 2, stride=None, pad=0))"


def test_without_a_forward_pass_of_the_partner_it_says_so():
    layer = MaxUnpooling(Pooling(2, 2))
    with pytest.raises(RuntimeError, match="needs a forward pass of its partner before its own"):
        layer.forward(np.zeros((1, 1, 2, 2)))


@pytest.mark.parametrize("shape", [(2, 3, 2, 2), (1, 3, 2, 3), (2, 18)])
def test_another_shape_than_that_of_the_partners_output_is_refused(shape):
    pooling = Pooling(2, 2)
    pooling.forward(np.zeros((2, 3, 4, 6)))
    with pytest.raises(ValueError, match=r"expects an input \(2, 3, 2, 3\), got .*its partner"):
        MaxUnpooling(pooling).forward(np.zeros(shape))


@pytest.mark.parametrize("arguments", [(3, 3, 2), (2, 2, 1), (2, 3, 2)])
def test_windows_that_overlap_are_refused(arguments):
    with pytest.raises(ValueError, match="windows that do not overlap, got Pooling"):
        MaxUnpooling(Pooling(*arguments))


@pytest.mark.parametrize("partner", [AveragePooling(2, 2), 2, Pooling])
def test_a_partner_without_maxima_is_refused(partner):
    with pytest.raises(TypeError, match="MaxUnpooling expects a Pooling, got"):
        MaxUnpooling(partner)
