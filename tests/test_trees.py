"""Networks whose layers are made of layers: trained, saved, resumed, split, shown, proved."""

import copy

import numpy as np
import pytest

from dlscratch import (
    Adam,
    Add,
    Affine,
    AveragePooling,
    BatchNorm,
    Concat,
    Convolution,
    Dropout,
    Flatten,
    Network,
    Pooling,
    ReLU,
    Sequential,
    Trainer,
    TransposedConvolution,
    check_gradients,
)
from dlscratch.graph.network import network_graph
from dlscratch.workers import Workers, splittable, suitable_workers


def residual_net(rng):
    """A convolution, two residual blocks, an Affine layer."""

    def block():
        body = [
            Convolution.init(4, 4, 3, pad=1, rng=rng),
            BatchNorm.init(4),
            ReLU(),
            Convolution.init(4, 4, 3, pad=1, rng=rng),
            BatchNorm.init(4),
        ]
        return Sequential(Add(Sequential(*body), Sequential()), ReLU())

    stem = Convolution.init(1, 4, 3, pad=1, rng=rng)
    head = [Pooling(2, 2), Flatten(), Affine.init(64, 3, rng=rng)]
    return Network([stem, block(), block(), *head], weight_decay=1e-4)


def inception_net(rng):
    """A convolution, an inception block, an Affine layer."""
    block = Concat(
        Convolution.init(4, 3, 1, rng=rng),
        Sequential(
            Convolution.init(4, 2, 1, rng=rng), ReLU(), Convolution.init(2, 3, 3, pad=1, rng=rng)
        ),
        Sequential(Pooling(3, 3, stride=1, pad=1), Convolution.init(4, 2, 1, rng=rng)),
    )
    stem = [Convolution.init(1, 4, 3, pad=1, rng=rng), ReLU()]
    head = [ReLU(), Dropout(0.1, rng=rng), Pooling(2, 2), Flatten(), Affine.init(128, 3, rng=rng)]
    return Network([*stem, block, *head])


def u_net(rng):
    """Two levels: what goes down by pooling comes up by transposed convolution, beside a skip."""

    def conv(channels, filters):
        return Sequential(Convolution.init(channels, filters, 3, pad=1, rng=rng), ReLU())

    def level(inside, filters):
        """Half the size inside, then as large again, beside what stayed as it was."""
        up = TransposedConvolution.init(filters, 4, 2, stride=2, rng=rng)
        return Concat(Sequential(), Sequential(Pooling(2, 2), inside, up))

    inner = Sequential(conv(4, 4), level(conv(4, 6), filters=6), conv(8, 4))
    head = [conv(8, 4), AveragePooling(2, 2), Flatten(), Affine.init(64, 3, rng=rng)]
    return Network([conv(1, 4), level(inner, filters=4), *head])


NETS = [residual_net, inception_net, u_net]
every_net = pytest.mark.parametrize("make", NETS, ids=lambda make: make.__name__)


def data(n=60):
    """Images 8 x 8 of a bar that lies, stands or leans, in noise."""
    rng = np.random.default_rng(0)
    t = rng.integers(0, 3, n)
    x = 0.3 * rng.standard_normal((n, 1, 8, 8)).astype(np.float32)
    for image, kind in zip(x, t):
        place = rng.integers(1, 7)
        rows = {0: (place, slice(None)), 1: (slice(None), place), 2: (range(8), range(8))}[
            int(kind)
        ]
        image[0][rows] += 1
    return x, t


def trained(make, epochs, **options):
    rng = np.random.default_rng(0)
    net = make(rng)
    trainer = Trainer(net, Adam(0.01), rng=rng, batch_size=20, workers=1)
    return net, trainer.fit(data(), epochs=epochs, **options)


@every_net
def test_it_learns_a_small_set_by_heart(make):
    net, history = trained(make, 40)
    assert history.train_accuracy[-1] == 1.0 and net.accuracy(*data()) == 1.0


@every_net
def test_every_gradient_inside_is_right(make):
    net = make(np.random.default_rng(0)).astype(np.float64)
    net.params.flat += 0.01 * np.random.default_rng(1).standard_normal(net.params.flat.size)
    verdict = check_gradients(net, *data(6))  # biases of 0 put a ReLU on its kink
    assert verdict, verdict


@every_net
def test_a_wrong_gradient_inside_is_found(make):
    """dW of one inner layer times 17: the checker of old said "right"."""
    net = make(np.random.default_rng(0)).astype(np.float64)
    net.params.flat += 0.01 * np.random.default_rng(1).standard_normal(net.params.flat.size)
    net.weight_decay = 0.0
    name, (layer, _) = [item for item in net._trainable.items() if item[0].startswith("W")][1]

    class Spoilt(type(layer)):
        def weight_gradients(self, dout):
            super().weight_gradients(dout)
            self.dW = self.dW * 17

    layer.__class__ = Spoilt
    verdict = check_gradients(net, *data(6))
    assert not verdict and verdict.array == name and "17 times" in verdict.hint
    assert verdict.layer == repr(layer) and f"of {verdict.layer}" in repr(verdict)


