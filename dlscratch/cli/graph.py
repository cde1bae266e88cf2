"""Draw the computational graph of an expression, or of a network, as chapter 5 does.

    dlscratch graph "payment = apple * 2 * 1.1" apple=100
    dlscratch graph "1 / (1 + exp(-x))" x=1 --out sigmoid.svg
    dlscratch graph "tanh(x) * max(x, y)" x=1 y=2
    dlscratch graph "X @ W + b" X=[[1,2],[3,4]] W=[[1,0,2],[0,1,1]] b=[0,0,1]
    dlscratch graph ch07/simple_convnet

Values stand above the edges, gradients below; of arrays the shapes. Where the result is an array,
the gradients are those of its sum. What is wider than a page goes on below, as text does. The
ending of --out decides between PNG, SVG and PDF.
"""

from pathlib import Path

import numpy as np

from dlscratch.book.experiment import number
from dlscratch.cli.script_names import UsageError

ENDINGS = (".png", ".svg", ".pdf")


def options(parser):
    parser.add_argument("what", help="an expression, or a file with a network, or FILE:CLASS")
    parser.add_argument(
        "values", nargs="*", default=[], metavar="NAME=VALUE", help="for the expression"
    )  # the default tells argparse that none is needed
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("graph.png"),
        metavar="FILE",
        help="where to draw it (default: graph.png)",
    )
    parser.add_argument("--title", default="", help="above the graph")
    parser.add_argument(
        "--forward", action="store_true", help="values alone: leave the gradients out"
    )
    parser.add_argument("--args", default="", metavar="ARGUMENTS", help="of the network's class")
    parser.add_argument(
        "--batch",
        type=number(int, at_least=1, at_most=10000),
        default=100,
        help="rows of the network's input (default: 100)",
    )


def main(args):
    from dlscratch.graph.drawing import draw

    if args.out.suffix.lower() not in ENDINGS:
        raise UsageError(f"--out must end in {', '.join(ENDINGS)}, got {args.out}")
    if any(sign in args.what for sign in "+*@=^( ") or args.values:
        graph = _of_expression(args)
    else:
        graph = _of_network(args)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    try:
        draw(graph, args.title).savefig(args.out)
    except ValueError as error:  # of the title alone: the rest is numbers and names
        args.out.unlink(missing_ok=True)
        hint = f"{error!s:.200}".strip().splitlines()[-1]
        raise UsageError(f"--title {args.title!r} cannot be set in TeX: {hint}") from None
    print(f"graph: {args.out}")


def _of_expression(args):
    from dlscratch.graph.expression import ExpressionError, parse, value

    try:
        with np.errstate(all="raise", under="ignore"):
            graph = parse(args.what, dict(map(value, args.values)))
            if not args.forward:
                graph.backward(1.0 if np.ndim(graph.value) == 0 else np.ones(np.shape(graph.value)))
    except ExpressionError as error:
        raise UsageError(str(error)) from None
    except (ArithmeticError, ValueError, TypeError) as error:
        raise UsageError(f"{args.what}: {error}") from None
    print(f"{graph.name or 'value'} = {_text(graph.value)}")
    if not args.forward:
        for leaf in graph.topological_order():
            if not (leaf.symbol or leaf.constant):
                print(f"gradient by {leaf.name} = {_text(leaf.grad)}")
    return graph


def _text(value):
    return f"{value:.10g}" if np.ndim(value) == 0 else np.array2string(value, separator=", ")


def _of_network(args):
    from dlscratch.cli.load_class import make_network
    from dlscratch.graph.network import network_graph

    rng = np.random.default_rng(0)
    try:
        net = make_network(args.what, args.args, rng)
    except UsageError as error:
        hint = f"; as an expression it needs a value: {args.what}=3"
        raise UsageError(f"{error}{hint if args.what.isidentifier() else ''}") from None
    x = rng.standard_normal((args.batch, *net.summary().input_shape))
    t = rng.integers(net.predict(x[:1]).shape[1], size=args.batch)
    graph = network_graph(net, x, t)
    if args.forward:
        for node in graph.topological_order():
            node.input_grads, node.grad = (), None
    return graph
