"""Section 4.4.2: the gradient of a loss with respect to the weights of a network.

The network is one matrix W of 2 x 3 weights, its loss the cross entropy of softmax(x . W). dL/dW
has W's shape (equation 4.8), and every number in it says what its weight does to the loss: where
it is 0.2, a weight larger by h makes the loss larger by 0.2 h, so it should shrink. W is the book's
here; --random draws another one.

    python ch04/gradient_simplenet.py
    python ch04/gradient_simplenet.py --random --seed 1

Last line with the default seed:
    dW[1] | book: 0.32887144, 0.21534370, -0.54421514 |
    here: 0.32887144, 0.21534370, -0.54421514 | holds
"""

import numpy as np

from dlscratch import log_softmax, numerical_gradient
from dlscratch.book.experiment import Claim, run

W = np.array([[0.47355232, 0.9977393, 0.84668094], [0.85557411, 0.03563661, 0.69422093]])


class simpleNet:
    """One layer, x . W, and a softmax with cross entropy; W: (2, 3)."""

    def __init__(self, rng=None):
        rng = np.random.default_rng(rng)
        self.W = rng.standard_normal((2, 3))

    def predict(self, x):
        return np.dot(x, self.W)  # (2,) . (2, 3) -> (3,)

    def loss(self, x, t):
        """t: one-hot, (3,). The logarithm is taken of the softmax in one step, without a 1e-7."""
        return float(-np.sum(t * log_softmax(self.predict(x))))


def options(parser):
    parser.add_argument("--random", action="store_true", help="draw W with the seed")


def main(args):
    x = np.array([0.6, 0.9])
    t = np.array([0, 0, 1])
    net = simpleNet(np.random.default_rng(args.seed))
    if not args.random:
        net.W = W.copy()

    p = net.predict(x)
    loss = net.loss(x, t)
    dW = numerical_gradient(lambda W: net.loss(x, t), net.W)
    print(f"the largest p is number {np.argmax(p)}, the label is number {np.argmax(t)}")
    if args.random:
        print(f"W:\n{net.W}\np: {p}, loss: {loss:.8f}\ndW:\n{dW}")
        return []

    def claim(what, book, ours):
        book, ours = (", ".join(f"{value:.8f}" for value in v) for v in (book, np.atleast_1d(ours)))
        return Claim(what, book, ours, book == ours)

    return [
        claim("p", [1.05414809, 0.63071653, 1.1328074], p),
        # the book goes on, 0.928068536634.., because its W has more than the 8 digits it prints
        claim("loss", [0.92806854], loss),
        claim("dW[0]", [0.21924763, 0.14356247, -0.36281009], dW[0]),
        claim("dW[1]", [0.32887144, 0.2153437, -0.54421514], dW[1]),
    ]


if __name__ == "__main__":
    run(main, __doc__, options)
