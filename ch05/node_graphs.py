"""Figures 5-6 to 5-13: what a node does to a gradient in the backward pass (5.1 to 5.3).

A node multiplies the gradient that reaches it by its own derivative (5-6). In a row of nodes that
makes a product of derivatives: the chain rule, here for z = (x + y)^2, where dz/dx = 2(x + y) (5-7,
5-8). The derivatives of a sum are 1, so + passes the gradient on (5-9 to 5-11). Those of a product
xy are y and x, so × passes it on times the other input, for which it must remember both (5-12,
5-13).

    python ch05/node_graphs.py

Last line with the default seed: × back: dx, dy | book: 6.5 13 | here: 6.5 13 | holds
"""

from types import SimpleNamespace

from ch05.layer_naive import AddLayer, MulLayer
from dlscratch.book.experiment import Claim, run
from dlscratch.graph import Node, apply
from dlscratch.graph.drawing import draw

UPSTREAM = "∂L/∂z"
ANY = SimpleNamespace(forward=lambda x: x, backward=lambda dout: dout)  # stands for any function


def words(node, above, below):
    """Formulas instead of numbers at the edge of this node."""
    node.above, node.below = above, below
    return node


def any_function():
    x = words(Node(0.0, "x"), "", "E · ∂y/∂x")
    return words(apply("f", ANY, x), "y = f(x)", "E")


def square_of_a_sum():
    x = words(Node(0.0, "x"), "", "1 · 2t · 1")
    y = words(Node(0.0, "y"), "", "1 · 2t · 1")
    t = words(x + y, "t", "1 · 2t")
    return words(t**2, "", "1")


def two_inputs(symbol, layer, dx, dy):
    x = words(Node(0.0, "x"), "", f"{UPSTREAM} · {dx}")
    y = words(Node(0.0, "y"), "", f"{UPSTREAM} · {dy}")
    return words(apply(symbol, layer, x, y), "", UPSTREAM)


def numbers(symbol, layer):
    """The layer between 10 and 5, and 1.3 that comes back (section 5.3)."""
    z = apply(symbol, layer, Node(10, "x"), Node(5, "y"))
    z.backward(1.3)
    return z


def claim(z, name, book):
    ours = " ".join(f"{leaf.grad:.10g}" for leaf in z.inputs)
    return Claim(f"{name} back: dx, dy", book, ours, ours == book)


def main(args):
    add = two_inputs("+", AddLayer(), "1", "1")
    mul = two_inputs("×", MulLayer(), "y", "x")
    inside = two_inputs("+", AddLayer(), "1", "1")
    inside.above = "z"
    loss = words(apply("...", ANY, inside), "", "1")
    for name, title, end, graph in [
        ("5-6_node", "A node and its derivative", "", any_function()),
        ("5-7_5-8_chain_rule", "z = (x + y)²: dz/dx = 2t = 2(x + y)", "z", square_of_a_sum()),
        ("5-9_add", "+ passes the gradient on", "z", add),
        ("5-10_add_inside", "What comes back is the gradient of the end", "L", loss),
        ("5-12_mul", "× multiplies it by the other input", "z", mul),
    ]:
        graph.name = end
        graph.backward()
        args.save(draw(graph, title), f"fig_{name}.png")

    sum_, product = numbers("+", AddLayer()), numbers("×", MulLayer())
    args.save(draw(sum_, "10 + 5, and 1.3 comes back"), "fig_5-11_add_numbers.png")
    args.save(draw(product, "10 × 5, and 1.3 comes back"), "fig_5-13_mul_numbers.png")
    return [claim(sum_, "+", "1.3 1.3"), claim(product, "×", "6.5 13")]


if __name__ == "__main__":
    run(main, __doc__)
