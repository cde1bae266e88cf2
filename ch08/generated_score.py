"""Section 8.5.2: how good are images that nobody has seen before? Three measures.

A generated image has no label to be right about. So our own DeepConvNet looks at many of them.
* Score: each should be read surely as one digit, together they should be all ten. It is exp of the
  mean divergence of each reading from the mean reading, 1 to 10 for ten classes: the Inception
  score (Salimans and others, 2016), by a reader of digits.
* Frechet distance: their features should be spread as those of real images are (FID; Heusel and
  others, 2017). Only distances of the same features compare: here the 50 numbers behind the first
  Affine layer and its ReLU.
* A generator could pass both by copying: so look up the training image nearest to each.
No measure is enough by itself, as the script shows: DeepConvNet reads half of pure noise surely.

    python ch08/generated_score.py

Last line with the default seed:
    digits: score 9.76 of 10, 98.4% read surely, distance 1.1
"""

import numpy as np

from ch08.misclassified_mnist import learned_net
from dataset.mnist import load_mnist
from dlscratch import AveragePooling, softmax
from dlscratch.book.experiment import run

FEATURES_END = 18  # DeepConvNet's layers up to its first Affine layer and the ReLU behind it
SURE = 0.9


def read_and_features(x, batch_size=500):
    """What DeepConvNet makes of images (N, 1, 28, 28), 0 .. 1: probabilities (N, 10), features."""
    net = learned_net()
    features = []
    for i in range(0, len(x), batch_size):
        h = x[i : i + batch_size]
        for layer in net.layers[:FEATURES_END]:
            h = layer.forward(h)
        features.append(h)
    features = h = np.concatenate(features)
    for layer in net.layers[FEATURES_END:]:
        h = layer.forward(h)
    return softmax(h), features


def class_score(p):
    """exp of the mean of KL(p_n || mean of p), for probabilities p (N, classes): 1 .. classes.

    >>> round(class_score(np.eye(10)), 6), round(class_score(np.full((5, 10), 0.1)), 6)
    (10.0, 1.0)
    """
    p = p.astype(np.float64)
    ratio = np.where(p > 0, p, 1) / np.where(p > 0, p.mean(axis=0), 1)  # 0 log 0 = 0
    return float(np.exp((p * np.log(ratio)).sum(axis=1).mean()))


def sure_share(p):
    """The share of the readings p (N, classes) whose best class has more than 0.9."""
    return float((p.max(axis=1) > SURE).mean())


def frechet_distance(a, b):
    """Squared, between the Gaussians that fit the features a (N, D) and b (M, D) best.

    |mean a - mean b|^2 + trace(A + B - 2 sqrt(A B)), with the covariances A and B.
    """
    a, b = a.astype(np.float64), b.astype(np.float64)
    shift = a.mean(axis=0) - b.mean(axis=0)
    A, B = np.cov(a.T), np.cov(b.T)
    # A B and R B R, with R R = A, have the same eigenvalues; R B R is symmetric, so they are real
    values, vectors = np.linalg.eigh(A)
    R = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    common = np.sqrt(np.maximum(np.linalg.eigvalsh(R @ B @ R), 0)).sum()
    return float(shift @ shift + np.trace(A) + np.trace(B) - 2 * common)


def nearest(x, among, block=100):
    """For each image of x the nearest of the images `among`: its place, and the distance.

    Distance is the root of the mean square of the pixels' differences.
    """
    x, among = x.reshape(len(x), -1), among.reshape(len(among), -1)  # (N, 1, H, W) -> (N, H*W)
    squares = np.square(among).sum(axis=1)
    places = []
    for i in range(0, len(x), block):
        # |x - y|^2 = |x|^2 - 2 x.y + |y|^2, and |x|^2 is the same for every y
        places.append((squares - 2 * (x[i : i + block] @ among.T)).argmin(axis=1))
    places = np.concatenate(places)
    return places, np.sqrt(np.square(x - among[places]).mean(axis=1))


def main(args):
    (x, t), _ = load_mnist(flatten=False)
    half = 400 if args.quick else 2000
    x, t, others = x[:half], t[:half], x[half : 2 * half]
    kinds = {
        "noise": np.random.default_rng(args.seed).random(x.shape, dtype=np.float32),
        "only ones": x[t == 1],
        "digits blurred over 5 x 5 pixels": AveragePooling(5, 5, stride=1, pad=2).forward(x),
        "two digits, one over the other": np.maximum(x, np.roll(x, 1, axis=0)),
        "digits": x,
    }
    _, real = read_and_features(others)
    for name, images in kinds.items():
        p, features = read_and_features(images)
        print(
            f"{name}: score {class_score(p):.2f} of 10, {sure_share(p):.1%} read surely, "
            f"distance {frechet_distance(features, real):.1f}"
        )


if __name__ == "__main__":
    run(main, __doc__)
