import numpy as np
import pytest

from ch08.deep_convnet import DeepConvNet
from ch08.half_float_network import read, scores
from ch08.layer_times import by_kind, by_name, layer_times
from ch08.misclassified_mnist import confused_pairs
from ch08.receptive_field import pixels_seen, receptive_field, stack, weights
from dlscratch import Affine, Layer, Network

# ---- misclassified_mnist


def test_pairs_are_counted_in_both_directions_most_frequent_first():
    true, read_as = np.array([3, 5, 7, 3, 9]), np.array([5, 3, 1, 5, 4])
    assert confused_pairs(true, read_as) == [((3, 5), 3), ((1, 7), 1), ((4, 9), 1)]


# ---- half_float_network


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_every_layer_of_the_network_keeps_to_the_dtype(dtype):
    net = DeepConvNet(hidden_size=5, rng=np.random.default_rng(0)).astype(dtype)
    assert scores(net, np.ones((2, 1, 28, 28), dtype)).dtype == dtype


def test_a_layer_that_falls_back_to_more_bits_is_found_out():
    class Widening(Layer):
        def forward(self, x, training=False):
            return x.astype(np.float32)

        def backward(self, dout):
            return dout

    net = Network([Affine.init(3, 2, rng=np.random.default_rng(0)), Widening()]).astype(np.float16)
    with pytest.raises(AssertionError, match="Widening.* returns float32, not float16"):
        scores(net, np.ones((2, 3), np.float16))


def test_the_last_short_batch_is_read_too():
    net = Network([Affine.init(3, 2, rng=np.random.default_rng(0))])
    x = np.random.default_rng(1).standard_normal((250, 3)).astype(np.float32)
    assert np.array_equal(read(net, x)[0], net.predict(x).argmax(axis=1))


# ---- receptive_field


@pytest.mark.parametrize("sizes, seen", [([5], 5), ([3, 3], 5), ([7], 7), ([3, 3, 3], 7)])
def test_stacks_of_small_filters_see_what_one_large_filter_sees(sizes, seen):
    assert receptive_field(stack(*sizes)) == (seen, seen)


def test_the_pixels_seen_lie_around_the_middle():
    seen = pixels_seen(stack(3, 3), side=9)
    assert seen[2:7, 2:7].all() and seen.sum() == 25


def test_a_stack_of_small_filters_has_fewer_weights():
    assert (weights(stack(5)), weights(stack(3, 3))) == (25, 18)
    assert (weights(stack(7)), weights(stack(3, 3, 3))) == (49, 27)


# ---- layer_times


def test_every_layer_gets_a_time_and_the_shares_add_up():
    net = DeepConvNet(hidden_size=5, rng=np.random.default_rng(0))
    seconds = layer_times(net, np.ones((2, 1, 28, 28), np.float32), repeats=2)
    assert seconds.shape == (len(net.layers),) and (seconds > 0).all()
    shares = by_name(net, seconds)
    assert list(shares)[:6] == [f"conv{i}" for i in range(1, 7)]
    assert set(shares) - set(list(shares)[:6]) == {"affine", "dropout", "flatten", "pool", "relu"}
    assert sum(shares.values()) == pytest.approx(1)


def test_shares_are_added_up_by_the_kind_of_layer():
    shares = {"conv1": 0.5, "conv2": 0.25, "pool": 0.25}
    assert by_kind(shares) == {"conv": 0.75, "pool": 0.25}
