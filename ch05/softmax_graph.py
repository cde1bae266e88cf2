"""Figures 5-28 to 5-30 and appendix A: why softmax and cross entropy go together (section 5.6.3).

Node by node it is a tangle of exp, sums, a division and logarithms (A-2 to A-5, 5-29), yet the
gradient of the scores is simple: y - t, the prediction minus the truth (5-30). That is no accident:
cross entropy was designed to suit softmax, as the squared error suits the identity. A prediction
that is confident and right, (0.01, 0.99, 0), is hardly corrected: (0.01, -0.01, 0).

    python ch05/softmax_graph.py
    python ch05/softmax_graph.py --scores 1 5 0.5 --label 1

Last line with the default seed: gradient of a sure answer | book: 0.01, -0.01, 0 |
    here: 0.01, -0.01, 0 | holds
"""

from types import SimpleNamespace

import numpy as np

from ch05.node_graphs import ANY, words
from dlscratch import SoftmaxWithLoss, softmax
from dlscratch.book.experiment import Claim, number, run
from dlscratch.graph import Node, apply, exp, log, operate
from dlscratch.graph.drawing import draw


def options(parser):
    parser.add_argument(
        "--scores",
        type=number(float, at_least=-20, at_most=20),
        nargs=3,
        default=[0.3, 2.9, 4.0],
        metavar=("A1", "A2", "A3"),
        help="the scores (default: 0.3 2.9 4.0)",
    )
    parser.add_argument(
        "--label", type=int, choices=(1, 2, 3), default=3, help="the right class (default: 3)"
    )


def softmax_nodes(scores):
    """y_k = exp(a_k) / S for a list of Nodes (equation A.1)."""
    powers = [exp(a) for a in scores]
    inverse = 1 / operate("+", *powers)
    return [power * inverse for power in powers]


def cross_entropy_nodes(y, t):
    """-sum_k t_k log y_k (equation A.2)."""
    loss = operate("+", *(log(y_k) * t_k for y_k, t_k in zip(y, t))) * -1
    loss.name = "L"
    return loss


def leaves(values, letter, constant=False):
    return [Node(float(v), f"{letter}{k}", constant) for v, k in zip(values, "₁₂₃")]


def two_boxes():
    """The two layers as one box each, and what goes back between them (Figs 5-30 and A-1)."""
    a, t = words(Node(0.0, "a"), "", "y − t"), words(Node(0.0, "t", constant=True), "", "")
    y = words(apply("Softmax", ANY, a), "y", "−t / y")
    pair = SimpleNamespace(forward=lambda y, t: y, backward=lambda dout: (dout, dout))
    loss = words(apply("Cross Entropy Error", pair, y, t), "", "1")
    loss.name = "L"
    loss.backward()
    return loss


def claim(what, y, book):
    """The gradient at the scores whose softmax is y, if the second class is right."""
    head = SoftmaxWithLoss()
    y = np.array([y])
    head.forward(np.log(np.maximum(y, 1e-30)), np.array([1]))
    ours = ", ".join(f"{gradient:.10g}" for gradient in head.backward()[0].round(12))
    return Claim(f"gradient of {what}", book, ours, ours == book)


def main(args):
    t = np.eye(3)[args.label - 1]
    a = leaves(args.scores, "a")
    loss = cross_entropy_nodes(softmax_nodes(a), leaves(t, "t", constant=True))
    args.save(draw(loss, "Softmax and cross entropy"), "fig_A-2_A-3_forward.png")
    loss.backward()
    args.save(draw(loss, "What arrives at the scores is y − t"), "fig_5-29_A-5_backward.png")

    args.save(draw(two_boxes(), "Softmax-with-Loss"), "fig_5-30_A-1_boxes.png")
    y = softmax(np.array(args.scores))
    loss = cross_entropy_nodes(leaves(y, "y"), leaves(t, "t", constant=True))
    loss.backward()
    args.save(draw(loss, "Cross entropy: −t / y"), "fig_A-4_cross_entropy.png")

    head = SoftmaxWithLoss()
    head.forward(np.array([args.scores]), t[None])
    print(f"y - t:         {(y - t).round(8)}")
    print(f"by the graph:  {np.round([a_k.grad for a_k in a], 8)}")
    print(f"by the layer:  {head.backward()[0].round(8)}")
    scores = np.array([0.3, 5.3, 0.01, 10.1])
    for score, probability in zip(scores, softmax(scores)):
        print(f"Fig 5-28: score {score:5.2f} -> probability {probability:.5f}")
    return [
        claim("a wrong answer", [0.3, 0.2, 0.5], "0.3, -0.8, 0.5"),
        claim("a sure answer", [0.01, 0.99, 0.0], "0.01, -0.01, 0"),
    ]


if __name__ == "__main__":
    run(main, __doc__, options)
