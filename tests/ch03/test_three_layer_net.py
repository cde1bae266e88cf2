"""Sections 3.2.4, 3.4 and 3.5: the printed numbers of the forward pass (E3 to E6)."""

import numpy as np
import pytest

from ch03.three_layer_net import forward, init_network, main, options
from dlscratch.book.experiment import run
from dlscratch.functions import sigmoid, softmax


@pytest.fixture
def signals():
    return forward(init_network(), np.array([1.0, 0.5]))


@pytest.mark.parametrize(
    "name, printed",
    [
        ("A1", "[0.3 0.7 1.1]"),
        ("Z1", "[0.57444252 0.66818777 0.75026011]"),
        ("A2", "[0.51615984 1.21402696]"),
        ("Z2", "[0.62624937 0.7710107 ]"),
        ("Y", "[0.31682708 0.69627909]"),
    ],
)
def test_the_signals_of_the_three_layer_network_print_as_in_the_book(signals, name, printed):
    assert str(signals[name]) == printed


def test_a_batch_goes_through_the_same_network(signals):
    batch = forward(init_network(), np.array([[1.0, 0.5], [0.0, 0.0]]))
    assert batch["Y"].shape == (2, 2)
    np.testing.assert_allclose(batch["Y"][0], signals["Y"], rtol=1e-14)


def test_the_inputs_can_be_given(tmp_path, capsys):
    run(main, "Net.", options, ["--x", "0", "0", "--out", str(tmp_path)])
    assert "A1 = [0.1 0.2 0.3]" in capsys.readouterr().out


def test_sigmoid_prints_as_in_the_book():
    assert str(sigmoid(np.array([-1.0, 1.0, 2.0]))) == "[0.26894142 0.73105858 0.88079708]"


def test_softmax_prints_as_in_the_book():
    y = softmax(np.array([0.3, 2.9, 4.0]))
    assert str(y) == "[0.01821127 0.24519181 0.73659691]"
    assert str(np.sum(y)) == "1.0"


def test_softmax_does_not_overflow_where_the_books_first_version_does():
    y = softmax(np.array([1010, 1000, 990]))
    assert str(y) == "[9.99954600e-01 4.53978686e-05 2.06106005e-09]"
