"""What a network makes of an image: probabilities, feature maps, gradient."""

import numpy as np
import pytest

from dataset.mnist import load_mnist
from dlscratch import Affine, Network, ReLU
from dlscratch.demo.reading import read
from dlscratch.functions import softmax
from dlscratch.gradcheck.numerical import numerical_gradient
from dlscratch.inspection.feature_maps import feature_maps

MAPS = {
    "ch07": [(30, 24, 24)],
    "ch08": [(16, 28, 28), (16, 28, 28), (32, 14, 14), (32, 16, 16), (64, 8, 8), (64, 8, 8)],
}


@pytest.fixture(scope="module")
def seven():
    """The first test image, (28, 28)."""
    _, (x, t) = load_mnist(flatten=False)
    assert t[0] == 7
    return x[0, 0]


@pytest.mark.parametrize("name", MAPS)
def test_the_probabilities_are_the_softmax_of_the_scores(name, networks, seven):
    reading = read(networks[name], seven)
    assert reading.winner == 7
    np.testing.assert_allclose(
        reading.probabilities, softmax(networks[name].predict(seven[None, None]))[0], rtol=1e-5
    )


@pytest.mark.parametrize("name, shapes", MAPS.items())
def test_every_convolution_shows_its_maps_behind_the_activation(name, shapes, networks, seven):
    maps = read(networks[name], seven).maps
    assert [layer.shape for layer in maps] == shapes
    first, relu = networks[name].layers[:2]
    np.testing.assert_array_equal(maps[0], relu.forward(first.forward(seven[None, None]))[0])
    assert all(layer.min() == 0 for layer in maps)


@pytest.mark.parametrize("label", [7, 2])
@pytest.mark.parametrize("name", MAPS)
def test_each_gradient_is_the_measured_slope_of_its_score(name, label, networks, seven):
    net = networks[name].astype(np.float64)
    rng = np.random.default_rng(0)
    image = seven + rng.uniform(0, 0.1, seven.shape)  # off the kinks of ReLU and pooling
    patch = (slice(12, 16), slice(11, 15))  # in the middle of the digit

    def score(pixels):
        moved = image.copy()
        moved[patch] = pixels
        return float(net.predict(moved[None, None])[0, label])

    reading = read(net, image)
    assert reading.winner == 7 and reading.gradients.shape == (10, 28, 28)
    # so short a step that no ReLU and no maximum changes sides within it
    measured = numerical_gradient(score, image[patch].copy(), h=1e-7)
    np.testing.assert_allclose(reading.gradients[label][patch], measured, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", MAPS)
def test_a_step_along_the_gradient_raises_the_score(name, networks, seven):
    slope = read(networks[name], seven).gradients[7]
    step = 0.01 * slope / np.abs(slope).max()
    scores = networks[name].predict(np.stack([seven, seven + step])[:, None])[:, 7]
    assert scores[1] > scores[0]


def test_a_network_without_a_convolution_has_no_maps():
    net = Network([Affine.init(784, 10), ReLU()])
    with pytest.raises(ValueError, match="no convolution"):
        feature_maps(net, np.zeros((1, 784)))
