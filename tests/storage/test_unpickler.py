"""A pickle made to keep its reader busy, or to fill its memory, is refused in a moment."""

import io
import pickle
import struct
import threading
import tracemalloc
import warnings

import numpy as np
import pytest

from dlscratch.storage import unpickler
from dlscratch.storage.files import DataError, load_pickle
from dlscratch.storage.unpickler import MAX_WORK, Unpickler

RECONSTRUCT = b"cnumpy.core.multiarray\n_reconstruct\n"
DTYPE = b"cnumpy\ndtype\nX\2\0\0\0u1\x85R"  # numpy.dtype("u1")


def loads(data):
    return load_pickle(io.BytesIO(data))


def array_of(shape, raw=b"C\0"):
    """The program of an array of uint8: shape and raw are the steps that make them."""
    return b"\x80\4" + RECONSTRUCT + b")R(K\1" + shape + DTYPE + b"\x89" + raw + b"tb."


def long(size):
    """A number of that many bytes."""
    return b"\x8b" + struct.pack("<i", size) + b"\x7f" * size


def memoised(value, times):
    """A value, then itself again and again."""
    return value + b"q\0" + b"h\0" * (times - 1)


def test_the_programs_below_are_those_of_arrays():
    read = loads(array_of(b"K\2\x85", b"C\2\7\x08"))
    assert read.dtype == np.uint8 and read.tolist() == [7, 8]


FORGED = {
    "a thousand numbers of a thousand bytes": array_of(b"(" + memoised(long(1000), 1000) + b"t"),
    "a thousand numbers of three thousand": array_of(b"(" + memoised(long(3000), 1000) + b"t"),
    "bytes": array_of(b"B" + struct.pack("<I", 100_000) + b"\xff" * 100_000),
    "a thousand axes": array_of(b"(" + b"K\1" * 1000 + b"t", b"C\1\0"),
    "too large, but empty": array_of(b"(" + memoised(long(7), 2) + b"K\0t"),
    "beyond int64, but empty": array_of(
        b"(" + memoised(b"\x8a\x08" + b"\xff" * 7 + b"\x3f", 2) + b"K\0t"
    ),
    "truth values": array_of(b"\x88\x85", b"C\1\0"),
    "negative": array_of(b"J\xff\xff\xff\xff" * 2 + b"\x86", b"C\1\0"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_shape_is_refused_before_it_is_multiplied(name, monkeypatch):
    multiplied = []
    prod = unpickler.math.prod

    def watched(numbers):
        numbers = list(numbers)
        multiplied.extend(numbers)
        return prod(numbers)

    monkeypatch.setattr(unpickler.math, "prod", watched)
    with pytest.raises(DataError):
        loads(FORGED[name])
    assert all(n < 2**63 for n in multiplied) and len(multiplied) <= 64


def busy():
    """Programs whose few steps touch many values again and again."""
    text = b"B" + struct.pack("<I", 50_000) + bytes(50_000)
    yield "bytes unpacked as arguments", RECONSTRUCT + b"q\1" + text + b"q\2" + b"h\1h\2R" * 9000
    many = b"(" + b"N" * 50_000 + b"tq\2"
    yield "a long tuple of arguments", RECONSTRUCT + b"q\1" + many + b"h\1h\2R" * 9000
    key = b"X" + struct.pack("<I", 50_000) + b"k" * 50_000
    yield "long keys compared", key + b"q\1" + key + b"q\2" + b"}" + b"h\1Nsh\2Ns" * 9000
    doubled = b"Nq\0" + b"h\0h\0\x86q\0" * 60
    yield "names made of a tuple doubled 60 times", doubled + b"h\0h\0\x93"
    yield "a dtype made of it", b"cnumpy\ndtype\n" + doubled + b"h\0\x85R"
    yield "many steps", b")" * 2_000_000
    yield "an int of a million digits", b"L" + b"9" * 1_000_000 + b"L\n"


@pytest.mark.parametrize("name", [name for name, _ in busy()])
def test_a_program_that_touches_too_much_is_refused(name):
    """Counted, not judged by the clock: no step is larger than the work that is left."""
    data = b"\x80\4" + dict(busy())[name] + b"."
    machine = Unpickler(data)
    tracemalloc.start()
    with pytest.raises((unpickler.Refused, TypeError)):
        machine.load()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert machine.work_left >= -MAX_WORK and peak < 64_000_000
    with pytest.raises(DataError):
        loads(data)


def test_a_file_of_a_hundred_arrays_is_far_from_the_limit():
    machine = Unpickler(pickle.dumps({f"W{i}": np.ones((2, 3)) for i in range(100)}))
    assert len(machine.load()) == 100 and machine.work_left > 0.9 * MAX_WORK


def test_memory_that_runs_out_is_told_as_any_other_fault(monkeypatch):
    def full(self):
        raise MemoryError

    monkeypatch.setattr(Unpickler, "load", full)
    with pytest.raises(DataError, match="too large for the free memory"):
        loads(b"\x80\4N.")


def test_reading_in_threads_leaves_the_filters_of_warnings_as_they_were():
    """To silence warnings while a file is read is to silence them for every thread."""
    seen, before = [], list(warnings.filters)
    data = b"\x80\4S'\\d'\n."  # the oldest kind of string, with an escape that Python warns of

    def many():
        for _ in range(100):
            with pytest.raises(DataError):
                loads(data)
            seen.append(list(warnings.filters) == before)

    threads = [threading.Thread(target=many) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 600 and all(seen) and list(warnings.filters) == before
