"""VGG, inception and residual blocks: the same shapes and costs, right gradients, honest claims."""

import numpy as np
import pytest

from ch08 import blocks, depth_training
from ch08.block_nets import KINDS, block_net, cost, inception_block, wide_block
from ch08.blocks import claim, trained
from ch08.depth_training import load_images
from ch08.resnet import plain_block
from dlscratch import Convolution, GlobalAveragePooling, Network, check_gradients
from tests.bright_halves import bright_halves


@pytest.mark.parametrize("kind", KINDS)
def test_images_become_ten_scores(kind):
    net = block_net(kind, np.random.default_rng(0))
    assert net.predict(np.ones((2, 1, 14, 14), np.float32)).shape == (2, 10)


def test_the_gradient_of_the_inception_block_is_right():
    block = inception_block(3, 8, rng=np.random.default_rng(0))
    net = Network([block, GlobalAveragePooling()]).astype(np.float64)
    x = np.random.default_rng(1).standard_normal((2, 3, 5, 5))
    assert check_gradients(net, x, np.array([7, 0]))


def test_VGG_inception_residual_and_the_narrow_5_x_5_cost_alike_within_1_percent():
    adds = {kind: cost(kind)[0] for kind in KINDS}
    for kind in ("inception", "residual", "5 x 5, as costly"):
        assert adds[kind] == pytest.approx(adds["VGG"], rel=0.01)
    assert adds["5 x 5, as wide"] > 1.2 * adds["VGG"]


def test_the_shortcut_has_no_parameters():
    assert cost("residual") == cost("VGG")


def weights(block):
    return sum(layer.W.size for layer in block.walk() if isinstance(layer, Convolution))


def test_two_windows_of_3_x_3_have_18_weights_for_the_25_of_one_of_5_x_5():
    rng = np.random.default_rng(0)
    assert weights(plain_block(8, 8, rng=rng)) / 64 == 18
    assert weights(wide_block(8, 8, rng=rng)) / 64 == 25


@pytest.mark.parametrize("block", [plain_block, wide_block])
def test_both_see_a_window_of_5_x_5_and_no_more(block):
    """The gradient of one output reaches 5 x 5 inputs."""
    layer = block(8, 8, rng=np.random.default_rng(0))  # of eight ReLUs some let it through
    x = np.random.default_rng(1).standard_normal((1, 8, 11, 11)).astype(np.float32)
    layer.forward(x)
    dout = np.zeros_like(x)
    dout[0, :, 5, 5] = 1
    reached = (layer.backward(dout)[0] != 0).any(axis=0)
    expected = np.zeros((11, 11), bool)
    expected[3:8, 3:8] = True
    np.testing.assert_array_equal(reached, expected)


def test_inception_joins_a_quarter_half_and_two_eighths_of_the_maps():
    block = inception_block(6, 16, rng=np.random.default_rng(0))
    x = np.zeros((1, 6, 5, 5), np.float32)
    assert block.forward(x).shape == (1, 16, 5, 5)
    assert [branch.forward(x).shape[1] for branch in block.children()] == [4, 8, 2, 2]


def test_one_seed_gives_one_training_by_the_recipe_of_depth(monkeypatch):
    x, t = bright_halves(90)
    monkeypatch.setattr(
        depth_training, "load_fashion_mnist", lambda flatten: ((x[:70], t[:70]), (x[70:], t[70:]))
    )
    load_images.cache_clear()
    try:
        found = [trained("VGG", 25, seed=2, quick=False) for _ in range(2)]
    finally:
        load_images.cache_clear()
    assert found[0] == found[1]
    assert len(found[0]["curve"]) == 1 and found[0]["test"] < 0.2


def test_a_claim_needs_a_gain_of_more_than_two_standard_errors():
    found = {
        "a": [{"test": 0.10}, {"test": 0.11}, {"test": 0.12}],
        "b": [{"test": 0.13}, {"test": 0.15}, {"test": 0.16}],
        "c": [{"test": 0.11}, {"test": 0.10}, {"test": 0.15}],
    }
    assert claim(found, "a", "b", "").holds
    assert "+3.67 points" in claim(found, "a", "b", "").ours
    assert not claim(found, "a", "c", "").holds
    assert not claim(found, "b", "a", "").holds


def test_the_time_of_a_batch_is_the_best_of_five(monkeypatch):
    ticks = iter([0, 5, 10, 12, 20, 21, 30, 39, 40, 44])
    monkeypatch.setattr(blocks.time, "perf_counter", lambda: next(ticks))
    x, t = np.zeros((2, 1, 14, 14), np.float32), np.array([1, 2])
    assert blocks.milliseconds("VGG", x, t) == 1000
