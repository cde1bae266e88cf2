"""The images that the long trainings learn from: all or a few, as they are or shifted (Figure 8-4).

A digit that is moved by a pixel or two is still that digit, but all its numbers are others: whoever
shifts the images a little, differently each time, has endless examples of them (section 8.1.2).
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dataset.mnist import load_mnist

REACH = 2  # pixels


def load_images(few):
    """(x, t) to train with and (x, t) to test with, x: (N, 1, 28, 28); the first few, or all."""
    (x, t), (x_test, t_test) = load_mnist(flatten=False)
    if few:
        return (x[:2000], t[:2000]), (x_test[:1000], t_test[:1000])
    return (x, t), (x_test, t_test)


class ShiftedImages:
    """Images that are shifted a little whenever they are drawn for a mini-batch.

    images: (N, C, H, W). rng: draws the shifts. A list of rows comes shifted; a slice comes as it
    is, for accuracy is measured on the images themselves.
    """

    def __init__(self, images, rng):
        self.images = images
        self.rng = rng

    def __len__(self):
        return len(self.images)

    def __getitem__(self, rows):
        images = self.images[rows]
        return images if isinstance(rows, slice) else shifted(images, self.rng)


def shifted(images, rng):
    """Each image moved by up to REACH pixels, down or up and right or left; 0 moves in."""
    N, _, H, W = images.shape
    padded = np.pad(images, [(0, 0), (0, 0), (REACH, REACH), (REACH, REACH)])
    places = sliding_window_view(padded, (H, W), axis=(2, 3))  # N x C x 5 x 5 x H x W, a view
    down, right = rng.integers(2 * REACH + 1, size=(2, N))
    return places[np.arange(N), :, down, right]
