"""The exact numbers that the book prints, to the printed digits (sections 3.2 to 7.4).

Those that belong to a chapter's script are tested with it.
"""

import numpy as np
import pytest

from dlscratch import (
    SGD,
    Affine,
    Convolution,
    Network,
    Pooling,
    ReLU,
    Sigmoid,
    SoftmaxWithLoss,
    cross_entropy_error,
    im2col,
    mean_squared_error,
    numerical_diff,
    numerical_gradient,
    output_size,
    relu,
    sigmoid,
    softmax,
    step_function,
)


def assert_prints(array, text):
    """The array prints as in the book, whatever the spaces."""
    assert str(np.asarray(array)).split() == text.split()


def array(text):
    """'1 2 / 3 4' -> [[1, 2], [3, 4]]"""
    return np.array([row.split() for row in text.split("/")], float)


# ---- chapter 3


def test_step_function_section_3_2_2():
    assert_prints(step_function(np.array([-1.0, 1.0, 2.0])), "[0 1 1]")


def test_sigmoid_section_3_2_4():
    assert_prints(sigmoid(np.array([-1.0, 1.0, 2.0])), "[0.26894142 0.73105858 0.88079708]")


def test_three_layer_network_section_3_4():
    x = np.array([[1.0, 0.5]])
    layers = [
        Affine(array(".1 .3 .5 / .2 .4 .6"), np.array([0.1, 0.2, 0.3])),
        Sigmoid(),
        Affine(array(".1 .4 / .2 .5 / .3 .6"), np.array([0.1, 0.2])),
        Sigmoid(),
        Affine(array(".1 .3 / .2 .4"), np.array([0.1, 0.2])),
    ]
    printed = [
        "[[0.3 0.7 1.1]]",
        "[[0.57444252 0.66818777 0.75026011]]",
        "[[0.51615984 1.21402696]]",
        "[[0.62624937 0.7710107 ]]",
        "[[0.31682708 0.69627909]]",
    ]
    for layer, text in zip(layers, printed, strict=True):
        x = layer.forward(x)
        assert_prints(x, text)


def test_softmax_section_3_5_1():
    y = softmax(np.array([0.3, 2.9, 4.0]))
    assert_prints(y, "[0.01821127 0.24519181 0.73659691]")
    assert np.sum(y) == 1.0


def test_softmax_without_overflow_section_3_5_2():
    y = softmax(np.array([1010, 1000, 990]))
    assert_prints(y, "[9.99954600e-01 4.53978686e-05 2.06106005e-09]")


# ---- chapter 4

T = np.array([0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
Y1 = np.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0])
Y2 = np.array([0.1, 0.05, 0.1, 0.0, 0.05, 0.1, 0.0, 0.6, 0.0, 0.0])


def test_mean_squared_error_section_4_2_1():
    assert mean_squared_error(Y1, T) == 0.097500000000000031
    assert mean_squared_error(Y2, T) == 0.59750000000000003


def test_cross_entropy_error_section_4_2_2():
    # 16 digits: the logarithms of two machines may differ in the last bit
    assert cross_entropy_error(Y1, T) == pytest.approx(0.51082545709933802, rel=1e-15)
    assert cross_entropy_error(Y2, T) == pytest.approx(2.3025840929945458, rel=1e-15)


def function_1(x):
    return 0.01 * x**2 + 0.1 * x


def function_2(x):
    return x[0] ** 2 + x[1] ** 2


def test_numerical_diff_section_4_3_2():
    assert numerical_diff(function_1, 5) == 0.1999999999990898
    assert numerical_diff(function_1, 10) == 0.2999999999986347


def test_partial_derivatives_section_4_3_3():
    assert numerical_diff(lambda x0: x0 * x0 + 4.0**2.0, 3.0) == 6.00000000000378
    assert numerical_diff(lambda x1: 3.0**2.0 + x1 * x1, 4.0) == 7.999999999999119


@pytest.mark.parametrize(
    "x, expected", [([3.0, 4.0], [6, 8]), ([0.0, 2.0], [0, 4]), ([3.0, 0.0], [6, 0])]
)
def test_gradient_section_4_4(x, expected):
    np.testing.assert_allclose(numerical_gradient(function_2, np.array(x)), expected, atol=1e-9)


def test_the_gradient_before_it_is_rounded_section_4_4():
    gradient = numerical_gradient(function_2, np.array([3.0, 4.0]))
    assert list(gradient) == [6.0000000000037801, 7.9999999999991189]


