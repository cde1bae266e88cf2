"""Safe file I/O: files are written completely or not at all, and never executed when read.

A program can be stopped at any moment, so a file is written under a temporary name and renamed
when it is complete: a reader sees the old file or the new one, never half of one. A pickle is a
program, and `pickle.load` runs it: one from a stranger can do anything. `load_pickle` accepts only
plain data and arrays; a `DataError` says which file is wrong, why, and how to fix it.
"""

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from dlscratch.storage.pickle_opcodes import Refused
from dlscratch.storage.unpickler import Unpickler

fcntl: Any = None
with suppress(ImportError):  # Windows has none, but there an open file cannot be deleted anyway
    import fcntl


def one_line(message: str) -> str:
    """The message with unprintable characters escaped, so that it cannot control a terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in message)


class DataError(ValueError):
    """A file does not contain what it should: the message says which, what is wrong, and a remedy.

    It is one line of printable characters, whatever the file contains: a newline or an escape
    sequence from a file could imitate other output of the terminal.

    >>> print(DataError("W1\\n\\x1b[2J is missing"))
    W1\\n\\x1b[2J is missing
    """

    def __init__(self, message: str):
        super().__init__(one_line(message))


def open_regular(path: str | os.PathLike[str], hint: str = "name another file") -> BinaryIO:
    """Open a file for reading; DataError unless it exists and is a regular file.

    Reading a FIFO could block forever, and a device may have no end. hint: ends the message.
    """

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))  # a FIFO opens at once

    try:
        file = open(path, "rb", opener=opener)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; {hint}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        fault = getattr(error, "strerror", None) or str(error)
        raise DataError(f"{path}: cannot be read: {fault}; {hint}") from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise DataError(f"{path}: cannot be read: not a regular file; {hint}")
    return file


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a binary file that gets the name `path` only once it is complete and on the disk.

    If the block raises, the new file is deleted and an existing one stays unchanged.
    Raises OSError if the folder does not exist or cannot be written to.

    >>> import tempfile
    >>> import numpy as np
    >>> path = Path(tempfile.mkdtemp(), "numbers.npy")
    >>> with atomic_write(path) as file:
    ...     np.save(file, np.arange(3))
    >>> np.load(path)
    array([0, 1, 2])
    """
    path = Path(path)
    if not path.parent.exists():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(path.parent))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder has this name", str(path))
    sweep(path)
    temporary, file = _temporary(path)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # otherwise a power failure could leave an empty file
        os.replace(temporary, path)
    except BaseException:  # Ctrl-C too
        temporary.unlink(missing_ok=True)
        raise


def _temporary(path: Path) -> tuple[Path, BinaryIO]:
    """A new file in the folder of `path`, locked while it is open."""
    while True:
        # in the same folder, because a rename is atomic only within one file system
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.tmp")
        file = open(temporary, "xb")
        with suppress(OSError):  # on a file system without locks, sweep deletes nothing either
            _lock(file, wait=True)
        if temporary.exists():  # another process may have swept it before it was locked
            return temporary, file
        file.close()


def _lock(file: BinaryIO, wait: bool = False) -> None:
    """Lock a file until it is closed; if another process holds the lock, wait or raise OSError."""
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


def sweep(path: str | os.PathLike[str]) -> None:
    """Delete the temporary files of processes that were killed while writing `path`.

    A process that is still writing holds a lock on its file; one that was killed does not.
    """
    path = Path(path)
    pattern = re.compile(re.escape(path.name) + r"\.[0-9a-f]{16}\.tmp")
    with suppress(OSError):
        for name in filter(pattern.fullmatch, os.listdir(path.parent)):
            with suppress(OSError), open(path.with_name(name), "rb") as left:
                _lock(left)
                path.with_name(name).unlink()


def load_pickle(source: str | os.PathLike[str] | BinaryIO, expected: Iterable[str] = ()) -> Any:
    """Read a pickle of plain data and arrays, such as the book's sample_weight.pkl (3.6.2).

    source    a path, or a binary file opened for reading
    expected  keys that the pickle must have, which makes it a dict

    Returns dicts, lists, tuples, strings, bytes, numbers and numeric arrays (writable, of any
    shape and dtype), nested to any depth. Reads pickle protocols 3 to 5, arrays of NumPy 1 and 2.
    Raises DataError for anything else; nothing in the file is ever executed. Even a malicious file
    takes at most a second, and little more memory than its own size.

    >>> import io, pickle
    >>> import numpy as np
    >>> load_pickle(io.BytesIO(pickle.dumps({"b1": np.zeros(3), "epoch": 2})))
    {'b1': array([0., 0., 0.]), 'epoch': 2}
    >>> load_pickle(io.BytesIO(pickle.dumps(print)))
    Traceback (most recent call last):
    dlscratch.storage.files.DataError: the pickle: asks for builtins.print, ...
    """
    is_path = isinstance(source, str | os.PathLike)
    name = str(source) if is_path else getattr(source, "name", "the pickle")
    try:
        value = Unpickler(_content(source)).load()
    except DataError:
        raise
    except Refused as refused:
        raise DataError(f"{name}: {refused}") from None
    except MemoryError:
        raise DataError(f"{name}: too large for the free memory; download it again") from None
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        raise DataError(
            f"{name}: not a pickle, or damaged ({error!s:.200}); download it again"
        ) from error
    keys = list(value) if isinstance(value, dict) else []
    missing = [key for key in expected if key not in keys]
    if missing:
        held = ", ".join(keys[:10]) or f"a {type(value).__name__}"
        wanted = ", ".join(missing)
        raise DataError(f"{name}: holds {held:.200}; expected {wanted}; is it the right file?")
    return value


def _content(source: Any) -> bytes:
    if not isinstance(source, str | os.PathLike):
        return source.read()
    with open_regular(source) as file:
        return file.read()
