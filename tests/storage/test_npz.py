"""A file of arrays is unpacked only where it fits, and taken whole or not at all."""

import io
import tracemalloc
import zipfile

import numpy as np
import pytest

from dlscratch import Affine, BatchNorm, DataError, Network
from dlscratch.storage import npz
from dlscratch.storage.npz import copy_into, load_arrays, open_arrays, write_arrays


def wanted():
    return {"W1": np.full((2, 3), 7, np.float32), "b1": np.full(3, 7, np.float32)}


def refused(path, message, **options):
    """load_arrays must refuse the file, and leave every array as it was."""
    arrays = wanted()
    with pytest.raises(DataError, match=message) as caught:
        load_arrays(path, arrays, **options)
    assert str(path) in str(caught.value)
    assert all(np.all(array == 7) for array in arrays.values())


def npy(array, version=(1, 0)):
    """The bytes of a .npy file."""
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asanyarray(array), version)
    return file.getvalue()


def zipped(path, members, packing=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", packing) as file:
        for name, content in members:
            file.writestr(name, content)
    return path


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f8", "i8", "u1"])
@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_numbers_of_any_kind_are_taken_in_the_dtype_of_the_arrays(dtype, write, tmp_path):
    W = np.arange(6).reshape(2, 3).astype(dtype)
    write(tmp_path / "a.npz", W1=np.asfortranarray(W), b1=W[0])
    arrays = wanted()
    load_arrays(tmp_path / "a.npz", arrays)
    assert arrays["W1"].dtype == np.float32
    np.testing.assert_array_equal(arrays["W1"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(arrays["b1"], [0, 1, 2])


@pytest.mark.parametrize("array", [np.float32(3), np.zeros((0, 4)), np.arange(400_000.0)])
def test_scalars_empty_arrays_and_arrays_of_several_pieces_come_back(array, tmp_path):
    with open(tmp_path / "a.npz", "wb") as file:
        write_arrays(file, {"x": array})
    with open_arrays(tmp_path / "a.npz") as file:
        found = file.numbers({"x": np.empty_like(array)})["x"]
    np.testing.assert_array_equal(found, array)


# ---- bombs


class Unpacked:
    """Counts the bytes that come out of a zip file."""

    def __init__(self, monkeypatch):
        self.bytes = 0
        read = zipfile.ZipExtFile._read1

        def counted(member, n):
            content = read(member, n)
            self.bytes += len(content)
            return content

        monkeypatch.setattr(zipfile.ZipExtFile, "_read1", counted)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("name", ["W1", "W9"])
def test_an_array_that_does_not_fit_is_refused_before_it_is_unpacked(
    packing, name, tmp_path, monkeypatch
):
    """W1 of 4 GB of zeros in a file of 3,280 bytes took 8 GB and 97 seconds; here, 40 MB."""
    content = [("W1.npy", npy(np.ones((2, 3)))), ("b1.npy", npy(np.ones(3)))]
    bomb = (f"{name}.npy", npy(np.zeros((5000, 1000))))
    zipped(tmp_path / "a.npz", [*(c for c in content if c[0] != bomb[0]), bomb], packing)
    unpacked = Unpacked(monkeypatch)
    tracemalloc.start()
    refused(tmp_path / "a.npz", "does not fit this network|not a readable .npz file")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert unpacked.bytes < 500_000 and peak < 4_000_000


BOMBS = {
    "numbers behind an array that fits": ("W1", npy(np.ones((2, 3))) + bytes(40_000_000)),
    "a header of 40 MB": (
        "W1",
        b"\x93NUMPY\2\0" + (40_000_000).to_bytes(4, "little") + b" " * 40_000_000,
    ),
    "text longer than its file": ("facts", npy(np.array("a" * 10_000_000))),
}


@pytest.mark.parametrize("name", BOMBS)
def test_nothing_else_is_unpacked_without_a_limit(name, tmp_path, monkeypatch):
    member, content = BOMBS[name]
    zipped(tmp_path / "a.npz", [(f"{member}.npy", content)], zipfile.ZIP_DEFLATED)
    unpacked = Unpacked(monkeypatch)
    tracemalloc.start()
    with pytest.raises(DataError, match="not a readable .npz file"):
        with open_arrays(tmp_path / "a.npz") as file:
            file.text("facts")
            file.numbers({"W1": wanted()["W1"]})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert unpacked.bytes < 10_000_000 and peak < 10_000_000


def test_a_table_of_contents_of_thirty_thousand_entries_is_refused(tmp_path):
    zipped(tmp_path / "a.npz", [(f"{i}", b"") for i in range(30_000)])
    refused(tmp_path / "a.npz", "not a readable .npz file")


def test_a_name_that_occurs_twice_is_refused(tmp_path):
    entries = [("W1.npy", npy(np.ones((2, 3)))), ("W1", b"x"), ("b1.npy", npy(np.ones(3)))]
    refused(zipped(tmp_path / "a.npz", entries), "not a readable .npz file")


def test_a_long_list_of_faults_is_cut(tmp_path):
    np.savez(tmp_path / "a.npz", **{f"W{i}" * 100: np.ones(1) for i in range(2, 102)})
    with pytest.raises(DataError, match="and 90 more") as caught:
        load_arrays(tmp_path / "a.npz", wanted())
    assert len(str(caught.value)) < 1500


# ---- numbers that no network can use

BAD = [
    (np.nan, "b1 holds nan or infinity"),
    (-np.inf, "b1 holds nan or infinity"),
    (1e300, "b1 holds a number too large for float32"),
    (-1.0, "b1 holds a negative number, expected none"),
]


@pytest.mark.parametrize("number, message", BAD)
def test_a_number_that_cannot_be_is_refused_and_nothing_changed(number, message, tmp_path):
    """Also 1e300, which becomes inf in float32: under -W error, that stopped half way."""
    np.savez(tmp_path / "a.npz", W1=np.ones((2, 3)), b1=np.array([0, number, 0]))
    refused(tmp_path / "a.npz", message, positive=["b1"])


@pytest.mark.parametrize("number, message", BAD[:3])
def test_so_it_is_in_a_pickle_of_arrays(number, message):
    arrays = wanted()
    with pytest.raises(DataError, match=message):
        copy_into(arrays, {"W1": np.ones((2, 3)), "b1": np.array([0, number, 0])}, "a.pkl")
    assert np.all(arrays["W1"] == 7)


def batch_normalised():
    return Network([Affine.init(2, 2, rng=0), BatchNorm.init(2)])


@pytest.mark.parametrize("name, number", [("running_var1", -1), ("running_mean1", np.nan)])
def test_a_network_refuses_a_variance_below_zero_and_a_mean_of_nan(name, number, tmp_path):
    broken, net = batch_normalised(), batch_normalised()
    broken.buffers[name][0] = number
    broken.params.flat[:] = 5
    broken.save(tmp_path / "net.npz")
    before = net.params.flat.copy()
    with pytest.raises(DataError, match=f"{name} holds"):
        net.load(tmp_path / "net.npz")
    np.testing.assert_array_equal(net.params.flat, before)


def test_a_mean_may_be_negative(tmp_path):
    net = batch_normalised()
    net.buffers["running_mean1"][0] = -3
    net.save(tmp_path / "net.npz")
    batch_normalised().load(tmp_path / "net.npz")


def test_memory_that_runs_out_is_told_as_any_other_fault(tmp_path, monkeypatch):
    np.savez(tmp_path / "a.npz", W1=np.ones((2, 3)), b1=np.ones(3))

    def full(*_):
        raise MemoryError

    monkeypatch.setattr(npz, "_numbers", full)
    refused(tmp_path / "a.npz", "not a readable .npz file")