@pytest.mark.parametrize(
    "lr, printed",
    [
        (0.1, "[-6.11110793e-10 8.14814391e-10]"),
        (10.0, "[-2.58983747e+13 -1.29524862e+12]"),
        (1e-10, "[-2.99999994 3.99999992]"),
    ],
)
def test_gradient_descent_section_4_4_1(lr, printed):
    params, optimizer = {"x": np.array([-3.0, 4.0])}, SGD(lr)
    for _ in range(100):
        optimizer.update(params, {"x": numerical_gradient(function_2, params["x"])})
    assert_prints(params["x"], printed)


def test_simple_net_section_4_4_2():
    """The printed W has 8 digits, so the loss of 0.92806853663411326 is met to 2e-9."""
    W = array("0.47355232 0.9977393 0.84668094 / 0.85557411 0.03563661 0.69422093")
    net = Network([Affine(W, np.zeros(3))])
    x, t = np.array([[0.6, 0.9]]), np.array([[0, 0, 1]])
    assert_prints(net.predict(x), "[[1.05414809 0.63071653 1.1328074 ]]")
    assert net.predict(x).argmax() == 2
    assert net.loss(x, t) == pytest.approx(0.92806853663411326, abs=2.5e-9)
    printed = "[[ 0.21924763 0.14356247 -0.36281009] [ 0.32887144 0.2153437 -0.54421514]]"
    assert_prints(net.gradient(x, t)["W1"], printed)
    slow = numerical_gradient(lambda _: net.loss(x, t), net.params["W1"])
    np.testing.assert_allclose(slow, net.gradient(x, t)["W1"], atol=1e-8)


# ---- chapter 5


def affine_without_bias(*weights):
    W = np.array(weights, float).reshape(-1, 1)
    return Affine(W, np.zeros(1))


def test_buying_apples_section_5_3_3():
    """Two apples of 100 and a tax of 10 %: each multiplication is a 1 x 1 Affine layer."""
    count, tax = affine_without_bias(2), affine_without_bias(1.1)
    price = np.array([[100.0]])
    assert tax.forward(count.forward(price)) == pytest.approx(220)
    dapple = count.backward(tax.backward(np.array([[1.0]])))
    assert [dapple.item(), count.dW.item(), tax.dW.item()] == pytest.approx([2.2, 110, 200])


def test_buying_apples_and_oranges_section_5_4_2():
    """Two apples of 100 and three oranges of 150: the addition is the sum inside the Affine."""
    counts, tax = affine_without_bias(2, 3), affine_without_bias(1.1)
    assert tax.forward(counts.forward(np.array([[100.0, 150.0]]))) == pytest.approx(715)
    dapple, dorange = counts.backward(tax.backward(np.array([[1.0]])))[0]
    dapple_num, dorange_num = counts.dW[:, 0]
    found = [dapple_num, dapple, dorange, dorange_num, tax.dW.item()]
    assert found == pytest.approx([110, 2.2, 3.3, 165, 650])


def test_addition_and_multiplication_node_sections_5_3_1_and_5_3_2():
    """An upstream gradient of 1.3 passes 10 + 5 as it is; 10 * 5 swaps the inputs: 6.5, 13."""
    add = Affine(np.ones((1, 1)), np.array([5.0]))
    assert add.forward(np.array([[10.0]])) == 15
    assert add.backward(np.array([[1.3]])) == 1.3 and add.db == 1.3
    multiply = affine_without_bias(5)
    assert multiply.forward(np.array([[10.0]])) == 50
    assert multiply.backward(np.array([[1.3]])) == 6.5 and multiply.dW == 13


def test_relu_section_5_5_1():
    layer, x = ReLU(), np.array([[1.0, -0.5], [-2.0, 3.0]])
    np.testing.assert_array_equal(layer.forward(x), [[1, 0], [0, 3]])
    blocked = layer.backward(np.ones((2, 2))) == 0
    assert_prints(blocked, "[[False True] [ True False]]")
    np.testing.assert_array_equal(relu(x), layer.forward(x))


