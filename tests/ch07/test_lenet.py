"""LeNet-5: its old parts are right, and each kind changes what it says and nothing else."""

import numpy as np
import pytest

from ch07 import lenet as script
from ch07.lenet import KINDS, lenet
from ch07.lenet_layers import (
    CONNECTED,
    DistanceToCodes,
    PartialConvolution,
    ScaledTanh,
    Subsampling,
    pictures_of_digits,
)
from dlscratch import Affine, Convolution, Pooling, ReLU, check_gradients

rng = np.random.default_rng(0)
CODES = np.where(rng.random((10, 84)) < 0.5, -1.0, 1.0)
LAYERS = [
    (ScaledTanh(), (3, 5)),
    (Subsampling(rng.random(3), rng.random(3)), (4, 3, 4, 6)),
    (PartialConvolution(rng.standard_normal((16, 6, 3, 3)), rng.random(16)), (4, 6, 5, 5)),
    (DistanceToCodes(CODES), (4, 84)),
]


@pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=lambda value: type(value).__name__)
def test_its_gradient_is_right_and_its_input_stays(layer, shape):
    x = rng.standard_normal(shape)
    x.flags.writeable = False
    check = check_gradients(layer, x)
    assert check, check


def test_the_squashing_function_goes_through_1_and_minus_1():
    y = ScaledTanh().forward(np.array([-1, 1], np.float32))
    np.testing.assert_allclose(y, [-1, 1], atol=1e-4)
    assert y.dtype == np.float32


def test_sub_sampling_averages_scales_and_shifts_each_map():
    x = np.arange(32.0).reshape(1, 2, 4, 4)
    y = Subsampling(np.array([1.0, 2.0]), np.array([0.0, 1.0])).forward(x)
    np.testing.assert_array_equal(y[0, 0], [[2.5, 4.5], [10.5, 12.5]])
    np.testing.assert_array_equal(y[0, 1], 2 * (np.array([[2.5, 4.5], [10.5, 12.5]]) + 16) + 1)


def test_the_table_of_connections_is_the_papers():
    """Its Table I: six maps see three neighbours, six see four, three two pairs, one all."""
    assert CONNECTED.shape == (16, 6)
    np.testing.assert_array_equal(CONNECTED.sum(axis=1), [3] * 6 + [4] * 9 + [6])
    np.testing.assert_array_equal(CONNECTED.sum(axis=0), [10] * 6)
    np.testing.assert_array_equal(CONNECTED[4], [1, 0, 0, 0, 1, 1])
    np.testing.assert_array_equal(CONNECTED[13], [0, 1, 1, 0, 1, 1])


def test_a_map_does_not_see_what_it_is_not_connected_to():
    conv = PartialConvolution.init(6, 16, 3, rng=0)
    x = rng.random((1, 6, 5, 5), dtype=np.float32)
    other = x.copy()
    other[:, 3] += 1  # the first map sees the maps 0, 1 and 2
    y, y_other = conv.forward(x), conv.forward(other)
    np.testing.assert_array_equal(y[:, 0], y_other[:, 0])
    assert not np.allclose(y[:, 1], y_other[:, 1])


def test_the_score_is_highest_for_the_nearest_code():
    y = DistanceToCodes(CODES).forward(CODES[[3, 8]] * 0.9)
    np.testing.assert_array_equal(y.argmax(axis=1), [3, 8])
    np.testing.assert_allclose(y[0, 3], -0.5 * 84 * 0.01)


def test_the_pictures_are_black_and_white_and_one_for_each_digit():
    x = np.zeros((10, 1, 28, 28), np.float32)
    for digit in range(10):
        x[digit, 0, 2 + 2 * digit : 6 + 2 * digit, 4:24] = 1
    codes = pictures_of_digits(x, np.arange(10))
    assert codes.shape == (10, 84) and codes.dtype == np.float32
    assert set(np.unique(codes)) == {-1, 1}
    assert len(np.unique(codes, axis=0)) == 10


def test_the_published_network_has_the_papers_60000_parameters():
    """60,000 as the paper counts: without the weights of what is not connected."""
    net = lenet((), CODES.astype(np.float32), rng=0)
    unused = 25 * int((CONNECTED == 0).sum())
    subsampling = 2 * 6 + 2 * 16
    assert net.params.flat.size - unused == 156 + 1516 + 48120 + 10164 + subsampling == 60000


def kinds_of_layers(changes):
    return {type(layer) for layer in lenet(changes, CODES.astype(np.float32), rng=0).layers}


def test_each_change_replaces_one_part():
    old = {
        "ReLU": (ScaledTanh, ReLU),
        "max pooling": (Subsampling, Pooling),
        "all maps connected": (PartialConvolution, None),
        "scores": (DistanceToCodes, None),
    }
    published = kinds_of_layers(())
    for part, (gone, new) in old.items():
        now = kinds_of_layers((part,))
        assert gone in published and (new is None or new in now)
        assert gone not in now or part == "ReLU"  # which keeps the tanh before the codes
    assert kinds_of_layers(KINDS["as today"]) - {type(None)} >= {Convolution, ReLU, Pooling, Affine}
    assert not kinds_of_layers(KINDS["as today"]) & {gone for gone, _ in old.values()}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_network_has_right_gradients(kind):
    net = lenet(KINDS[kind], CODES.astype(np.float32), rng=0).astype(np.float64)
    for array in net.params.values():  # away from the corners of ReLU at 0
        array += 0.05 * rng.standard_normal(array.shape)
    x = rng.standard_normal((4, 1, 28, 28))
    check = check_gradients(net, x, np.array([0, 3, 7, 9]))
    assert check, check


def test_images_have_mean_0_and_variance_1_by_the_training_set():
    (x, _), (test, _) = script.load_images(validate=False, quick=True)
    assert abs(x.mean()) < 1e-5 and abs(x.std() - 1) < 1e-5
    assert len(x) == 500 and len(test) == 500
