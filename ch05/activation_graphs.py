"""Figures 5-18 to 5-22: ReLU and sigmoid as nodes of a graph (section 5.5).

ReLU is a switch in a circuit: x > 0 lets the signal and the gradient pass, x <= 0 stops both.
The sigmoid 1 / (1 + exp(-x)) is four nodes, and the gradient collects a factor at each: -y^2 at the
division, 1 at the sum, exp(-x) at exp, -1 at the product. Together that is y^2 exp(-x) = y (1 - y):
one node, which only has to keep its output y.

    python ch05/activation_graphs.py
    python ch05/activation_graphs.py --x 4

Last line with the default seed: at x = 1: node by node 0.1966119332, y (1 - y) 0.1966119332
"""

from dlscratch import Sigmoid
from dlscratch.book.experiment import number, run
from dlscratch.graph import Node, apply, exp, relu
from dlscratch.graph.drawing import draw

FORMULAS = {  # symbol: above the edge behind the node, and below it
    "": ("", "∂L/∂y · y² exp(−x)"),
    "×": ("−x", "−∂L/∂y · y² exp(−x)"),
    "exp": ("exp(−x)", "−∂L/∂y · y²"),
    "+": ("1 + exp(−x)", "−∂L/∂y · y²"),
    "/": ("", "∂L/∂y"),
}


def options(parser):
    parser.add_argument(
        "--x",
        type=number(float, at_least=-20, at_most=20),
        default=1.0,
        help="the input of the sigmoid, for the graphs with numbers (default: 1)",
    )


def sigmoid_of(x):
    """The sigmoid of a Node, node by node."""
    y = 1 / (exp(x * -1) + 1)
    y.name = "y"
    return y


def with_formulas(y):
    for node in y.topological_order():
        node.above, node.below = FORMULAS[node.symbol]
    return y


def one_node(x):
    """The same as a single layer, the library's own."""
    y = apply("sigmoid", Sigmoid(), x)
    y.name = "y"
    return y


def main(args):
    for x, title, name in (2.0, "x > 0: open", "open"), (-2.0, "x ≤ 0: shut", "shut"):
        y = relu(Node(x, "x"))
        y.name = "y"
        y.backward(1.3)
        args.save(draw(y, f"ReLU, {title}"), f"fig_5-18_relu_{name}.png")

    y = with_formulas(sigmoid_of(Node(args.x, "x")))
    args.save(draw(y, "Sigmoid"), "fig_5-19_sigmoid.png")
    y.backward()
    args.save(draw(y, "Sigmoid: a factor at each node"), "fig_5-20_sigmoid_backward.png")
    nodes = sigmoid_of(Node(args.x, "x"))
    nodes.backward()
    args.save(draw(nodes, f"The same at x = {args.x:g}"), "fig_5-20_sigmoid_numbers.png")

    layer = one_node(Node(args.x, "x"))
    layer.backward()
    (x,) = layer.inputs
    x.above, layer.above, layer.below = "", "", "∂L/∂y"
    for figure, title, gradient in [
        ("5-21", "Four nodes as one", "∂L/∂y · y² exp(−x)"),
        ("5-22", "y² exp(−x) = y (1 − y)", "∂L/∂y · y (1 − y)"),
    ]:
        x.below = gradient
        args.save(draw(layer, title), f"fig_{figure}_sigmoid_node.png")
    by_nodes = nodes.topological_order()[0].grad
    print(f"at x = {args.x:g}: node by node {by_nodes:.10f}, y (1 - y) {x.grad:.10f}")


if __name__ == "__main__":
    run(main, __doc__, options)
