"""The computational graph of a whole network: a node for each layer, arrays on the edges.

graph = network_graph(net, x, t)
draw(graph, "SimpleConvNet").savefig("net.svg")
"""

from typing import Any

from dlscratch.graph.node import Node, apply


class _Piece:
    """A layer with its parameters among the inputs, as a graph wants it."""

    def __init__(self, layer: Any):
        self.layer = layer
        self.names = tuple(getattr(layer, "param_names", ()))

    def forward(self, x, *parameters):
        return self.layer.forward(x, True)

    def backward(self, dout):
        dx = self.layer.backward(dout)
        return dx, *(getattr(self.layer, "d" + name) for name in self.names)


class _Loss:
    """The loss, which knows the labels."""

    def __init__(self, layer: Any, t: Any):
        self.layer, self.t = layer, t

    def forward(self, scores):
        return self.layer.forward(scores, self.t)

    def backward(self, dout):
        return self.layer.backward(dout)


def network_graph(net: Any, x: Any, t: Any) -> Node:
    """The loss of a `Network` for the batch x and its labels t, with all gradients.

    One node for each layer; the leaves are x and the parameters, by their names in `net.params`.
    The weight decay is left out.

    >>> import numpy as np
    >>> from dlscratch import MultiLayerNet
    >>> net = MultiLayerNet(4, [3], 2)
    >>> graph = network_graph(net, np.ones((5, 4)), np.zeros(5, dtype=int))
    >>> [node.symbol for node in graph.topological_order() if node.symbol]
    ['Affine', 'ReLU', 'Affine', 'SoftmaxWithLoss']
    """
    names = iter(net.params)
    node = Node(x.astype(net.dtype), "x", constant=True)
    for layer in net.layers:
        piece = _Piece(layer)
        own = [next(names) for _ in piece.names]  # W1, b1 of the first layer that learns, ..
        leaves = [Node(net.params[name], name) for name in own]
        node = apply(type(layer).__name__, piece, node, *leaves)
    loss = apply(type(net.last_layer).__name__, _Loss(net.last_layer, t), node)
    loss.name = "loss"
    loss.backward()
    return loss
