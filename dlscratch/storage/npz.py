"""Arrays by name in a .npz file: how weights and checkpoints are stored.

A .npz is a zip file with one .npy file per array: a header with its dtype and shape, then the
numbers. Nothing in it is pickled, so nothing can be executed. But three thousand bytes can unpack
to gigabytes. So all headers are read first, and an array is unpacked only if it has the name and
the shape that the reader expects; it is used only if every number is finite.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from dlscratch.storage.files import DataError, open_regular

# All that NumPy writes. Both decompress in chunks; bzip2 and LZMA may return gigabytes at once.
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
CHUNK = 2**20  # bytes read at a time
MAX_NAMES = 10  # in a message

Arrays = Mapping[str, np.ndarray]


def write_arrays(file: Any, arrays: Mapping[str, Any]) -> None:
    """Write arrays by name as .npz to an open binary file."""
    np.savez(file, **arrays)


def load_arrays(path: Any, wanted: Arrays, positive: Collection[str] = ()) -> None:
    """Fill the arrays `wanted` from a .npz file with exactly these names and shapes.

    positive: names of arrays that must not hold negative numbers. If names or shapes differ, or a
    number is not finite in the dtype of its array, raises DataError and changes nothing.
    """
    with open_arrays(path) as file:
        found = file.numbers(wanted, positive)
    for name, array in wanted.items():
        array[...] = np.asarray(found[name], like=array)


def copy_into(wanted: Arrays, found: Arrays, path: Any) -> None:
    """Fill the arrays `wanted` from arrays `found` in a file, with the checks of `load_arrays`."""
    expect_fit(wanted, found, path)
    converted = {name: convert(name, wanted[name], found[name], path) for name in wanted}
    for name, array in wanted.items():
        array[...] = np.asarray(converted[name], like=array)


class Header(NamedTuple):
    """What a .npy file says about its array."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype


class ArrayFile:
    """An open .npz file; at first, only its table of contents is read."""

    def __init__(self, path: Any, file: Any):
        self.path = path
        self.size = os.fstat(file.fileno()).st_size
        self.zip = zipfile.ZipFile(_LimitedReads(file))
        entries = self.zip.infolist()
        self.entries = {entry.filename.removesuffix(".npy"): entry for entry in entries}
        if len(self.entries) < len(entries):
            raise ValueError("a name occurs twice")

    def text(self, name: str) -> str | None:
        """Read the string of this name and remove its entry; None if there is none."""
        entry = self.entries.pop(name, None)
        if entry is None:
            return None
        with self._open(entry) as member:
            header = _header(member)
            if header.dtype.kind != "U" or header.shape != ():
                return None
            if header.dtype.itemsize > self.size:  # it would unpack to more than the file's size
                raise ValueError("its text is longer than the file")
            return str(_numbers(member, header)[()])

    def numbers(self, wanted: Arrays, positive: Collection[str] = ()) -> dict[str, np.ndarray]:
        """Read the arrays with the checks of `load_arrays`, and return them by name."""
        headers = {name: self._header(name) for name in self.entries if name in wanted}
        shown: dict[str, Any] = {**dict.fromkeys(self.entries), **headers}
        expect_fit(wanted, shown, self.path)
        found = {}
        for name, array in wanted.items():
            with self._open(self.entries[name]) as member:
                numbers = _numbers(member, _header(member))
            found[name] = convert(name, array, numbers, self.path, name in positive)
        return found

    def _header(self, name: str) -> Header:
        with self._open(self.entries[name]) as member:
            return _header(member)

    def _open(self, entry: zipfile.ZipInfo) -> Any:
        if entry.compress_type not in COMPRESSIONS:
            raise ValueError("it has a compression that NumPy never uses")
        return self.zip.open(entry)


