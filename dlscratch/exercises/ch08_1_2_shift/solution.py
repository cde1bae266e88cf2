"""Augmentation: images shifted by a few pixels are new images (section 8.1.2).

A 3 that stands two pixels further to the right is still a 3, but to the network it is an image that
it has never seen. So each time an image is used for training, it is moved by a small distance that
is drawn anew: the network learns from more images than there are, and nobody has to collect them.

    y[c, i, j] = x[c, i - down, j - right]      where that is inside of x; else 0

What is moved out of the image is lost, and on the other side zeros come in. All channels of an
image move together.

Write:

    move(image, down, right)   image: (C, H, W); down, right: whole numbers, negative ones move it
                               up and left; returns the moved image, same shape and dtype
    shift(x, pixels, rng)      x: (N, C, H, W); moves each image by its own down and right, both
                               whole numbers from -pixels to pixels, each as likely as any other;
                               returns the moved images, same shape and dtype

Draw from rng, a generator of random numbers: rng.integers(a, b) draws from a, ..., b - 1. Neither
image nor x is written to.

>>> image = np.arange(1, 10).reshape(1, 3, 3)
>>> move(image, 1, -1)
array([[[0, 0, 0],
        [2, 3, 0],
        [5, 6, 0]]])
>>> x = np.ones((500, 1, 28, 28))
>>> y = shift(x, 2, np.random.default_rng(0))
>>> y.shape, int(y.sum(axis=(1, 2, 3)).min()), int(y.sum(axis=(1, 2, 3)).max())
((500, 1, 28, 28), 676, 784)
"""

import numpy as np


def move(image, down, right):
    C, H, W = image.shape
    border = max(abs(down), abs(right))
    padded = np.pad(image, [(0, 0), (border, border), (border, border)])
    top, left = border - down, border - right
    return padded[:, top : top + H, left : left + W]


def shift(x, pixels, rng):
    downs, rights = rng.integers(-pixels, pixels + 1, size=(2, len(x)))
    return np.stack([move(*each) for each in zip(x, downs, rights)])
