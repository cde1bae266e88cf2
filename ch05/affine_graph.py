"""Figures 5-24, 5-25 and 5-27: Y = X . W + B as a graph whose edges carry arrays (section 5.6).

A gradient has the shape of its array, and that alone determines how the dot node passes it on: dX
can only be dY . W^T, dW only X^T . dY (equations 5.13, 5.15). For a batch of N rows B is added to
each of them, so its gradient is the sum of N rows. Each edge shows a shape.

    python ch05/affine_graph.py
    python ch05/affine_graph.py --rows 100

Last line with the default seed: the graph and the layer agree: dX (4, 2), dW (2, 3), dB (3,)
"""

import numpy as np

from dlscratch import Affine
from dlscratch.book.experiment import number, run
from dlscratch.graph import Node
from dlscratch.graph.drawing import draw


def options(parser):
    parser.add_argument(
        "--rows",
        type=number(int, at_least=1, at_most=10000),
        default=4,
        help="N, how many rows the batch has (default: 4)",
    )


def affine(X, W, B):
    """The graph of X . W + B, its three leaves, and random gradients to come back."""
    leaves = Node(X, "X"), Node(W, "W"), Node(B, "B")
    Y = leaves[0] @ leaves[1] + leaves[2]
    Y.name = "Y"
    return Y, leaves


def main(args):
    rng = np.random.default_rng(args.seed)
    W, B = rng.standard_normal((2, 3)), rng.standard_normal(3)

    Y, _ = affine(rng.standard_normal(2), W, B)
    args.save(draw(Y, "Affine, one example"), "fig_5-24_affine.png")
    Y.backward(rng.standard_normal(3))
    args.save(draw(Y, "Gradients have the shapes of their arrays"), "fig_5-25_affine_backward.png")

    X, dY = rng.standard_normal((args.rows, 2)), rng.standard_normal((args.rows, 3))
    Y, leaves = affine(X, W, B)
    Y.backward(dY)
    args.save(draw(Y, f"Affine, a batch of {args.rows}"), "fig_5-27_affine_batch.png")

    layer = Affine(W, B)
    assert np.allclose(layer.forward(X), Y.value)
    for leaf, gradient in zip(leaves, (layer.backward(dY), layer.dW, layer.db)):
        assert np.allclose(leaf.grad, gradient)
    shapes = ", ".join(f"d{leaf.name} {leaf.grad.shape}" for leaf in leaves)
    print(f"the graph and the layer agree: {shapes}")


if __name__ == "__main__":
    run(main, __doc__, options)
