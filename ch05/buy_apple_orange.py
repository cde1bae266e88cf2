"""Figures 5-3, 5-4, 5-15 and 5-17: two apples and three oranges (section 5.4.2).

A sum passes its gradient on unchanged: one more for the apples costs as much as one more for the
oranges, 1.1 with the tax. Each node needs only its own inputs and the gradient that reaches it:
whether the rest is one orange or a full basket makes no difference to the apples' nodes.

    python ch05/buy_apple_orange.py

Last line with the default seed:
    dapple_num, dapple, dorange, dorange_num, dtax | book: 110 2.2 3.3 165 650 |
    here: 110 2.2 3.3 165 650 | holds
"""

from ch05.layer_naive import AddLayer, MulLayer
from dlscratch.book.experiment import Claim, run
from dlscratch.graph import Node, apply
from dlscratch.graph.drawing import draw


def payment(hidden=False):
    """The graph of the purchase; hidden=True: boxes to fill in where the gradients stand."""
    leaves = [
        Node(100, "price of an apple"),
        Node(2, "number of apples"),
        Node(150, "price of an orange"),
        Node(3, "number of oranges"),
        Node(1.1, "tax"),
    ]
    apple, apple_num, orange, orange_num, tax = leaves
    apples = apply("×", MulLayer(), apple, apple_num)
    oranges = apply("×", MulLayer(), orange, orange_num)
    fruit = apply("+", AddLayer(), apples, oranges)
    price = apply("×", MulLayer(), fruit, tax)
    price.name = "payment"
    if hidden:
        for node in *leaves, apples, oranges, fruit:
            node.below = "?"
    return price


def basket():
    """Apples and a basket of other things: 4000, however they came about."""
    apples = apply("×", MulLayer(), Node(100, "price of an apple"), Node(2, "number of apples"))
    price = apply(
        "×",
        MulLayer(),
        apply("+", AddLayer(), apples, Node(4000, "many other things")),
        Node(1.1, "tax"),
    )
    price.name = "payment"
    return price


def main(args):
    mul_apple_layer = MulLayer()
    mul_orange_layer = MulLayer()
    add_apple_orange_layer = AddLayer()
    mul_tax_layer = MulLayer()

    # forward
    apple_price = mul_apple_layer.forward(100, 2)
    orange_price = mul_orange_layer.forward(150, 3)
    all_price = add_apple_orange_layer.forward(apple_price, orange_price)
    price = mul_tax_layer.forward(all_price, 1.1)

    # backward, in reverse order
    dall_price, dtax = mul_tax_layer.backward(1)
    dapple_price, dorange_price = add_apple_orange_layer.backward(dall_price)
    dorange, dorange_num = mul_orange_layer.backward(dorange_price)
    dapple, dapple_num = mul_apple_layer.backward(dapple_price)

    args.save(draw(payment(), "Two apples and three oranges"), "fig_5-3_fruit.png")
    args.save(draw(basket(), "Every node minds its own business"), "fig_5-4_basket.png")
    for hidden, title, name in [
        (True, "Which numbers belong here?", "fig_5-15_exercise.png"),
        (False, "What does each number do?", "fig_5-17_fruit_backward.png"),
    ]:
        graph = payment(hidden)
        graph.backward()
        args.save(draw(graph, title), name)

    names = "dapple_num, dapple, dorange, dorange_num, dtax"
    gradients = (dapple_num, dapple, dorange, dorange_num, dtax)
    ours = " ".join(f"{gradient:.10g}" for gradient in gradients)
    return [
        Claim("price", "715", f"{price:.10g}", f"{price:.10g}" == "715"),
        Claim(names, "110 2.2 3.3 165 650", ours, ours == "110 2.2 3.3 165 650"),
    ]


if __name__ == "__main__":
    run(main, __doc__)
