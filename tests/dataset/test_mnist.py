"""load_mnist answers as the book says, at once the second time, and never with anything else."""

import gzip
import hashlib
import os
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from dataset import mnist
from dataset.idx import checksum
from dataset.mnist import load_mnist
from dlscratch.storage.files import DataError, load_pickle

ROOT = Path(mnist.__file__).parent.parent
PARTS = "x_train", "t_train", "x_test", "t_test"


def load(**options):
    """load_mnist as a dict."""
    train, test = load_mnist(**options)
    return dict(zip(PARTS, train + test))


# ---- MNIST itself


@pytest.fixture(scope="module")
def digits():
    """MNIST as the files have it: images of integers, labels."""
    return load(normalize=False, flatten=False)


def test_the_committed_files_hold_mnist():
    for name, wanted in mnist.CHECKSUMS.items():
        content = gzip.decompress((mnist.FOLDER / f"{name}.gz").read_bytes())
        assert hashlib.sha256(content).hexdigest() == wanted


def test_images_and_labels_have_the_books_shapes_and_types(digits):
    assert {name: (a.shape, a.dtype.name) for name, a in digits.items()} == {
        "x_train": ((60000, 1, 28, 28), "uint8"),
        "t_train": ((60000,), "uint8"),
        "x_test": ((10000, 1, 28, 28), "uint8"),
        "t_test": ((10000,), "uint8"),
    }


