"""Figures 3-15 to 3-20: a signal passes through a network of three layers (section 3.4).

Each layer is one matrix product, A = X W + B (equation 3.9), and one activation, Z = h(A).
Two inputs become three signals, then two, then the two outputs. The last activation is the
identity, as for regression; for classes it would be softmax.

    python ch03/three_layer_net.py
    python ch03/three_layer_net.py --x 2 -1

Last line with the default seed: Y  = [0.31682708 0.69627909]
"""

import numpy as np

from dlscratch.book.experiment import number, run
from dlscratch.functions import identity_function, sigmoid


def init_network():
    return {
        "W1": np.array([[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]]),
        "b1": np.array([0.1, 0.2, 0.3]),
        "W2": np.array([[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]]),
        "b2": np.array([0.1, 0.2]),
        "W3": np.array([[0.1, 0.3], [0.2, 0.4]]),
        "b3": np.array([0.1, 0.2]),
    }


def forward(network, x):
    """Every signal on the way from x, (2,), to the output: A1, Z1, A2, Z2, Y."""
    W1, W2, W3 = network["W1"], network["W2"], network["W3"]
    b1, b2, b3 = network["b1"], network["b2"], network["b3"]

    a1 = np.dot(x, W1) + b1  # (2,) . (2, 3) -> (3,)
    z1 = sigmoid(a1)
    a2 = np.dot(z1, W2) + b2  # (3,) . (3, 2) -> (2,)
    z2 = sigmoid(a2)
    a3 = np.dot(z2, W3) + b3  # (2,) . (2, 2) -> (2,)
    y = identity_function(a3)
    return {"A1": a1, "Z1": z1, "A2": a2, "Z2": z2, "Y": y}


def options(parser):
    parser.add_argument(
        "--x",
        type=number(),
        nargs=2,
        default=[1.0, 0.5],
        metavar=("X1", "X2"),
        help="the two input signals (default: 1.0 0.5)",
    )


def main(args):
    for name, signal in forward(init_network(), np.array(args.x)).items():
        print(f"{name:2} = {signal}")


if __name__ == "__main__":
    run(main, __doc__, options)
