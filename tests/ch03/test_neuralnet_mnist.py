"""Section 3.6: the learned network reads the test images, one by one and in batches."""

import pickle

import numpy as np
import pytest

from ch03 import neuralnet_mnist
from ch03.neuralnet_mnist import get_data, init_network, predict
from ch03.neuralnet_mnist_batch import count_right
from dlscratch.book.experiment import run
from dlscratch.storage.files import DataError


@pytest.fixture(scope="module")
def test_set():
    return get_data()


def test_the_shapes_are_those_of_section_3_6_3(test_set):
    x, t = test_set
    network = init_network()
    assert (x.shape, x[0].shape, t.shape) == ((10000, 784), (784,), (10000,))
    assert [network[name].shape for name in ("W1", "W2", "W3")] == [(784, 50), (50, 100), (100, 10)]
    assert predict(network, x[0]).shape == (10,)
    assert predict(network, x[:100]).shape == (100, 10)


def test_the_outputs_are_probabilities(test_set):
    y = predict(init_network(), test_set[0][:100])
    assert y.min() >= 0
    np.testing.assert_allclose(y.sum(axis=1), 1, rtol=1e-5)


def test_our_weights_are_at_least_as_accurate_as_the_books(test_set):
    assert count_right(init_network(), *test_set, batch_size=100) / 10000 >= 0.9352


def test_image_by_image_and_batch_by_batch_the_answers_are_the_same(test_set):
    x, _ = test_set
    network = init_network()
    one_by_one = [np.argmax(predict(network, image)) for image in x]
    np.testing.assert_array_equal(one_by_one, np.argmax(predict(network, x), axis=1))


@pytest.mark.parametrize("batch_size", [1, 7, 100, 10000, 12345])
def test_every_image_is_counted_whatever_the_batch_size(test_set, batch_size):
    x, t = test_set
    x, t, network = x[:250], t[:250], init_network()
    expected = np.sum(np.argmax(predict(network, x), axis=1) == t)
    assert count_right(network, x, t, batch_size) == expected


def test_pixels_in_0_to_255_cost_accuracy(test_set):
    network = init_network()
    normalized = count_right(network, *test_set, batch_size=100)
    assert count_right(network, *get_data(normalize=False), batch_size=100) < normalized


def test_weights_in_a_pickle_like_the_books_are_read_and_give_the_same_answers(tmp_path, test_set):
    network = init_network()
    (tmp_path / "sample_weight.pkl").write_bytes(pickle.dumps(network))
    again = init_network(tmp_path / "sample_weight.pkl")
    np.testing.assert_array_equal(predict(again, test_set[0]), predict(network, test_set[0]))


@pytest.mark.parametrize(
    "change, complaint",
    [
        (lambda network: network.pop("W3"), "W3"),
        (lambda network: network.update(b2=np.zeros(7)), r"b2 is \(7,\), expected \(100,\)"),
    ],
)
@pytest.mark.parametrize("suffix", ["npz", "pkl"])
def test_foreign_weights_are_refused_by_name(tmp_path, change, complaint, suffix):
    network = init_network()
    change(network)
    path = tmp_path / f"weights.{suffix}"
    if suffix == "pkl":
        path.write_bytes(pickle.dumps(network))
    else:
        np.savez(path, **network)
    with pytest.raises(DataError, match=complaint):
        init_network(path)


def test_a_missing_file_of_weights_is_one_line(tmp_path):
    argv = ["--weights", str(tmp_path / "none.npz"), "--out", str(tmp_path)]
    with pytest.raises(SystemExit, match="ch03/neuralnet_mnist.py: .*none.npz: no such file"):
        run(neuralnet_mnist.main, "Net.", neuralnet_mnist.options, argv)
