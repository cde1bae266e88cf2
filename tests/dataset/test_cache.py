"""Whatever lies in the cache folder, the cache answers with what it was given, or with nothing."""

import hashlib
import os
import pickle
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset import cache
from dataset.cache import LARGEST, read_cache, write_cache

ARRAYS = {"images": np.arange(6, dtype=np.uint8).reshape(2, 3), "labels": np.uint8([7, 2])}


class MakesFile:
    """Pickles as a call that makes a file."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


def sealed(pickled):
    """A pickle with the digest that belongs to it, as anybody can write one."""
    return pickled + hashlib.sha256(pickled).digest()


@pytest.fixture
def path(tmp_path):
    """A cache that holds ARRAYS."""
    path = tmp_path / "new" / "folders" / "mnist.pkl"
    write_cache(path, ARRAYS)
    return path


def holds_arrays(path):
    """Whether the cache answers with ARRAYS; if it answers with anything else, the test fails."""
    found = read_cache(path, expected=ARRAYS)
    if found is None:
        return False
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype and np.array_equal(found[name], array)
    return True


def test_what_was_written_is_read(path):
    assert holds_arrays(path)
    assert os.listdir(path.parent) == ["mnist.pkl"]


def test_what_is_read_is_the_callers_own(path):
    read_cache(path, expected=ARRAYS)["images"][...] = 0
    assert holds_arrays(path)


def test_the_file_is_one_ordinary_pickle(path):
    with open(path, "rb") as file:
        assert np.array_equal(pickle.load(file)["images"], ARRAYS["images"])


def test_a_missing_cache_is_none(tmp_path):
    assert not holds_arrays(tmp_path / "mnist.pkl")


def test_every_flipped_bit_is_noticed(path):
    data = path.read_bytes()
    for bit in range(8 * len(data)):
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        assert not holds_arrays(path)


def test_every_truncation_and_every_addition_is_noticed(path):
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        assert not holds_arrays(path)
    for more in (b"\0", b".", data):
        path.write_bytes(data + more)
        assert not holds_arrays(path)


@given(st.binary())
def test_garbage_is_not_believed(cache_folder, data):
    path = cache_folder / "garbage.pkl"
    for content in (data, sealed(data)):
        path.write_bytes(content)
        assert not holds_arrays(path)
    path.unlink()


@given(st.lists(st.tuples(st.integers(0, 150), st.binary(max_size=3))))
def test_a_forged_pickle_with_its_own_digest_is_data_or_nothing(cache_folder, changes):
    """Its numbers may be wrong: load_mnist knows the checksums of the right ones."""
    pickled = pickle.dumps(ARRAYS, 4)
    for place, new in changes:
        pickled = pickled[:place] + new + pickled[place + len(new) :]
    path = cache_folder / "forged.pkl"
    path.write_bytes(sealed(pickled))
    found = read_cache(path, expected=ARRAYS)
    assert found is None or set(found) >= set(ARRAYS)
    path.unlink()


@pytest.mark.parametrize("foreign", [{"W1": np.zeros(3)}, [1, 2], None, "text"])
def test_a_foreign_pickle_is_not_believed(path, foreign):
    for content in (pickle.dumps(foreign), sealed(pickle.dumps(foreign))):
        path.write_bytes(content)
        assert not holds_arrays(path)


@pytest.mark.parametrize("where", ["alone", "among the arrays"])
def test_a_hostile_pickle_is_never_executed(path, where):
    made = path.with_name("executed")
    hostile = MakesFile(made) if where == "alone" else {**ARRAYS, "more": MakesFile(made)}
    for content in (pickle.dumps(hostile), sealed(pickle.dumps(hostile))):
        path.write_bytes(content)
        assert not holds_arrays(path)
    assert not made.exists()


def test_the_digest_is_checked_before_the_pickle_is_read(path, monkeypatch):
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    monkeypatch.setattr("dataset.cache.load_pickle", lambda *_: pytest.fail("it was read"))
    assert not holds_arrays(path)


def test_a_huge_file_is_not_even_read(path, monkeypatch):
    with open(path, "r+b") as file:
        file.truncate(8 * LARGEST)  # takes no room on the disk
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    assert not holds_arrays(path)


def test_a_folder_or_a_pipe_in_its_place_is_not_believed(path):
    path.unlink()
    path.mkdir()
    assert not holds_arrays(path)
    path.rmdir()
    os.mkfifo(path)  # to open it would wait for ever
    assert not holds_arrays(path)


def test_an_old_cache_is_replaced(path):
    path.write_bytes(b"old")
    write_cache(path, ARRAYS)
    assert holds_arrays(path)
    assert os.listdir(path.parent) == ["mnist.pkl"]


# A path below a file cannot be written by anyone, root included.
@pytest.mark.parametrize("where", ["file/mnist.pkl", "file/deeper/mnist.pkl", "folder"])
def test_where_it_cannot_be_written_there_is_one_warning_and_no_cache(tmp_path, where):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        write_cache(tmp_path / where, ARRAYS)
    (warning,) = caught
    assert "no cache: " in str(warning.message) and "DLSCRATCH_CACHE" in str(warning.message)
    assert not holds_arrays(tmp_path / where)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_the_folder_is_the_one_in_dlscratch_cache(monkeypatch):
    monkeypatch.setenv("DLSCRATCH_CACHE", "~/classroom")
    assert cache.cache_folder() == Path.home() / "classroom"


@pytest.mark.parametrize("unset", [None, ""])
def test_otherwise_it_is_the_users_own(monkeypatch, unset):
    if unset is None:
        monkeypatch.delenv("DLSCRATCH_CACHE")
    else:
        monkeypatch.setenv("DLSCRATCH_CACHE", unset)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache.cache_folder().name == "dlscratch"
    assert cache.cache_folder().is_relative_to(Path.home())
    monkeypatch.setitem(sys.modules, "platformdirs", None)  # not installed
    assert cache.cache_folder() is None


@pytest.mark.parametrize("error", [MemoryError, OverflowError, RecursionError])
def test_any_failure_of_the_cache_is_no_cache(error, path, monkeypatch):
    def fails(*_):
        raise error

    monkeypatch.setattr("dataset.cache.load_pickle", fails)
    assert read_cache(path, expected=ARRAYS) is None


def test_what_killed_processes_left_beside_a_good_cache_is_swept_when_it_is_read(path):
    path.with_name("mnist.pkl.0123456789abcdef.tmp").write_bytes(b"half")
    assert holds_arrays(path)
    assert os.listdir(path.parent) == ["mnist.pkl"]
