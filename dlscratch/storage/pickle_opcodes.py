"""The opcodes of a pickle: one byte each, and for some an argument.

    8c 02 57 31         push a string of 2 bytes, "W1"
    4b 03               push a number of one byte, 3
    86                  make a tuple of the last two values

An opcode that plain data and arrays never need is refused before its argument is read. So is a
length beyond the end of the file: what is read never takes more memory than the file itself.
"""

import pickletools
import struct
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias


class Refused(Exception):
    """The pickle is valid, but does something that plain data and arrays never need."""


NAMES = {opcode.code: opcode.name for opcode in pickletools.opcodes}  # of all opcodes that exist

Argument: TypeAlias = Callable[[memoryview, int], tuple[Any, int]]  # (data, start) -> value, end


def opcodes(data: bytes) -> Iterator[tuple[str, Any]]:
    """(name, argument) of each opcode up to the last one, STOP; the rest of the data is ignored.

    Raises Refused for an opcode that is not in ARGUMENTS, ValueError if the data is not a pickle.
    """
    view, place = memoryview(data), 0
    while place < len(view):
        code = chr(view[place])
        if code not in NAMES:
            raise ValueError(f"there is no opcode {code!r}")
        name = NAMES[code]
        if name not in ARGUMENTS:
            raise Refused(f"has the opcode {name}, which plain data and arrays never need")
        argument, place = ARGUMENTS[name](view, place + 1)
        yield name, argument
        if name == "STOP":
            return
    raise ValueError("it ends too early")


def _nothing(view: memoryview, start: int) -> tuple[None, int]:
    return None, start


def _number(form: str) -> Argument:
    """The reader of a number of fixed size; form: a format of struct."""
    size = struct.calcsize(form)

    def read(view: memoryview, start: int) -> tuple[Any, int]:
        return *struct.unpack(form, _slice(view, start, size)), start + size

    return read


def _counted(form: str, make: Callable[[memoryview], Any]) -> Argument:
    """The reader of a length and as many bytes; make: turns them into the argument."""
    read_length = _number(form)

    def read(view: memoryview, start: int) -> tuple[Any, int]:
        length, start = read_length(view, start)
        return make(_slice(view, start, length)), start + length

    return read


def _two_lines(view: memoryview, start: int) -> tuple[tuple[str, str], int]:
    """The module and the name of GLOBAL, a newline after each."""
    module, name, _ = bytes(view[start : start + 200]).split(b"\n", 2)
    return (module.decode(), name.decode()), start + len(module) + len(name) + 2


def _slice(view: memoryview, start: int, length: int) -> memoryview:
    if not 0 <= length <= len(view) - start:
        raise ValueError("it ends too early")
    return view[start : start + length]


def _text(view: memoryview) -> str:
    return str(view, "utf-8", "surrogatepass")


def _whole(view: memoryview) -> int:
    return int.from_bytes(view, "little", signed=True)


_PLAIN = "NONE NEWTRUE NEWFALSE EMPTY_DICT EMPTY_LIST EMPTY_TUPLE MARK TUPLE1 TUPLE2 TUPLE3 TUPLE "
_PLAIN += "APPEND APPENDS SETITEM SETITEMS MEMOIZE STACK_GLOBAL REDUCE BUILD STOP"

# The reader of each allowed opcode's argument.
ARGUMENTS: dict[str, Argument] = {
    **dict.fromkeys(_PLAIN.split(), _nothing),
    "PROTO": _number("<B"),
    "FRAME": _number("<Q"),
    "BININT": _number("<i"),
    "BININT1": _number("<B"),
    "BININT2": _number("<H"),
    "LONG1": _counted("<B", _whole),
    "LONG4": _counted("<i", _whole),
    "BINFLOAT": _number(">d"),
    "SHORT_BINUNICODE": _counted("<B", _text),
    "BINUNICODE": _counted("<I", _text),
    "BINUNICODE8": _counted("<Q", _text),
    "SHORT_BINBYTES": _counted("<B", bytes),
    "BINBYTES": _counted("<I", bytes),
    "BINBYTES8": _counted("<Q", bytes),
    "BYTEARRAY8": _counted("<Q", bytearray),
    "BINPUT": _number("<B"),
    "LONG_BINPUT": _number("<I"),
    "BINGET": _number("<B"),
    "LONG_BINGET": _number("<I"),
    "GLOBAL": _two_lines,
}
