"""Figure 8-2: every test image that the deep network misclassifies (section 8.1.1).

In each cell the label is in the top left corner, the network's prediction in the bottom right. Many
of these digits are hard for a human, too: a 6 that is nearly closed to a 0, a 9 left open like a 4.
The script prints how often each pair of digits was confused.

    python ch08/misclassified_mnist.py

Last line with the default seed:
    images read wrongly | book: 62 of 10,000 | here: 60 of 10,000 | holds
"""

from collections import Counter
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ch08.deep_convnet import DeepConvNet
from dataset.mnist import load_mnist
from dlscratch import figures
from dlscratch.book.experiment import Claim, run
from dlscratch.workers import Workers

WEIGHTS = Path(__file__).with_name("deep_convnet_params.npz")  # from train_deepnet.py


def learned_net():
    """DeepConvNet with the weights that train_deepnet.py has learned."""
    net = DeepConvNet()
    net.load(WEIGHTS)
    return net


def confused_pairs(true, read):
    """[((3, 5), 8), ...]: how often two digits were taken for each other, most often first."""
    pairs = Counter(tuple(sorted(pair)) for pair in zip(true.tolist(), read.tolist()))
    return sorted(pairs.items(), key=lambda item: (-item[1], item[0]))


def main(args):
    _, (x, t) = load_mnist(flatten=False)
    if args.quick:
        x, t = x[:1000], t[:1000]
    net = learned_net()
    with Workers(net) as workers:
        parts = tqdm(range(0, len(x), 500), "reading", leave=False, disable=None)
        read = np.concatenate([workers.predict(x[i : i + 500]).argmax(axis=1) for i in parts])
    wrong = np.flatnonzero(read != t)
    if len(wrong) == 0:
        print("no image was read wrongly")
        return []
    args.save(figures.misclassified(net, x[wrong], t[wrong]), "fig_8-2_misclassified.png")

    pairs = confused_pairs(t[wrong], read[wrong])
    print("taken for each other, how often:")
    print(", ".join(f"{a}/{b} {count}" for (a, b), count in pairs))
    named = {(1, 7), (0, 6), (3, 5)} & {pair for pair, _ in pairs}
    ours = ", ".join(f"{a}/{b}" for (a, b), _ in pairs[:5])
    few = len(wrong) / len(t) <= 0.0062
    why = "" if few else "other weights, other mistakes: train_deepnet.py tells of other seeds"
    why = f"--quick reads {len(t):,} images" if args.quick else why
    return [
        Claim(
            "pairs confused", "1/7, 0/6, 3/5", f"{ours} the most", len(named) == 3, why * args.quick
        ),
        Claim("images read wrongly", "62 of 10,000", f"{len(wrong)} of {len(t):,}", few, why),
    ]


if __name__ == "__main__":
    run(main, __doc__)
