"""Figures 5-1, 5-2, 5-5, 5-14, 5-16: two apples, and how each number changes the payment (5.4.1).

Forwards: 100 x 2 = 200, with the tax 220. Backwards: 1 at the end, and every node on
the way back multiplies by its own derivative. What arrives at the apple is 2.2: if an apple costs 1
more, the payment is 2.2 higher. The tax is 1.1, so its gradient of 200 is for a tax higher by 1,
that is by 100 %. The numbers in the figures are those that the layers returned.

    python ch05/buy_apple.py
    python ch05/buy_apple.py --apple 120 --number 5 --tax 1.08

Last line with the default seed:
    dapple, dapple_num, dtax | book: 2.2 110 200 | here: 2.2 110 200 | holds
"""

from types import SimpleNamespace

from ch05.layer_naive import MulLayer
from dlscratch.book.experiment import Claim, number, run
from dlscratch.graph import Node, apply
from dlscratch.graph.drawing import draw

SHOP = {"apple": 100, "number": 2, "tax": 1.1}  # the book's numbers


def options(parser):
    meaning = {"apple": "price of an apple", "number": "how many", "tax": "1.1 for 10 %%"}
    for name, text in meaning.items():
        parser.add_argument(
            f"--{name}",
            type=number(float, at_least=0, at_most=1e6),
            default=SHOP[name],
            help=f"{text} (default: {SHOP[name]})",
        )


def times(n, x):
    """A node that multiplies by a number written into it, as in Fig 5-1."""
    layer = SimpleNamespace(forward=lambda x: x * n, backward=lambda dout: dout * n)
    return apply(f"×{n:g}", layer, x)


def payment(apple, apple_num, tax):
    """The graph of the purchase, made of layers; the arguments are its leaves."""
    price = apply("×", MulLayer(), apply("×", MulLayer(), apple, apple_num), tax)
    price.name = "payment"
    return price


def draw_all(args):
    """Figs 5-1 (factors in the nodes), 5-2 (as leaves), 5-5 (back to the apple), 5-14 (to all)."""

    def leaves(constant=False):
        return (
            Node(args.apple, "price of an apple"),
            Node(args.number, "number", constant),
            Node(args.tax, "tax", constant),
        )

    price = times(args.tax, times(args.number, leaves()[0]))
    price.name = "payment"
    args.save(draw(price, "Apples and the tax"), "fig_5-1_apple.png")
    args.save(draw(payment(*leaves()), "The factors are inputs, too"), "fig_5-2_apple.png")
    price = payment(*leaves(constant=True))
    price.backward()
    args.save(draw(price, "What does the price of an apple do?"), "fig_5-5_apple_price.png")
    price = payment(*leaves())
    price.backward()
    args.save(draw(price, "What does each number do?"), "fig_5-14_5-16_apple_backward.png")


def main(args):
    apple, apple_num, tax = args.apple, args.number, args.tax
    mul_apple_layer = MulLayer()
    mul_tax_layer = MulLayer()

    # forward
    apple_price = mul_apple_layer.forward(apple, apple_num)
    price = mul_tax_layer.forward(apple_price, tax)

    # backward, in reverse order
    dprice = 1
    dapple_price, dtax = mul_tax_layer.backward(dprice)
    dapple, dapple_num = mul_apple_layer.backward(dapple_price)

    draw_all(args)
    if {"apple": apple, "number": apple_num, "tax": tax} != SHOP:
        print(f"price: {price:.6g}; dapple, dapple_num, dtax: {dapple:g} {dapple_num:g} {dtax:g}")
        return []
    ours = f"{dapple:.10g} {dapple_num:.10g} {dtax:.10g}"
    return [
        Claim("price", "220", f"{price:.10g}", f"{price:.10g}" == "220"),
        Claim("dapple, dapple_num, dtax", "2.2 110 200", ours, ours == "2.2 110 200"),
    ]


if __name__ == "__main__":
    run(main, __doc__, options)