@every_net
def test_saved_weights_come_back_to_the_bit(make, tmp_path):
    net, _ = trained(make, 1)
    net.save(tmp_path / "net.npz")
    other = make(np.random.default_rng(9))
    other.load(tmp_path / "net.npz")
    np.testing.assert_array_equal(other.predict(data()[0]), net.predict(data()[0]))


@every_net
def test_a_resumed_training_ends_at_the_same_bits(make, tmp_path):
    whole, _ = trained(make, 4)
    trained(make, 2, checkpoint=tmp_path / "half.npz")
    resumed, history = trained(make, 4, checkpoint=tmp_path / "half.npz", resume=True)
    assert history.epochs == 4
    np.testing.assert_array_equal(resumed.params.flat, whole.params.flat)
    for name, array in whole.buffers.items():
        np.testing.assert_array_equal(resumed.buffers[name], array)


@every_net
@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_astype_reaches_every_array_inside(make, dtype):
    net = make(np.random.default_rng(0)).astype(dtype)
    _, grads = net.loss_and_gradient(*data(6))
    inside = [
        getattr(layer, name)
        for layer in net.walk()
        for name in layer.param_names + layer.buffer_names
    ]
    assert {array.dtype for array in [*inside, grads.flat]} == {np.dtype(dtype)}


@every_net
def test_every_weight_inside_is_trained_and_decayed(make):
    net = make(np.random.default_rng(0))
    before = {name: array.copy() for name, array in net.params.items()}
    Trainer(net, Adam(), rng=np.random.default_rng(0), workers=1).fit(data(), epochs=1)
    assert all(np.any(net.params[name] != array) for name, array in before.items())
    plain = copy.deepcopy(net)
    plain.weight_decay, net.weight_decay = 0.0, 0.5
    squares = sum(np.sum(array**2) for name, array in net.params.items() if name[0] == "W")
    difference = net.loss(*data()) - plain.loss(*data())
    assert difference == pytest.approx(0.25 * squares, rel=1e-4)


def test_batch_norm_inside_keeps_the_batch_whole():
    net = residual_net(np.random.default_rng(0))
    assert not splittable(net) and suitable_workers(net) == 1
    with pytest.raises(ValueError, match="workers must be 1 for this network, got 2"):
        Workers(net, 2)


def test_dropout_inside_draws_masks_of_its_own_in_each_worker():
    inside = Dropout(0.5, rng=np.random.default_rng(0))
    net = Network([Affine.init(6, 8, rng=0), Add(inside, Sequential()), Affine.init(8, 3, rng=1)])
    with Workers(net, 3) as workers:
        assert len(workers.generators()) == 3
        masks = []
        for twin in workers.nets:
            twin.forward(np.ones((4, 6)), training=True)
            (dropout,) = [layer for layer in twin.walk() if layer.rng is not None]
            masks.append(dropout.cache[0].tobytes())
    assert len(set(masks)) == 3


def test_workers_come_to_the_gradient_of_one_in_a_network_with_branches():
    net = u_net(np.random.default_rng(0)).astype(np.float64)
    x, t = data()
    expected = net.gradient(x, t)
    with Workers(net, 2) as workers:
        _, grads = workers.loss_and_gradient(x, t)
    np.testing.assert_allclose(grads.flat, expected.flat, rtol=1e-9, atol=1e-12)


def test_the_summary_counts_what_is_inside_once():
    net = residual_net(np.random.default_rng(0))
    table = net.summary((1, 8, 8))
    assert table.parameters == net.params.flat.size
    assert table.multiply_adds == 64 * 4 * 9 + 4 * 64 * 4 * 4 * 9 + 64 * 3
    lines = str(table).splitlines()
    assert any(line.startswith("  Add ") for line in lines)
    assert any(line.startswith("      Convolution ") and "144" not in line for line in lines)


def test_the_graph_shows_what_is_inside_and_where_branches_join():
    net = residual_net(np.random.default_rng(0)).astype(np.float64)
    x, t = data(4)
    net.weight_decay = 0.0
    nodes = network_graph(copy.deepcopy(net), x, t).topological_order()
    symbols = [node.symbol for node in nodes if node.symbol]
    assert symbols.count("+") == 2 and symbols.count("Convolution") == 5
    leaves = {node.name: node for node in nodes if not node.symbol}
    assert leaves.keys() == {"x", *net.params}
    for name, gradient in net.gradient(x, t).items():
        np.testing.assert_allclose(leaves[name].grad, gradient, rtol=1e-9, atol=1e-12)


def test_the_repr_of_a_network_shows_the_tree():
    text = repr(inception_net(np.random.default_rng(0)))
    assert "    Concat(\n        Convolution(" in text
    assert "\n        Sequential(\n            Pooling(" in text
