"""The door of weights: `Network.load`, fed with files that are damaged or made to fit badly."""

import io
import zipfile

import numpy as np

from dlscratch import Affine, BatchNorm, DataError, Network, ReLU
from tests.fuzz.damage import damaged
from tests.fuzz.trial import Door, Wrong, expect_one_line

HEADERS = [  # put in place of a sound header
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4, 0), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }",
    "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (3,), }",
    "{'descr': '<U1000000000', 'fortran_order': False, 'shape': (), }",
    "{'descr': '<f4', 'fortran_order': 7, 'shape': (True, 3), }",
    "{'descr': '<c8', 'fortran_order': False, 'shape': (5, 3), }",
    "(" * 3000,
    "__import__('os').getcwd()",
]


class Weights(Door):
    name = "weights (.npz)"

    def __init__(self, folder):
        super().__init__(folder)
        self.net = Network([Affine.init(5, 3, rng=0), BatchNorm.init(3), ReLU()])
        self.arrays = {**self.net.params, **self.net.buffers}
        self.path = folder / "weights.npz"

    def make(self, rng):
        arrays = {name: rng.random(array.shape) for name, array in self.arrays.items()}
        for name in list(arrays):
            if rng.random() < 0.1:
                arrays[name] = other_array(arrays[name], rng)
        if rng.random() < 0.1:
            arrays[["W3", "../W1", "W1.npy", "\x1b[2J"][rng.integers(4)]] = rng.random(3)
        if rng.random() < 0.1:
            del arrays[list(arrays)[rng.integers(len(arrays))]]
        data = packed(arrays, rng)
        return damaged(data, rng) if rng.random() < 0.5 else data

    def run(self, case):
        self.path.write_bytes(case)
        before = {name: array.copy() for name, array in self.arrays.items()}
        try:
            self.net.load(self.path)
        except DataError as error:
            expect_one_line(error)
            if any(not np.array_equal(before[name], self.arrays[name]) for name in before):
                raise Wrong("refused, but the network is changed") from None
            return "refused"
        with np.load(self.path) as found:
            for name, array in self.arrays.items():
                if not np.array_equal(array, found[name].astype(array.dtype)):
                    raise Wrong(f"{name} is not what the file holds")
        if not all(np.isfinite(array).all() for array in self.arrays.values()):
            raise Wrong("holds what is not finite")
        return "right"


def other_array(array, rng):
    """An array that may or may not be taken for this one."""
    odd = array.copy()
    odd.flat[0] = [np.nan, np.inf, 1e300, -5][rng.integers(4)]
    others = [odd, array.T, array.astype("f2"), array.astype(int), array.astype(str), array > 0]
    others += [np.asfortranarray(array), array[..., None], np.zeros(()), array.astype(complex)]
    return others[rng.integers(len(others))]


def packed(arrays, rng):
    """A .npz file, now and then of other packings, twice the same name, or a forged header."""
    file = io.BytesIO()
    packings = [zipfile.ZIP_STORED] * 6 + [zipfile.ZIP_DEFLATED] * 3 + [zipfile.ZIP_BZIP2]
    with zipfile.ZipFile(file, "w", packings[rng.integers(len(packings))]) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.save(member, array)
            data = member.getvalue()
            if rng.random() < 0.05:
                header = HEADERS[rng.integers(len(HEADERS))].encode()
                data = data[:8] + len(header).to_bytes(2, "little") + header + data[128:]
            if rng.random() < 0.03:
                data += bytes(20_000_000)  # unpacks to far more than it is long
            archive.writestr(f"{name}.npy", data)
    return file.getvalue()
