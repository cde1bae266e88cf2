"""An IDX file is read as the right array or is a DataError, quickly and in bounded memory."""

import gzip
import hashlib
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset.idx import LARGEST, checksum, read_examples, read_idx
from dlscratch.storage.files import DataError

IMAGES = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
LABELS = np.array([7, 2, 1], np.uint8)


def idx(array):
    """What an IDX file of this array holds, before gzip; written apart from the code tested."""
    return struct.pack(f">{1 + array.ndim}I", 0x800 + array.ndim, *array.shape) + array.tobytes()


@pytest.fixture(scope="session")
def path(tmp_path_factory):
    """A place for one file after another."""
    return tmp_path_factory.mktemp("idx") / "t10k-images-idx3-ubyte.gz"


def read(path, packed, dimensions=3):
    """Read a file of these bytes."""
    path.write_bytes(packed)
    return read_idx(path, dimensions)


def refused(path, packed, why, dimensions=3):
    """The message names the file, says what is wrong, and what to do."""
    with pytest.raises(DataError, match=why) as error:
        read(path, packed, dimensions)
    assert str(error.value).startswith(f"{path}: ")
    assert str(error.value).endswith(
        "restore the file (`git checkout dataset`), or install dlscratch again"
    )


# ---- right arrays


@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.integers(0, 2**32 - 1))
def test_any_array_comes_back(path, shape, seed):
    array = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    result = read(path, gzip.compress(idx(array), mtime=0), dimensions=len(shape))
    assert result.dtype == np.uint8 and result.shape == array.shape
    assert np.array_equal(result, array)
    assert checksum(result) == hashlib.sha256(idx(array)).hexdigest()
    result += 1  # it is the caller's own


def pair(folder, images, labels):
    """Read these two arrays from files of theirs."""
    paths = folder / "images.gz", folder / "labels.gz"
    for path, array in zip(paths, (images, labels)):
        path.write_bytes(gzip.compress(idx(array)))
    return read_examples(*paths)


def test_images_and_labels_are_read_as_a_pair(tmp_path):
    x, t = pair(tmp_path, IMAGES, LABELS)
    assert np.array_equal(x, IMAGES) and np.array_equal(t, LABELS)


# ---- wrong files


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DataError, match="no such file; restore"):
        read_idx(tmp_path / "train-images-idx3-ubyte.gz", 3)


def test_a_folder_in_place_of_the_file_is_refused(tmp_path):
    with pytest.raises(DataError, match="directory"):
        read_idx(tmp_path, 3)


def test_a_web_page_is_refused(path):
    page = b"<!DOCTYPE html><title>404 Not Found</title>"
    refused(path, page, "not a gzip file")
    refused(path, gzip.compress(page), r"starts with b'<!DO', expected b'\\x00\\x00\\x08\\x03'")


def test_an_empty_file_is_refused(path):
    refused(path, b"", "ends too early")
    refused(path, gzip.compress(b""), "starts with b''")


def test_an_unpacked_file_is_refused(path):
    refused(path, idx(IMAGES), "not a gzip file")


def test_labels_in_place_of_images_are_refused(path):
    refused(path, gzip.compress(idx(LABELS)), "starts with")
    refused(path, gzip.compress(idx(IMAGES)), "starts with", dimensions=1)


def test_numbers_of_another_type_are_refused(path):
    floats = struct.pack(">4I", 0xD03, 3, 4, 5) + bytes(4 * IMAGES.size)  # 0d: float32
    refused(path, gzip.compress(floats), "starts with")


@pytest.mark.parametrize("shape", [(99, 4, 5), (2, 4, 5), (3, 5, 5), (3, 4, 4)])
def test_each_dimension_must_be_true(path, shape):
    content = struct.pack(">4I", 0x803, *shape) + IMAGES.tobytes()
    refused(path, gzip.compress(content), r"says that it holds \(\d+, \d, \d\) bytes, but holds 60")


@pytest.mark.parametrize("shape", [(0, 4, 5), (3, 0, 5), (3, 4, 0)])
def test_an_empty_dimension_is_refused(path, shape):
    refused(path, gzip.compress(struct.pack(">4I", 0x803, *shape)), "says that it holds")


def test_three_labels_where_the_header_says_99_are_refused(path):
    content = struct.pack(">2I", 0x801, 99) + bytes(3)
    refused(path, gzip.compress(content), r"holds \(99,\) bytes, but holds 3", dimensions=1)


def test_a_header_that_would_overflow_is_refused(path):
    content = struct.pack(">4I", 0x803, 2**32 - 1, 2**32 - 1, 2**32 - 1)
    refused(path, gzip.compress(content), "says that it holds")