@contextmanager
def open_arrays(path: Any) -> Iterator[ArrayFile]:
    """Open a .npz file; any error on opening it, or within the block, becomes a DataError."""
    with open_regular(path) as file:
        try:
            yield ArrayFile(path, file)
        except DataError:
            raise
        except Exception as error:  # damage makes zipfile and NumPy raise almost anything
            fault = _fault(file)
            raise DataError(f"{path}: not a readable .npz file: {fault}; save it again") from error


def expect_fit(wanted: Arrays, found: Mapping[str, Any], path: Any) -> None:
    """DataError unless names and shapes are the same, and all dtypes are numeric.

    found: name -> an array, or a Header with its shape and dtype.
    """
    common = [name for name in wanted if name in found]
    faults = [
        f"{name} is {found[name].shape}, expected {wanted[name].shape}"
        for name in common
        if found[name].shape != wanted[name].shape
    ]
    faults += [
        f"{name} holds {found[name].dtype!s:.80}, expected numbers"
        for name in common
        if found[name].dtype.kind not in "fiu"
    ]
    for word, names in (
        ("missing", [name for name in wanted if name not in found]),
        ("unexpected", [f"{name:.80}" for name in found if name not in wanted]),
    ):
        more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
        faults += [f"{word}: {', '.join(names[:MAX_NAMES])}{more}"] if names else []
    if faults:
        raise DataError(f"{path} does not fit this network: {'; '.join(faults)}")


def convert(
    name: str, array: np.ndarray, numbers: np.ndarray, path: Any, positive: bool = False
) -> np.ndarray:
    """The numbers in the dtype of the array; DataError unless each is finite in that dtype too."""
    with np.errstate(all="ignore"):  # 1e300 becomes inf in float32: refused below
        converted = numbers.astype(array.dtype)
    for wrong, fault in (
        (~np.isfinite(numbers), "nan or infinity"),
        (~np.isfinite(converted), f"a number too large for {array.dtype}"),
        (positive & (numbers < 0), "a negative number, expected none"),
    ):
        if np.any(wrong):
            raise DataError(f"{path}: {name} holds {fault}; nothing was loaded: save it again")
    return converted


class _LimitedReads:
    """A file that refuses large reads, because zipfile reads a table of contents in one go.

    An entry of the table takes 46 bytes in the file, but a thousand in memory.
    """

    def __init__(self, file: Any):
        self.file = file
        self.seek: Callable = file.seek
        self.tell: Callable = file.tell
        self.seekable: Callable = file.seekable

    def read(self, size: int = -1) -> bytes:
        content: bytes = self.file.read(min(size, CHUNK + 1) if size >= 0 else CHUNK + 1)
        if len(content) > CHUNK:
            raise ValueError("its table of contents is too long")
        return content


def _header(member: Any) -> Header:
    """Read the header of a .npy file, 64 KB at most."""
    version = np.lib.format.read_magic(member)
    if version != (1, 0):  # others allow headers of up to 4 GB; NumPy writes (1, 0) for numbers
        raise ValueError(f"it is version {version} of .npy, expected (1, 0)")
    header = Header(*np.lib.format.read_array_header_1_0(member))
    if header.dtype.hasobject:
        raise ValueError("it holds objects")
    return header


def _numbers(member: Any, header: Header) -> np.ndarray:
    """Read the array after the header, and make sure that nothing follows it."""
    array = np.empty(header.shape, header.dtype, order="F" if header.fortran_order else "C")
    content = array.reshape(-1, order="A").view(np.uint8)  # a view of its bytes in memory order
    for i in range(0, content.size, CHUNK):
        part = content[i : i + CHUNK]
        if member.readinto(part) != part.size:
            raise ValueError("it ends too early")
    if member.read(1):  # at the end of a member, zipfile compares its checksum
        raise ValueError("it goes on after its end")
    return array


def _fault(file: Any) -> str:
    """What is wrong with a file that cannot be read as .npz, as a reader would say it."""
    file.seek(0)
    start = file.read(24)
    if start[:2] == b"PK":  # the first bytes of any zip file, so of any .npz
        return "it is damaged, cut short, or holds more than numbers"
    return f"it begins with {start!r}" if start else "it is empty"
