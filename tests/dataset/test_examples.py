"""Both data sets: the right arrays, at once the second time, and never anything else."""

import gzip
import hashlib
import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pytest

from dataset import fashion_mnist, mnist
from dataset.idx import checksum
from dlscratch.storage.files import DataError

ROOT = Path(mnist.__file__).parent.parent
PARTS = "x_train", "t_train", "x_test", "t_test"
NAMES = "train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"


class DataSet(NamedTuple):
    """A data set: its module and loader, what messages call it, its file in the cache."""

    module: ModuleType
    loader: Callable
    title: str
    cache: str

    def load(self, **options):
        """What the loader returns, as a dict."""
        train, test = self.loader(**options)
        return dict(zip(PARTS, train + test))


DATA_SETS = [
    DataSet(mnist, mnist.load_mnist, "MNIST", "mnist.pkl"),
    DataSet(fashion_mnist, fashion_mnist.load_fashion_mnist, "Fashion-MNIST", "fashion-mnist.pkl"),
]


@pytest.fixture(scope="module", params=DATA_SETS, ids=lambda data_set: data_set.title)
def data_set(request):
    """Each data set in turn."""
    return request.param


# ---- the data sets themselves


@pytest.fixture(scope="module")
def raw(data_set):
    """The data set as the files have it: images of integers, labels."""
    return data_set.load(normalize=False, flatten=False)


def test_the_committed_files_hold_what_was_published(data_set):
    checksums, folder = data_set.module.CHECKSUMS, data_set.module.FOLDER
    assert tuple(checksums) == tuple(f"{name}-ubyte" for name in NAMES)
    for name, wanted in checksums.items():
        content = gzip.decompress((folder / f"{name}.gz").read_bytes())
        assert hashlib.sha256(content).hexdigest() == wanted


def test_images_and_labels_have_the_books_shapes_and_types(raw):
    assert {name: (a.shape, a.dtype.name) for name, a in raw.items()} == {
        "x_train": ((60000, 1, 28, 28), "uint8"),
        "t_train": ((60000,), "uint8"),
        "x_test": ((10000, 1, 28, 28), "uint8"),
        "t_test": ((10000,), "uint8"),
    }


def test_by_default_images_are_flat_floats_from_0_to_1(data_set, raw):
    data = data_set.load()
    for x, size in [("x_train", 60000), ("x_test", 10000)]:
        assert data[x].shape == (size, 784) and data[x].dtype == np.float32
        assert data[x].min() == 0 and data[x].max() == 1
        some = slice(0, size, 97)
        expected = raw[x][some].reshape(-1, 784).astype(np.float32) / np.float32(255)
        assert np.array_equal(data[x][some], expected)
    for t in ("t_train", "t_test"):
        assert data[t].dtype == np.uint8 and np.array_equal(data[t], raw[t])


def test_one_hot_labels_have_a_one_at_the_class(data_set, raw):
    data = data_set.load(one_hot_label=True, normalize=False)
    for t, size in [("t_train", 60000), ("t_test", 10000)]:
        assert data[t].shape == (size, 10) and data[t].dtype == np.float32
        assert (data[t].sum(axis=1) == 1).all() and set(np.unique(data[t])) == {0, 1}
        assert np.array_equal(data[t].argmax(axis=1), raw[t])


@pytest.mark.slow
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


# ---- the cache and the files, with a small stand-in for each data set


class Small:
    """Two times three images of 28 x 28 in a folder of their own, taken for the data set."""

    def __init__(self, folder, data_set):
        self.data_set, self.load = data_set, data_set.load
        self.folder, self.cache = folder / "files", folder / "cache" / data_set.cache
        self.folder.mkdir()
        rng = np.random.default_rng(0)
        self.arrays = {
            name: rng.integers(0, 10, (3, 28, 28) if "images" in name else 3, dtype=np.uint8)
            for name in data_set.module.CHECKSUMS
        }
        for name, array in self.arrays.items():
            self.write(name, array)

    def write(self, name, array):
        """Write this array as the file of that name."""
        header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
        (self.folder / f"{name}.gz").write_bytes(gzip.compress(header + array.tobytes()))

    def is_loaded(self):
        """Load, and compare with what should come."""
        data = self.load(normalize=False, flatten=False)
        for found, array in zip(data.values(), self.arrays.values()):
            assert np.array_equal(found, array.reshape(found.shape))
        return True


@pytest.fixture
def small(data_set, tmp_path, monkeypatch):
    """The loader loads a small data set, and knows its checksums."""
    small = Small(tmp_path, data_set)
    monkeypatch.setenv("DLSCRATCH_CACHE", str(small.cache.parent))
    monkeypatch.setattr(data_set.module, "FOLDER", small.folder)
    sums = {name: checksum(array) for name, array in small.arrays.items()}
    monkeypatch.setattr(data_set.module, "CHECKSUMS", sums)
    return small


def test_the_second_call_reads_the_cache_and_no_other_file(small):
    assert small.is_loaded()
    for path in small.folder.iterdir():
        path.unlink()
    assert small.is_loaded()


def test_the_arrays_of_a_call_are_the_callers_own(small):
    for options in ({}, {"normalize": False}, {"flatten": False, "one_hot_label": True}):
        for array in small.load(**options).values():
            array[...] = 1
        assert small.is_loaded()


def test_each_data_set_has_a_cache_of_its_own(small):
    assert small.is_loaded()
    assert os.listdir(small.cache.parent) == [small.data_set.cache]


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
    assert os.listdir(small.cache.parent) == [small.cache.name]


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
        small.load()
    assert not small.cache.exists()


def test_another_data_set_of_the_same_shape_is_a_data_error_and_leaves_no_cache(small):
    """MNIST and Fashion-MNIST have the same file names and shapes."""
    small.write("train-images-idx3-ubyte", small.arrays["train-images-idx3-ubyte"][::-1])
    why = (
        rf"train-images-idx3-ubyte\.gz: holds another data set than {small.data_set.title}; restore"
    )
    with pytest.raises(DataError, match=why):
        small.load()
    assert not small.cache.exists()
