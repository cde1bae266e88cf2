"""The images of the long trainings: all or a few, as they are or shifted (Figure 8-4).

A digit that is moved by a pixel or two is still the same digit, but all its pixels change: shifting
the images a little, differently each time, gives unlimited examples (section 8.1.2).
"""

from dataset.mnist import load_mnist
from dlscratch import shift

REACH = 2  # pixels


def load_images(few):
    """(x, t) to train with and (x, t) to test with, x: (N, 1, 28, 28); the first few, or all."""
    (x, t), (x_test, t_test) = load_mnist(flatten=False)
    if few:
        return (x[:2000], t[:2000]), (x_test[:1000], t_test[:1000])
    return (x, t), (x_test, t_test)


def shifted(images, rng):
    """The images of a batch, each moved by up to REACH pixels: `Trainer(.., augment=shifted)`."""
    return shift(images, REACH, rng)
