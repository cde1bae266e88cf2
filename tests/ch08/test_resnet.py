"""ResNet's block: what the shortcut adds, and the plain net that it is compared with."""

import numpy as np
import pytest

from ch08.resnet import PaddedShortcut, deep_net, plain_block, residual_block
from dlscratch import Add, Affine, BatchNorm, Convolution, Sequential, check_gradients

blocks = pytest.mark.parametrize("block", [plain_block, residual_block])
shapes = pytest.mark.parametrize(("channels", "filters", "stride"), [(3, 3, 1), (2, 5, 2)])


def images(*shape, dtype=np.float64):
    """Random numbers that nobody can write to."""
    array = np.random.default_rng(0).standard_normal(shape).astype(dtype)
    array.flags.writeable = False
    return array


def in_float64(layer, rng):
    """The layer in float64, its numbers moved away from the corners of ReLU at 0."""
    for part in layer.walk():
        for name in part.param_names:
            array = getattr(part, name).astype(np.float64)
            setattr(part, name, array + 0.1 * rng.standard_normal(array.shape))
    return layer


# ---- the shortcut


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_a_padded_shortcut_is_a_convolution_whose_filters_pick_one_map_each(stride):
    x, dout = images(2, 2, 7, 6), images(2, 5, -(-7 // stride), -(-6 // stride))
    shortcut = PaddedShortcut(5, stride)
    W = np.eye(5)[:, :2, None, None].copy()  # (5, 2, 1, 1)
    pick = Convolution(W, np.zeros(5), stride)
    np.testing.assert_array_equal(shortcut.forward(x), pick.forward(x))
    np.testing.assert_array_equal(shortcut.backward(dout), pick.backward(dout))


def test_the_gradient_of_a_padded_shortcut_is_right():
    assert check_gradients(PaddedShortcut(4, 2), images(2, 3, 5, 4))


def test_a_padded_shortcut_keeps_float32():
    shortcut = PaddedShortcut(4, 2)
    y = shortcut.forward(images(2, 3, 5, 4, dtype=np.float32))
    assert y.dtype == shortcut.backward(y).dtype == np.float32


# ---- the blocks


@blocks
@shapes
def test_the_gradients_of_a_block_are_right(block, channels, filters, stride):
    rng = np.random.default_rng(3)
    layer = in_float64(block(channels, filters, stride, rng=rng), rng)
    check = check_gradients(layer, images(4, channels, 5, 6), training=True)
    assert check, check


@shapes
def test_a_residual_block_adds_its_input_to_what_the_plain_block_makes(channels, filters, stride):
    x = np.abs(images(4, channels, 6, 6, dtype=np.float32))
    residual = residual_block(channels, filters, stride, rng=0)
    body, shortcut = residual.layers[0].branches
    expected = np.maximum(body.forward(x) + shortcut.forward(x), 0)
    np.testing.assert_array_equal(residual.forward(x), expected)
    plain = plain_block(channels, filters, stride, rng=0)  # the same weights
    np.testing.assert_array_equal(plain.forward(x), np.maximum(body.forward(x), 0))


def test_a_residual_block_that_has_learned_nothing_returns_its_input():
    block = residual_block(3, 3, rng=0)
    for norm in (layer for layer in block.walk() if isinstance(layer, BatchNorm)):
        norm.gamma[...] = 0
    x = np.abs(images(2, 3, 4, 4, dtype=np.float32))
    np.testing.assert_array_equal(block.forward(x), x)


# ---- the nets


@blocks
@pytest.mark.parametrize("depth", [8, 20, 56])
def test_the_depth_counts_the_layers_with_weights(block, depth):
    net = deep_net(depth, block, rng=0)
    layers = [layer for layer in net.walk() if isinstance(layer, Convolution | Affine)]
    assert len(layers) == depth


def test_with_the_papers_widths_it_has_the_papers_number_of_parameters():
    """Table 6: 0.27 million for ResNet-20, 0.46 for 32, 0.85 for 56; for images in colour, and
    without the biases of the convolutions, which BatchNorm takes away again."""
    for depth, millions in ((20, 0.27), (32, 0.46), (56, 0.85)):
        net = deep_net(depth, residual_block, rng=0, widths=(16, 32, 64))
        biases = sum(layer.b.size for layer in net.walk() if isinstance(layer, Convolution))
        colours = 2 * 3 * 3 * 16  # two more channels for the first convolution
        assert round((net.params.flat.size - biases + colours) / 1e6, 2) == millions


def test_maps_become_smaller_and_more_from_stage_to_stage():
    x = images(2, 1, 14, 14, dtype=np.float32)
    seen = []
    for layer in deep_net(14, residual_block, rng=0).layers:
        x = layer.forward(x)
        if isinstance(layer, Sequential):
            seen.append(x.shape)
    assert seen == [(2, 8, 14, 14)] * 2 + [(2, 16, 7, 7)] * 2 + [(2, 32, 4, 4)] * 2
    assert x.shape == (2, 10)


def test_plain_and_residual_begin_with_the_same_weights():
    plain, residual = (deep_net(14, block, rng=5) for block in (plain_block, residual_block))
    np.testing.assert_array_equal(plain.params.flat, residual.params.flat)
    adds = [sum(isinstance(layer, Add) for layer in net.walk()) for net in (plain, residual)]
    assert adds == [0, 6]


@blocks
def test_the_gradients_of_a_whole_net_are_right(block):
    net = deep_net(8, block, rng=0, widths=(2, 3, 4), weight_decay=0.01).astype(np.float64)
    check = check_gradients(net, images(4, 1, 8, 8), np.array([0, 3, 7, 9]))
    assert check, check


@pytest.mark.parametrize("depth", [2, 9, 19, 57])
def test_another_depth_is_refused_in_one_line(depth):
    with pytest.raises(ValueError, match=rf"6n \+ 2.*got {depth}"):
        deep_net(depth, plain_block, rng=0)