def test_a_file_that_ends_within_its_header_is_refused(path):
    refused(path, gzip.compress(idx(IMAGES)[:10]), "ends within its header")


def test_a_byte_too_many_is_refused(path):
    refused(path, gzip.compress(idx(IMAGES) + b"\0"), "but holds 61")
    refused(path, gzip.compress(idx(IMAGES)) + b"\0", "goes on after its end")
    refused(path, gzip.compress(idx(IMAGES)) * 2, "goes on after its end")


def test_as_many_labels_as_images_are_expected(tmp_path):
    with pytest.raises(DataError, match=r"labels\.gz: has 2 labels for the 3 images of .*images"):
        pair(tmp_path, IMAGES, LABELS[:2])


def test_a_label_above_nine_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"labels\.gz: has the label 10, expected 0 to 9"):
        pair(tmp_path, IMAGES, np.array([0, 9, 10], np.uint8))


# ---- damage


def test_every_flipped_bit_is_refused_or_harmless(path):
    """A few bits say nothing: gzip's time stamp, the padding behind the last compressed bit."""
    packed = gzip.compress(idx(IMAGES), mtime=0)
    for bit in range(8 * len(packed)):
        damaged = bytearray(packed)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            assert np.array_equal(read(path, damaged), IMAGES)
        except DataError:
            pass


def test_every_truncated_file_is_refused(path):
    packed = gzip.compress(idx(IMAGES))
    for length in range(len(packed)):
        with pytest.raises(DataError):
            read(path, packed[:length])


def right_or_refused(path, packed, content):
    """The array that this content holds, or a DataError; any other exception fails the test."""
    try:
        array = read(path, packed)
    except DataError:
        return
    assert idx(array) == content


@given(st.binary(max_size=200))
def test_garbage_is_refused(path, data):
    right_or_refused(path, data, None)


@given(st.binary(max_size=200))
@example(idx(IMAGES))
def test_garbage_in_a_sound_gzip_file_is_refused(path, data):
    right_or_refused(path, gzip.compress(data, mtime=0), data)


@given(st.tuples(*[st.integers(0, 9)] * 4), st.binary(max_size=100))
@example((3, 2, 1, 2), bytes(4))
def test_a_header_and_bytes_that_do_not_belong_together_are_refused(path, header, data):
    dimensions, *shape = header
    content = struct.pack(">4I", 0x800 + dimensions, *shape) + data
    right_or_refused(path, gzip.compress(content, mtime=0), content)


@given(st.lists(st.tuples(st.integers(0, 90), st.binary(max_size=3)), min_size=1))
def test_a_file_with_other_bytes_put_in_is_refused(path, changes):
    content = idx(IMAGES)
    packed = gzip.compress(content, mtime=0)
    for place, new in changes:
        packed = packed[:place] + new + packed[place + len(new) :]
    right_or_refused(path, packed, content)


# ---- bombs


def bomb(start, size):
    """The start of a gzip file that unpacks to `start` and `size` zeros; small and made at once.

    A block of zeros, compressed with a full flush, can be repeated as it is.
    """
    block = 2**20
    deflate = zlib.compressobj(9, wbits=31)
    head = deflate.compress(start) + deflate.flush(zlib.Z_FULL_FLUSH)
    zeros = deflate.compress(bytes(block)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return head + zeros * (size // block)


def peak_of(path, packed, why):
    """The memory that refusing this file takes, in bytes."""
    path.write_bytes(packed)
    tracemalloc.start()
    with pytest.raises(DataError, match=why):
        read_idx(path, 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("shape", [(2**20, 2**7, 2**6), (60000, 28, 28), (1, 1, 1)])
def test_a_bomb_of_eight_gigabytes_takes_no_more_memory_than_a_large_file(path, shape):
    packed = bomb(struct.pack(">4I", 0x803, *shape), 8 * 2**30)
    assert len(packed) < LARGEST / 4
    assert peak_of(path, packed, "unpacks to more than") < 2.5 * LARGEST


def test_a_header_that_claims_much_gets_no_memory_for_it(path):
    packed = gzip.compress(struct.pack(">4I", 0x803, 2**20, 2**10, 2**10))
    assert peak_of(path, packed, "says that it holds") < 2.5 * LARGEST


def test_a_huge_file_is_not_read_to_its_end(path):
    with open(path, "wb") as file:
        file.truncate(8 * 2**30)  # takes no room on the disk
    tracemalloc.start()
    with pytest.raises(DataError):
        read_idx(path, 3)
    assert tracemalloc.get_traced_memory()[1] < 2.5 * LARGEST
    tracemalloc.stop()
    path.unlink()