def test_affine_for_batches_section_5_6_2():
    X_dot_W, B = np.array([[0.0, 0, 0], [10, 10, 10]]), np.array([1.0, 2, 3])
    layer = Affine(np.eye(3), B)
    np.testing.assert_array_equal(layer.forward(X_dot_W), [[1, 2, 3], [11, 12, 13]])
    layer.backward(np.array([[1.0, 2, 3], [4, 5, 6]]))
    np.testing.assert_array_equal(layer.db, [5, 7, 9])


@pytest.mark.parametrize(
    "y, expected", [([0.3, 0.2, 0.5], [0.3, -0.8, 0.5]), ([0.01, 0.99, 0], [0.01, -0.01, 0])]
)
def test_softmax_with_loss_section_5_6_3(y, expected):
    head = SoftmaxWithLoss()
    scores = np.log(np.maximum(y, 1e-300))  # whose softmax is y
    head.forward(scores[None], np.array([[0, 1, 0]]))
    np.testing.assert_allclose(head.backward()[0], expected, atol=1e-15)


# ---- chapter 7

IMAGE = array("1 2 3 0 / 0 1 2 3 / 3 0 1 2 / 2 3 0 1")
FILTER = array("2 0 1 / 0 1 2 / 1 0 2")


def convolve(image, bias=0.0, stride=1, pad=0):
    layer = Convolution(FILTER[None, None], np.array([bias]), stride, pad)
    return layer.forward(image[None, None])[0, 0]


def test_convolution_section_7_2_2():
    np.testing.assert_array_equal(convolve(IMAGE), [[15, 16], [6, 15]])
    np.testing.assert_array_equal(convolve(IMAGE, bias=3.0), [[18, 19], [9, 18]])


def test_convolution_with_padding_section_7_2_3():
    expected = array("7 12 10 2 / 4 15 16 10 / 10 6 15 6 / 8 10 4 3")
    np.testing.assert_array_equal(convolve(IMAGE, pad=1), expected)


def test_convolution_with_stride_section_7_2_4():
    """The pattern of Figure 7-3 repeated to 7 x 7; the figure shows the outputs 15 and 17."""
    seven = np.tile(IMAGE, (2, 2))[:7, :7]
    expected = array("15 17 15 / 17 15 17 / 15 17 15")
    np.testing.assert_array_equal(convolve(seven, stride=2), expected)


def test_output_size_section_7_2_4():
    assert (output_size(4, 3, stride=1, pad=1),) * 2 == (4, 4)
    assert (output_size(7, 3, stride=2, pad=0),) * 2 == (3, 3)
    assert (output_size(28, 5, stride=3, pad=2), output_size(31, 5, stride=3, pad=2)) == (10, 11)


def test_shapes_of_blocks_sections_7_2_6_and_7_2_7():
    layer = Convolution.init(3, 20, 5)
    assert layer.W.shape == (20, 3, 5, 5)
    assert layer.forward(np.zeros((10, 3, 28, 28), np.float32)).shape == (10, 20, 24, 24)


def test_max_pooling_section_7_3():
    image = array("1 2 1 0 / 0 1 2 3 / 3 0 1 2 / 2 4 0 1")
    y = Pooling(2, 2, stride=2).forward(image[None, None])
    np.testing.assert_array_equal(y[0, 0], [[2, 3], [4, 2]])


def test_pooling_is_robust_to_small_shifts_figure_7_16():
    image = array(
        "1 2 0 7 1 0 / 0 9 1 2 3 2 / 3 0 1 2 1 2 / 2 4 0 1 0 1 / 6 0 1 2 1 2 / 2 4 0 1 8 1"
    )
    shifted = np.roll(image, 1, axis=1)
    for picture in (image, shifted):
        y = Pooling(3, 3).forward(picture[None, None])
        np.testing.assert_array_equal(y[0, 0], [[9, 7], [6, 8]])


def test_im2col_section_7_4_3():
    assert im2col(np.zeros((1, 3, 7, 7)), 5, 5, stride=1, pad=0).shape == (9, 75)
    assert im2col(np.zeros((10, 3, 7, 7)), 5, 5, stride=1, pad=0).shape == (90, 75)


def test_parameters_of_large_filters_and_of_stacks_of_small_ones_section_8_1_3():
    """One 5 x 5 filter sees what two of 3 x 3 see, one of 7 x 7 what three see."""
    numbers = {size: Convolution.init(1, 1, size).W.size for size in (3, 5, 7)}
    assert (numbers[5], 2 * numbers[3]) == (25, 18)
    assert (numbers[7], 3 * numbers[3]) == (49, 27)
