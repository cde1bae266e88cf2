"""The computational graph of a whole network: a node for each layer, arrays on the edges.

    graph = network_graph(net, x, t)
    draw(graph, "SimpleConvNet").savefig("net.svg")

Layers inside layers have nodes of their own; where branches join, there is a node for that.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from dlscratch.graph.node import Node, apply
from dlscratch.layers.base import named_arrays


class _LayerNode:
    """A layer with its parameters among the inputs, as a graph wants it."""

    def __init__(self, layer: Any):
        self.layer = layer
        self.owners = list(named_arrays([layer], "param_names").values())

    def forward(self, x, *parameters):
        return self.layer.forward(x, True)

    def backward(self, dout):
        dx = self.layer.backward(dout)
        return dx, *(getattr(layer, "d" + name) for layer, name in self.owners)


class _JoinNode:
    """Where the branches of a layer come together."""

    def __init__(self, layer: Any):
        self.layer = layer

    def forward(self, *ys):
        return self.layer.join_outputs(list(ys))

    def backward(self, dout):
        return tuple(self.layer.split(dout))


class _LossNode:
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
    names = {id(array): name for name, array in net.params.items()}

    def leaf(array: np.ndarray) -> Node:
        return Node(array, names[id(array)])

    node = Node(net.as_batch(x), "x", constant=True)
    for layer in net.layers:
        node = _expand(layer, node, leaf)
    loss = apply(type(net.last_layer).__name__, _LossNode(net.last_layer, t), node)
    loss.name = "loss"
    loss.backward()
    return loss


def _expand(layer: Any, node: Node, leaf: Callable[[np.ndarray], Node]) -> Node:
    """The node of the layer's output, made from the node of its input."""
    if layer.flow == "row":
        for inner in layer.children():
            node = _expand(inner, node, leaf)
        return node
    if layer.flow == "branches":
        ends = [_expand(branch, node, leaf) for branch in layer.children()]
        return apply(layer.symbol, _JoinNode(layer), *ends)
    made = _LayerNode(layer)
    parameters = [leaf(getattr(owner, name)) for owner, name in made.owners]
    return apply(type(layer).__name__, made, node, *parameters)
