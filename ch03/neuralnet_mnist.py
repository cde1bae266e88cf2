"""Section 3.6.2: a trained network classifies the 10,000 test images.

784 pixels go in, through 50 and 100 sigmoid neurons, and 10 probabilities come out; the highest is
the predicted class. The weights are our own (train_weights.py), so the accuracy is not the book's.
It expects pixels in 0..1, as in training: try --raw, 0..255, to see what normalization is for. If
you have the book's sample_weight.pkl, give it to --weights.

    python ch03/neuralnet_mnist.py
    python ch03/neuralnet_mnist.py --raw

Last line with the default seed: accuracy, image by image | book: 0.9352 | here: 0.9660 | holds
"""

from pathlib import Path

import numpy as np

from dataset.mnist import load_mnist
from dlscratch.book.experiment import Claim, run
from dlscratch.functions import sigmoid, softmax
from dlscratch.storage.files import load_pickle
from dlscratch.storage.npz import copy_into, load_arrays

WEIGHTS = Path(__file__).with_name("sample_weight.npz")


def get_data(normalize=True):
    """The test images, (10000, 784) in 0..1 or 0..255, and their labels, (10000,)."""
    _, (x_test, t_test) = load_mnist(normalize=normalize, flatten=True, one_hot_label=False)
    return x_test, t_test


def init_network(path=WEIGHTS):
    """The learned weights, a dict of W1, b1, W2, b2, W3, b3, from a .npz or the book's .pkl."""
    network = {
        "W1": np.empty((784, 50), np.float32),
        "b1": np.empty(50, np.float32),
        "W2": np.empty((50, 100), np.float32),
        "b2": np.empty(100, np.float32),
        "W3": np.empty((100, 10), np.float32),
        "b3": np.empty(10, np.float32),
    }
    if path.suffix == ".pkl":
        copy_into(network, load_pickle(path, network), path)
    else:
        load_arrays(path, network)  # DataError, as there, if a name or a shape is not as above
    return network


def predict(network, x):
    """Probabilities, (10,) for one image x of (784,), (N, 10) for N images of (N, 784)."""
    z1 = sigmoid(np.dot(x, network["W1"]) + network["b1"])  # (784,) . (784, 50) -> (50,)
    z2 = sigmoid(np.dot(z1, network["W2"]) + network["b2"])  # (50,) . (50, 100) -> (100,)
    return softmax(np.dot(z2, network["W3"]) + network["b3"])  # (100,) . (100, 10) -> (10,)


def claim(what, accuracy, book=0.9352):
    """Our accuracy beside the book's: better weights are no contradiction, worse ones would be."""
    return Claim(what, f"{book:.4f}", f"{accuracy:.4f}", accuracy >= book)


def options(parser):
    parser.add_argument(
        "--weights",
        type=Path,
        default=WEIGHTS,
        metavar="FILE",
        help="learned weights of yours, .npz or .pkl, instead of sample_weight.npz",
    )
    parser.add_argument(
        "--raw", action="store_true", help="pixels as they are stored, 0 to 255, instead of 0 to 1"
    )


def main(args):
    x, t = get_data(normalize=not args.raw)
    network = init_network(args.weights)

    right = 0
    for i in range(len(x)):
        y = predict(network, x[i])
        p = np.argmax(y)  # the index of the highest probability
        right += int(p == t[i])
    what, book = ("accuracy on 0..255", 0.9207) if args.raw else ("accuracy", 0.9352)
    return [claim(f"{what}, image by image", right / len(x), book)]


if __name__ == "__main__":
    run(main, __doc__, options)
