"""Section 5.7.3: is backpropagation right? Two ways to one gradient, compared.

Measuring a gradient (two forward passes for each of 39,760 weights) is slow and hard to get wrong;
backpropagation is fast and easy to get wrong. Where both agree, the fast one can be trusted. The
means of the differences are the book's measure; a mean hides a single wrong number, so the largest
counts as well, and `check_gradients` does the same for any layer of your own.

    python ch05/gradient_check.py

Last line with the default seed: mean difference b2 | book: 1.2e-10 | here: 1.2e-10 | holds
"""

import numpy as np

from ch05.two_layer_net import TwoLayerNet
from dataset.mnist import load_mnist
from dlscratch import check_gradients
from dlscratch.book.experiment import Claim, run

BOOK = {
    "W1": 2.2232446644e-13,
    "b1": 9.70418809871e-13,
    "W2": 8.41139039497e-13,
    "b2": 1.1945999745e-10,
}
KINK = "a ReLU changes sides within the measured step, and a kink has no slope"


def main(args):
    (x_train, t_train), _ = load_mnist(one_hot_label=True)
    x, t = x_train[:3], t_train[:3]
    hidden = 5 if args.quick else 50
    net = TwoLayerNet(784, hidden, 10, rng=np.random.default_rng(args.seed)).astype(np.float64)

    print(f"measuring {net.params.flat.size:,} slopes ...", flush=True)
    measured = net.numerical_gradient(x, t)
    backprop = net.gradient(x, t)
    claims = []
    for name, book in BOOK.items():
        difference = np.abs(measured[name] - backprop[name])
        print(
            f"{name}: largest difference {difference.max():.1e}, "
            f"largest gradient {np.abs(measured[name]).max():.1e}"
        )
        same_size = difference.mean() < 10 * book
        claims.append(
            Claim(
                f"mean difference {name}",
                f"{book:.1e}",
                f"{difference.mean():.1e}",
                same_size,
                "" if same_size else KINK,
            )
        )

    verdict = check_gradients(net, x, t)
    print(verdict)
    assert verdict, "backpropagation is wrong"
    return claims


if __name__ == "__main__":
    run(main, __doc__)
