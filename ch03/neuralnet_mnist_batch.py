"""Section 3.6.3, Figs 3-26 and 3-27: the same network classifies the images 100 at a time.

A matrix product takes a batch as it takes one image: (100, 784) . (784, 50) -> (100, 50). The
results are the same, but faster, because NumPy computes a few large products instead of many small
ones.

    python ch03/neuralnet_mnist_batch.py
    python ch03/neuralnet_mnist_batch.py --batch-size 1000

Last line with the default seed: accuracy, batch by batch | book: 0.9352 | here: 0.9660 | holds
"""

import time

import numpy as np

from ch03.neuralnet_mnist import claim, get_data, init_network, predict
from dlscratch.book.experiment import number, run


def options(parser):
    parser.add_argument(
        "--batch-size",
        type=number(int, at_least=1),
        default=100,
        help="how many images go through the network at once (default: 100)",
    )


def count_right(network, x, t, batch_size):
    """How many of the images x, (N, 784), the network reads as their labels t, (N,)."""
    right = 0
    for i in range(0, len(x), batch_size):
        y = predict(network, x[i : i + batch_size])  # (batch, 784) -> (batch, 10)
        p = np.argmax(y, axis=1)  # (batch, 10) -> (batch,): the highest of each row
        right += int(np.sum(p == t[i : i + batch_size]))
    return right


def main(args):
    x, t = get_data()
    network = init_network()
    print(x.shape, x[0].shape, *(network[W].shape for W in ("W1", "W2", "W3")))

    claims = []
    for what, size in ("image by image", 1), ("batch by batch", args.batch_size):
        start = time.perf_counter()
        right = count_right(network, x, t, size)
        print(f"{what}: {right} right, {time.perf_counter() - start:.2f} seconds")
        claims.append(claim(f"accuracy, {what}", right / len(x)))
    return claims


if __name__ == "__main__":
    run(main, __doc__, options)
