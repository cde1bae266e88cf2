"""dlscratch.common.convnet: what is typed from the book about its convolutional networks."""

import copy
import pickle

import numpy as np
import pytest

from dlscratch import Affine, Convolution, DataError, Dropout, Flatten, Pooling, ReLU
from dlscratch.common.convnet import ConvNet, NamedLayers


@pytest.fixture
def net(rng):
    return ConvNet(
        [
            Convolution.init(1, 2, 3, rng=rng),
            ReLU(),
            Pooling(2, 2),
            Flatten(),
            Affine.init(2 * 2 * 2, 4, rng=rng),
            ReLU(),
            Affine.init(4, 3, rng=rng),
        ]
    )


@pytest.fixture
def x(rng):
    return rng.standard_normal((5, 1, 6, 6))


NAMES = ["Conv1", "Relu1", "Pool1", "Flatten1", "Affine1", "Relu2", "Affine2"]


def test_a_layer_is_found_by_the_books_name_and_by_its_position(net):
    assert list(net.layers.keys()) == NAMES
    for position, name in enumerate(NAMES):
        assert net.layers[name] is net.layers[position]
    assert list(net.layers.values()) == list(net.layers)
    assert dict(net.layers.items()) == dict(zip(NAMES, net.layers))
    assert net.layers[-1] is net.layers["Affine2"] and len(net.layers[:3]) == 3


def test_a_name_that_no_layer_has_is_refused_with_those_that_there_are(net):
    with pytest.raises(KeyError, match="no layer 'Conv2' here; there are Conv1, Relu1, Pool1"):
        net.layers["Conv2"]


@pytest.mark.parametrize(
    "copied",
    [copy.deepcopy, lambda net: net.astype(np.float64), pickle.dumps],
    ids=["deepcopy", "astype", "pickle"],
)
def test_a_copy_has_the_names_too_and_layers_of_its_own(copied, net):
    twin = copied(net)
    twin = pickle.loads(twin) if copied is pickle.dumps else twin
    assert list(twin.layers.keys()) == NAMES
    assert twin.layers["Conv1"] is not net.layers["Conv1"]
    assert twin.layers["Conv1"].W is twin.params["W1"]


def test_the_layers_cannot_be_replaced():
    with pytest.raises(TypeError):
        NamedLayers([ReLU()])["Relu1"] = ReLU()


def test_weights_are_saved_and_loaded_as_a_pickle_of_the_book(net, x, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scores = net.predict(x)
    net.save_params()
    net.params["W1"] *= 2
    net.load_params("params.pkl")
    np.testing.assert_array_equal(net.predict(x), scores)
    with pytest.raises(DataError, match="no such file"):
        net.load_params("other.pkl")


def test_the_gradient_is_measured_in_float64_and_the_network_stays_as_it_was(net, x):
    t, before = np.array([0, 1, 2, 1, 0]), net.params.flat.copy()
    measured = net.numerical_gradient(x, t)
    for name, grad in net.astype(np.float64).gradient(x, t).items():
        assert grad.any()
        np.testing.assert_allclose(measured[name], grad, atol=1e-7)
    np.testing.assert_array_equal(net.params.flat, before)


def test_the_results_of_the_loss_can_be_looked_at(net, x):
    t = np.array([0, 1, 2, 1, 0])
    assert net.loss(x, t) == net.last_layer.loss
    np.testing.assert_allclose(net.last_layer.y.sum(axis=1), 1, rtol=1e-6)
    assert net.loss(x, t[:, None]) == net.loss(x, t)  # a column of labels


def test_train_flg_makes_dropout_drop(x, rng):
    net = ConvNet([Flatten(), Affine.init(36, 50, rng=rng), Dropout(0.5, rng=rng)])
    np.testing.assert_array_equal(net.predict(x, train_flg=False), net.predict(x))
    assert 0.4 < (net.predict(x, train_flg=True) == 0).mean() < 0.6
    assert net.predict(x, batch_size=2).shape == (5, 50)
