"""Section 8.1.2: how several networks read an image together: by the mean of their probabilities.

Each network is right about most images, and the errors of one are not quite those of another. Where
one of five is sure of the wrong digit, the four others outvote it; where all are in doubt, the mean
is, too.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np
from tqdm import tqdm

from ch08.ensemble_member import probabilities
from dlscratch.storage.files import atomic_write
from dlscratch.storage.npz import load_arrays, write_arrays
from dlscratch.workers import available_cores, one_blas_thread


class Ensemble:
    """Networks whose mean is taken; they read each image at five places."""

    def __init__(self, nets):
        self.nets = nets

    def arrays(self):
        """What all of them have learned, by name."""
        return {
            f"network{i}/{name}": array
            for i, net in enumerate(self.nets, start=1)
            for name, array in {**net.params, **net.buffers}.items()
        }

    def save(self, path):
        """Write all networks into one file, in float16."""
        halves = {name: array.astype(np.float16) for name, array in self.arrays().items()}
        with atomic_write(path) as file:
            write_arrays(file, halves)

    def load(self, path):
        load_arrays(path, self.arrays())

    def read(self, x):
        """The probabilities of each network at each place: (networks, places, N, 10)."""
        with one_blas_thread(), ThreadPoolExecutor(available_cores()) as threads:
            found = threads.map(lambda net: probabilities(net.predict, x), self.nets)
            bar = tqdm(found, "reading", len(self.nets), leave=False, disable=None)
            return np.stack(list(bar))


def accuracies(p, t):
    """{size: the accuracy of each choice of so many networks}; p: (networks, N, 10)."""
    return {
        size: [
            float((p[list(chosen)].mean(axis=0).argmax(axis=1) == t).mean())
            for chosen in combinations(range(len(p)), size)
        ]
        for size in range(1, len(p) + 1)
    }
