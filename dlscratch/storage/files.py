"""Files that cannot hurt: written whole or not at all, read without running what they hold.

A program can be stopped at any moment, so a file is written under another name and renamed when
it is complete: whoever looks sees the old file or the new one, never half of one. A pickle is a
program, and `pickle.load` runs it: one from a stranger can do anything. `load_pickle` does only
what a file of numbers needs and refuses the rest; a `DataError` says which file, why, the cure.
"""

import os
import secrets
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from dlscratch.storage.unpickler import Refused, Unpickler


class DataError(ValueError):
    """A file does not hold what it should. The message says which file, what is wrong, the cure."""


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a binary file that takes the name `path` only once it is complete and on the disk.

    If the block raises, nothing remains of it and a file that was there before stays as it was.
    Raises OSError where the folder cannot be written.

    >>> import tempfile
    >>> import numpy as np
    >>> path = Path(tempfile.mkdtemp(), "numbers.npy")
    >>> with atomic_write(path) as file:
    ...     np.save(file, np.arange(3))
    >>> np.load(path)
    array([0, 1, 2])
    """
    path = Path(path)
    # in the same folder: a rename is atomic only within one file system
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.tmp")
    file = open(temporary, "xb")
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave the new name on an empty file
        os.replace(temporary, path)
    except BaseException:  # Ctrl-C too
        temporary.unlink(missing_ok=True)
        raise


def npz_fault(path: str | os.PathLike[str], error: Exception) -> str:
    """What is wrong with a file that np.load could not read as .npz, in words of its reader."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror  # such as: Is a directory
    with open(path, "rb") as file:
        start = file.read(24)
    if start[:2] == b"PK":  # as every .npz begins, for it is a zip file
        return "it is damaged, cut short, or holds more than numbers"
    return f"it begins with {start!r}" if start else "it is empty"


def load_pickle(source: str | os.PathLike[str] | BinaryIO, expected: Iterable[str] = ()) -> Any:
    """Read a pickle of plain data and arrays, such as the book's sample_weight.pkl (3.6.2).

    source    a path, or a binary file opened for reading
    expected  keys that the pickle must have, if it is to be a dict

    Returns dicts, lists, tuples, strings, bytes, numbers and numeric arrays (writable, of any
    shape and dtype), however nested. Reads pickle protocols 3 to 5, arrays of NumPy 1 and 2.
    Raises DataError for anything else; nothing that the file asks for is ever executed.

    >>> import io, pickle
    >>> import numpy as np
    >>> load_pickle(io.BytesIO(pickle.dumps({"b1": np.zeros(3), "epoch": 2})))
    {'b1': array([0., 0., 0.]), 'epoch': 2}
    >>> load_pickle(io.BytesIO(pickle.dumps(print)))
    Traceback (most recent call last):
    dlscratch.storage.files.DataError: the pickle: asks for builtins.print, ...
    """
    if isinstance(source, str | os.PathLike):
        name = os.fspath(source)
        try:
            data = Path(source).read_bytes()
        except FileNotFoundError:
            raise DataError(f"{name}: no such file") from None
    else:
        name, data = getattr(source, "name", "the pickle"), source.read()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pickletools, of odd text in a damaged file
            value = Unpickler(data).load()
    except Refused as refused:
        raise DataError(f"{name}: {refused}") from None
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise DataError(
            f"{name}: not a pickle, or damaged ({error!s:.200}); get it again"
        ) from error
    keys = list(value) if isinstance(value, dict) else []
    missing = [key for key in expected if key not in keys]
    if missing:
        held = ", ".join(keys[:10]) or f"a {type(value).__name__}"
        wanted = ", ".join(missing)
        raise DataError(f"{name}: holds {held:.200}; expected {wanted}; is it the right file?")
    return value