def test_the_first_labels_are_the_books(digits):
    assert digits["t_train"][:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert digits["t_test"][:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(digits["t_train"]).sum() == 60000 and digits["t_train"].max() == 9


def test_by_default_images_are_flat_floats_from_0_to_1(digits):
    data = load()
    for x, size in [("x_train", 60000), ("x_test", 10000)]:
        assert data[x].shape == (size, 784) and data[x].dtype == np.float32
        assert data[x].min() == 0 and data[x].max() == 1
        some = slice(0, size, 97)
        expected = digits[x][some].reshape(-1, 784).astype(np.float32) / np.float32(255)
        assert np.array_equal(data[x][some], expected)
    for t in ("t_train", "t_test"):
        assert data[t].dtype == np.uint8 and np.array_equal(data[t], digits[t])


def test_one_hot_labels_have_a_one_at_the_digit(digits):
    data = load(one_hot_label=True, normalize=False)
    for t, size in [("t_train", 60000), ("t_test", 10000)]:
        assert data[t].shape == (size, 10) and data[t].dtype == np.float32
        assert (data[t].sum(axis=1) == 1).all() and set(np.unique(data[t])) == {0, 1}
        assert np.array_equal(data[t].argmax(axis=1), digits[t])


def test_eight_processes_at_once_get_the_right_arrays_and_leave_one_file(tmp_path):
    code = (
        "from dataset.mnist import load_mnist\n"
        "from dataset.idx import checksum\n"
        "for x, t in load_mnist(normalize=False, flatten=False):\n"
        "    print(checksum(x[:, 0]), checksum(t))\n"
    )
    environment = {
        **os.environ,
        "DLSCRATCH_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-W", "error", "-c", code]
    started = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    for process in started:
        output, _ = process.communicate()
        assert process.returncode == 0
        assert output.split() == list(mnist.CHECKSUMS.values())
    assert os.listdir(tmp_path / "cache") == ["mnist.pkl"]


# ---- the cache and the files, with a small stand-in for MNIST


class Small:
    """Two times three images of 28 x 28 in a folder of their own, taken for MNIST."""

    def __init__(self, folder):
        self.folder, self.cache = folder / "files", folder / "cache" / "mnist.pkl"
        self.folder.mkdir()
        rng = np.random.default_rng(0)
        self.arrays = {
            name: rng.integers(0, 10, (3, 28, 28) if "images" in name else 3, dtype=np.uint8)
            for name in mnist.CHECKSUMS
        }
        for name, array in self.arrays.items():
            self.write(name, array)

    def write(self, name, array):
        """Write this array as the file of that name."""
        header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
        (self.folder / f"{name}.gz").write_bytes(gzip.compress(header + array.tobytes()))

    def is_loaded(self):
        """Load, and compare with what should come."""
        data = load(normalize=False, flatten=False)
        for found, array in zip(data.values(), self.arrays.values()):
            assert np.array_equal(found, array.reshape(found.shape))
        return True


@pytest.fixture
def small(tmp_path, monkeypatch):
    """load_mnist loads a small data set, and knows its checksums."""
    small = Small(tmp_path)
    monkeypatch.setenv("DLSCRATCH_CACHE", str(small.cache.parent))
    monkeypatch.setattr(mnist, "FOLDER", small.folder)
    sums = {name: checksum(array) for name, array in small.arrays.items()}
    monkeypatch.setattr(mnist, "CHECKSUMS", sums)
    return small


def test_the_second_call_reads_the_cache_and_no_other_file(small):
    assert small.is_loaded()
    for path in small.folder.iterdir():
        path.unlink()
    assert small.is_loaded()


def test_the_arrays_of_a_call_are_the_callers_own(small):
    for options in ({}, {"normalize": False}, {"flatten": False, "one_hot_label": True}):
        for array in load(**options).values():
            array[...] = 1
        assert small.is_loaded()


def test_any_damage_to_the_cache_is_repaired(small):
    small.is_loaded()
    good = small.cache.read_bytes()
    flipped = good[:300] + bytes([good[300] ^ 1]) + good[301:]
    for damaged in (flipped, good[:-1], good[:100], b"", b"garbage", good + b"\0"):
        small.cache.write_bytes(damaged)
        assert small.is_loaded()
        assert small.cache.read_bytes() == good


def test_wrong_data_with_the_right_digest_of_its_own_is_repaired(small):
    small.is_loaded()
    good = small.cache.read_bytes()
    image, label = list(small.arrays)[:2]
    right = small.arrays
    for wrong in [
        {**right, image: right[image] ^ 1},
        {**right, image: right[image][:, :14]},
        {**right, image: right[image].reshape(3, 784)},
        {**right, image: "not an array"},
        {**right, label: right[label].astype(np.int64)},
        {**right, label: right[label].view(np.int8)},
        {name: right[name] for name in list(right)[1:]},
        list(right.values()),
    ]:
        pickled = pickle.dumps(wrong)
        small.cache.write_bytes(pickled + hashlib.sha256(pickled).digest())
        assert small.is_loaded()
        assert small.cache.read_bytes() == good


def test_a_hostile_cache_is_not_executed_but_repaired(small):
    class Hostile:
        def __reduce__(self):
            return open, (str(small.cache.with_name("executed")), "w")

    small.is_loaded()
    good = small.cache.read_bytes()
    for value in (Hostile(), {**small.arrays, "more": Hostile()}):
        pickled = pickle.dumps(value)
        for content in (pickled, pickled + hashlib.sha256(pickled).digest()):
            small.cache.write_bytes(content)
            assert small.is_loaded()
            assert small.cache.read_bytes() == good
    assert os.listdir(small.cache.parent) == ["mnist.pkl"]


def test_where_there_can_be_no_cache_one_warning_says_so(small, monkeypatch):
    monkeypatch.setenv("DLSCRATCH_CACHE", str(next(small.folder.iterdir())))  # a file
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert small.is_loaded()
    (warning,) = caught
    assert "no cache" in str(warning.message)
    assert warning.filename == __file__  # it points to the caller's line, not into our own


def test_without_platformdirs_it_loads_without_a_cache(small, monkeypatch):
    monkeypatch.delenv("DLSCRATCH_CACHE")
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    assert small.is_loaded()
    assert not small.cache.exists()


def test_a_missing_file_is_a_data_error_and_leaves_no_cache(small):
    (small.folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=r"t10k-labels-idx1-ubyte\.gz: no such file"):
        load_mnist()
    assert not small.cache.exists()


def test_another_data_set_of_the_same_shape_is_a_data_error_and_leaves_no_cache(small):
    """Fashion-MNIST has the same file names and shapes."""
    small.write("train-images-idx3-ubyte", small.arrays["train-images-idx3-ubyte"][::-1])
    with pytest.raises(
        DataError, match=r"train-images-idx3-ubyte\.gz: holds another data set than MNIST; install"
    ):
        load_mnist()
    assert not small.cache.exists()


def test_the_cache_taken_for_a_weight_file_says_what_it_is(small):
    """Readers take mnist.pkl for sample_weight.pkl, and meet KeyError: 'W1'."""
    small.is_loaded()
    with pytest.raises(
        DataError, match=r"mnist\.pkl: holds train-images-idx3-ubyte, .*expected W1"
    ):
        load_pickle(small.cache, expected=["W1"])
