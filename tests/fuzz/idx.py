"""The door of the data set's files: `read_idx`, with gzip and header damaged."""

import gzip
import zlib

import numpy as np

from dataset.idx import read_idx
from dlscratch.storage.files import DataError
from tests.fuzz.damage import damaged
from tests.fuzz.trial import Door, Wrong, expect_one_line


class Idx(Door):
    name = "IDX files"
    returns = 3 * 64 * 2**20  # a file may unpack to 64 MB: packed, unpacked, as an array

    def __init__(self, folder):
        super().__init__(folder)
        self.path = folder / "images.gz"

    def make(self, rng):
        shape = tuple(int(side) for side in rng.integers(1, 6, int(rng.integers(1, 4))))
        self.dimensions = len(shape) if rng.random() < 0.9 else 3
        data = bytes([0, 0, 8, len(shape)]) + b"".join(n.to_bytes(4, "big") for n in shape)
        data += rng.bytes(int(np.prod(shape)))
        if rng.random() < 0.4:
            data = damaged(data, rng)
        if rng.random() < 0.01:
            data += bytes(70 * 2**20)
        packed = gzip.compress(data, compresslevel=1)
        return damaged(packed, rng) if rng.random() < 0.4 else packed

    def run(self, case):
        self.path.write_bytes(case)
        try:
            array = read_idx(self.path, self.dimensions)
        except DataError as error:
            expect_one_line(error)
            return "refused"
        content = zlib.decompress(case, wbits=31)
        if content[4 + 4 * array.ndim :] != array.tobytes() or array.ndim != self.dimensions:
            raise Wrong("not what the file holds")
        return "right"
