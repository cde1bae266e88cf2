"""The door of pickles: `load_pickle`, fed by a mutator that knows the steps of the format."""

import io
import pickle
import pickletools
import struct

import numpy as np

from dlscratch.storage.files import DataError, load_pickle
from tests.fuzz.damage import damaged
from tests.fuzz.trial import Door, Wrong, expect_one_line

# Steps of other programs: what a stranger would like to have executed, and what takes long.
FOREIGN = [
    b"cos\nsystem\n(S'true'\ntR",
    b"cbuiltins\neval\n(S'1'\ntR",
    b"cnumpy\nload\n(S'x'\ntR",
    b"cnumpy.core.multiarray\n_reconstruct\n",
    b"\x8c\x05numpy\x8c\x05dtype\x93",
    b"\x8a\xff" + b"\x7f" * 255,
    b"\x8b" + struct.pack("<i", 3000) + b"\x7f" * 3000,
    b"\x8e" + struct.pack("<Q", 2**60),
    b"B" + struct.pack("<I", 2**31),
    b"q\0" + b"h\0" * 500,
    b"(" + b"K\1" * 500 + b"t",
    b"]q\1" + b"h\1a" * 300,
    b"}" + b"K\1K\2s" * 50,
    b"2" * 300,
    b"\x85" * 300,
    b"R" * 50,
    b"b" * 20,
    b"\x81",
    b"Q",
    b"\x94",
    b"0",
    b".",
]


PLAIN = str | bytes | bytearray | int | float | complex | None | np.generic


class Pickles(Door):
    name = "pickles"

    def make(self, rng):
        value = plain(rng, depth=3)
        data = pickle.dumps(value, protocol=int(rng.integers(3, 6)))
        self.sound = rng.random() < 0.1
        self.value = value
        if self.sound:
            return data
        if rng.random() < 0.7:
            data = rearranged(data, rng)
        return damaged(data, rng) if rng.random() < 0.5 else data

    def run(self, case):
        self.returns = 20 * len(case)
        try:
            read = load_pickle(io.BytesIO(case))
        except DataError as error:
            expect_one_line(error)
            if self.sound:
                raise Wrong(f"a sound pickle is refused: {error}") from None
            return "refused"
        if not is_plain(read) or self.sound and not same(read, self.value):
            raise Wrong(f"holds {read!r:.200}")
        return "right"


def plain(rng, depth):
    """Random plain data: what a file of weights holds, and around it."""
    kind = int(rng.integers(10 if depth else 7))
    if kind == 0:
        return int(rng.integers(-(2**40), 2**40)) ** int(rng.integers(1, 4))
    if kind == 1:
        return float(rng.standard_normal())
    if kind == 2:
        return "".join(map(chr, rng.integers(32, 1000, int(rng.integers(8)))))
    if kind == 3:
        return [None, True, False, b"bytes", b"" + rng.bytes(300)][rng.integers(5)]
    if kind < 7:
        shape = tuple(rng.integers(0, 5, int(rng.integers(4))))
        dtype = ["f2", "f4", "f8", "i4", "u1", ">f4"][rng.integers(6)]
        if not shape:
            return np.dtype(dtype).type(7)
        array = (10 * rng.standard_normal(shape)).astype(dtype, casting="unsafe")
        return np.asfortranarray(array) if rng.random() < 0.3 else array
    parts = [plain(rng, depth - 1) for _ in range(int(rng.integers(4)))]
    if kind == 7:
        return parts
    return tuple(parts) if kind == 8 else {f"W{i}": part for i, part in enumerate(parts)}


def rearranged(data, rng):
    """Steps left out, repeated, exchanged or put in."""
    starts = [start for _, _, start in pickletools.genops(data)]
    steps = [data[i:j] for i, j in zip(starts, [*starts[1:], len(data)])]
    for _ in range(int(rng.integers(1, 5))):
        i, j = rng.integers(len(steps), size=2)
        match int(rng.integers(5)):
            case 0:
                del steps[i : i + int(rng.integers(1, 4))]
            case 1:
                steps[i:i] = [steps[j]] * int(rng.integers(1, 200))
            case 2:
                steps[i], steps[j] = steps[j], steps[i]
            case 3:
                steps[i] = FOREIGN[rng.integers(len(FOREIGN))]
            case _:
                steps[i:i] = [FOREIGN[rng.integers(len(FOREIGN))]]
        if not steps:
            break
    return b"".join(steps)


def is_plain(value):
    """Nothing but plain data, however nested; what is nested in itself counts once."""
    seen, left = set(), [value]
    while left:
        value = left.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            left += [*value.keys(), *value.values()]
        elif isinstance(value, list | tuple):
            left += value
        elif type(value) is np.ndarray:
            if value.dtype.kind not in "biufc":
                return False
        elif not isinstance(value, PLAIN):
            return False
    return True


def same(one, other):
    if isinstance(other, np.ndarray):  # the order of the bytes may be that of the machine
        alike = one.dtype.newbyteorder("=") == other.dtype.newbyteorder("=")
        return alike and np.array_equal(one, other)
    if isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in other)
    if isinstance(other, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other
