"""A packed network reads what its float form reads, and its counts are those of plain loops."""

import numpy as np
import pytest

from ch08 import packed_bits
from ch08.packed_bits import (
    differing_bits,
    packed_layer,
    packed_network,
    popcount,
    scores,
    to_words,
    unpacked_network,
)
from dlscratch import BatchNorm, BinaryAffine, Network, Sign


def signs(rng, *shape):
    return rng.choice(np.array([-1, 1], np.float32), shape)


def some_norm(rng, features):
    """BatchNorm as after a training: gamma of both signs, averages of many sums."""
    norm = BatchNorm.init(features)
    norm.gamma[:] = rng.standard_normal(features)
    norm.beta[:] = rng.standard_normal(features)
    norm.running_mean[:] = 5 * rng.standard_normal(features)
    norm.running_var[:] = rng.uniform(10, 40, features)
    return norm


def some_net(rng, sizes=(72, 24, 16, 5)):
    layers = []
    for n_in, n_out in zip(sizes, sizes[1:]):
        affine = BinaryAffine.init(n_in, n_out, 0.5, rng=rng)
        affine.W[0] = 0  # sign(0) is +1
        affine.b[:] = rng.standard_normal(n_out)
        layers += [affine, some_norm(rng, n_out), Sign()]
    return Network(layers[:-1])


@pytest.mark.parametrize("native", [True, False])
def test_popcount_counts_the_ones_that_python_prints(native, monkeypatch):
    if not native:  # as on NumPy 1
        monkeypatch.delattr(np, "bitwise_count", raising=False)
    words = np.random.default_rng(0).integers(2**64, size=(5, 7), dtype=np.uint64)
    words[0, :2] = 0, 2**64 - 1
    expected = [[bin(word).count("1") for word in row] for row in words.tolist()]
    count = popcount(words)
    assert count.dtype == np.uint8
    np.testing.assert_array_equal(count, expected)


@pytest.mark.parametrize("n", [8, 64, 72, 784])
def test_n_minus_twice_the_differing_bits_is_the_product_of_the_signs(n):
    rng = np.random.default_rng(n)
    x, W = signs(rng, 6, n), signs(rng, 4, n)
    count = differing_bits(*(to_words(np.packbits(rows > 0, axis=1)) for rows in (x, W)))
    assert count.dtype == np.int16
    np.testing.assert_array_equal(n - 2 * count, x @ W.T)


def test_a_neuron_fires_with_its_limit_and_no_longer_with_one_bit_more():
    """x . w + b > 1.5 with n = 8: sums of 8, 6, 4 and 2 fire, that is up to 3 differing bits."""
    affine = BinaryAffine(np.ones((8, 2), np.float32), np.zeros(2, np.float32))
    norm = BatchNorm(np.array([1, -1], np.float32), np.zeros(2, np.float32))
    norm.running_mean[:] = 1.5
    W, limit = packed_layer(affine, norm)
    np.testing.assert_array_equal(W, [[255], [0]])  # gamma < 0: turned, and fires from 0 downwards
    np.testing.assert_array_equal(limit, [3, 4])


def test_a_neuron_that_always_or_never_fires_still_does():
    affine = BinaryAffine(np.ones((8, 2), np.float32), np.array([50, -50], np.float32))
    _, limit = packed_layer(affine, BatchNorm.init(2))
    np.testing.assert_array_equal(limit, [8, -1])


@pytest.mark.parametrize("seed", range(5))
def test_bits_give_the_scores_of_the_floats(seed):
    rng = np.random.default_rng(seed)
    net, x = some_net(rng), signs(rng, 250, 72)
    x.flags.writeable = False
    bits = packed_network(net)
    expected = net.predict(x)
    np.testing.assert_allclose(scores(bits, x), expected, atol=1e-5)
    np.testing.assert_allclose(unpacked_network(bits).predict(x), expected, atol=1e-5)
    assert scores(bits, x).dtype == np.float32


def test_one_wrong_bit_is_noticed():
    rng = np.random.default_rng(0)
    net, x = some_net(rng), signs(rng, 250, 72)
    bits = packed_network(net)
    bits["W3"][0, 0] ^= 1
    assert np.abs(scores(bits, x) - net.predict(x)).max() > 0.01


def test_scores_do_not_depend_on_how_many_rows_are_taken_at_a_time():
    rng = np.random.default_rng(1)
    bits, x = packed_network(some_net(rng)), signs(rng, 25, 72)
    np.testing.assert_array_equal(scores(bits, x, batch_size=10), scores(bits, x))


def test_a_packed_network_keeps_a_bit_for_a_weight_and_a_number_for_a_neuron():
    bits = packed_network(some_net(np.random.default_rng(2)))
    shapes = {name: (array.shape, array.dtype.name) for name, array in bits.items()}
    assert shapes == {
        "W1": ((24, 9), "uint8"),
        "W2": ((16, 3), "uint8"),
        "W3": ((5, 2), "uint8"),
        "limit1": ((24,), "int16"),
        "limit2": ((16,), "int16"),
        "top": ((5,), "float32"),
        "cost": ((5,), "float32"),
    }
    assert packed_bits.weights(bits)[1] is bits["W2"]
