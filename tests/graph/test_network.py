"""The graph of a network has the values and the gradients of the network itself."""

import numpy as np
from numpy.testing import assert_allclose

from dlscratch import Affine, BatchNorm, Convolution, Flatten, Network, Pooling, ReLU
from dlscratch.graph.network import network_graph


def example():
    rng = np.random.default_rng(0)
    net = Network(
        [
            Convolution.init(1, 2, 3, rng=rng),
            BatchNorm.init(2),
            ReLU(),
            Pooling(2, 2),
            Flatten(),
            Affine.init(8, 3, rng=rng),
        ]
    )
    return net.astype(np.float64), rng.standard_normal((4, 1, 6, 6)), rng.integers(3, size=4)


def test_the_graph_ends_in_the_loss():
    net, x, t = example()
    graph = network_graph(net, x, t)
    assert graph.name == "loss"
    assert_allclose(graph.value, net.loss(x, t, training=True))


def test_a_node_stands_for_each_layer_in_their_order():
    symbols = [node.symbol for node in network_graph(*example()).topological_order() if node.symbol]
    assert symbols == [
        "Convolution",
        "BatchNorm",
        "ReLU",
        "Pooling",
        "Flatten",
        "Affine",
        "SoftmaxWithLoss",
    ]


def test_the_leaves_are_the_input_and_the_parameters_with_their_gradients():
    net, x, t = example()
    leaves = {n.name: n for n in network_graph(net, x, t).topological_order() if not n.symbol}
    grads = net.gradient(x, t)
    assert leaves.keys() == {"x", *net.params}
    for name, gradient in grads.items():
        assert_allclose(leaves[name].grad, gradient)
