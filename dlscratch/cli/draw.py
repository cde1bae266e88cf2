"""Draw a digit in the browser and see how a network classifies it, or watch a network learn.

    dlscratch draw
    dlscratch draw --network ch07 --port 8080 --no-browser

The page shows the ten probabilities of both networks, the feature maps of every convolution, and
the gradient of any score on the drawing. Its other tabs: Train shows a network while it learns,
from points or from MNIST; Race lets four optimizers go downhill; Graph steps through an expression,
forward and backward; Look inside takes any number of any layer apart. It is served on this machine
alone; Ctrl-C ends it.
"""

import importlib
import sys

from dataset.mnist import load_mnist
from dlscratch.book.chapters import ROOT
from dlscratch.book.experiment import has_screen, number
from dlscratch.storage.files import DataError

NETWORKS = {  # name: module, class; the weights lie beside the module, as the chapter trained them
    "ch07": ("simple_convnet", "SimpleConvNet"),
    "ch08": ("deep_convnet", "DeepConvNet"),
}

LOADED = 2000  # images: enough misread ones, found in a second or two, and enough to learn from


def options(parser):
    parser.add_argument(
        "--network",
        choices=NETWORKS,
        default="ch08",
        help="whose feature maps are shown at first (default: ch08); the page has a switch",
    )
    parser.add_argument(
        "--port",
        type=number(int, at_least=0, at_most=65535),
        default=8028,
        help="where to serve (default: 8028); another one if it is taken",
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address alone")


def main(args):
    networks = {name: learned(name) for name in NETWORKS}
    with start(networks, args.port, digits(), digits("train")) as server:
        address = f"{server.address}#{args.network}"
        print(f"draw at {address} - Ctrl-C ends it", flush=True)
        if has_screen() and not args.no_browser:
            import webbrowser

            webbrowser.open(address)  # returns False if there is none; the address is printed
        server.serve_forever()


def learned(name):
    """The network of a chapter with the weights that it has learned."""
    module, kind = NETWORKS[name]
    net = getattr(importlib.import_module(f"{name}.{module}"), kind)()
    net.load(ROOT / name / f"{module}_params.npz")
    return net


def digits(kind="test"):
    """The first images to "train" or "test" with, (2000, 28, 28), and their labels.

    None where there is no MNIST.
    """
    try:
        train, test = load_mnist(normalize=False, flatten=False)
    except DataError:
        return None
    x, t = train if kind == "train" else test
    return x[:LOADED, 0].copy(), t[:LOADED].copy()  # without the 60,000 others behind them


def start(networks, port, digits=None, to_learn=None):
    """A server at this port, or at any free one."""
    from dlscratch.demo.server import DrawServer

    try:
        return DrawServer(networks, port, digits, to_learn)
    except OSError as error:
        print(f"port {port}: {error.strerror}; taking another one", file=sys.stderr)
        return DrawServer(networks, digits=digits, to_learn=to_learn)
