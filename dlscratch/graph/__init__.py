"""Computational graphs (chapter 5): values forwards, gradients backwards, and their picture.

node.py computes, network.py makes the graph of a whole network, layout.py finds the places of the
nodes, drawing.py draws them.
"""

from dlscratch.graph.node import Node, apply, exp, log, operate, relu

__all__ = ["Node", "apply", "exp", "log", "operate", "relu"]
