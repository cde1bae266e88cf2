"""The bytes of a pickle, cut into steps: one byte says which, an argument may follow.

    8c 02 57 31         push the string of 2 bytes, "W1"
    4b 03               push the number 3, of one byte
    86                  make a tuple of the last two values

A step that no file of numbers needs is refused before its argument is looked at. So is a length
that goes beyond the end of the file: what is read never takes more memory than the file itself.
"""

import pickletools
import struct
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

OPCODES = {opcode.code: opcode.name for opcode in pickletools.opcodes}


class Refused(Exception):
    """The pickle is sound, but wants something that no file of numbers needs."""


Argument: TypeAlias = Callable[[memoryview, int], tuple[Any, int]]  # (data, start) -> value, end


def steps(data: bytes) -> Iterator[tuple[str, Any]]:
    """(name, argument) of each step up to the last one, STOP; what stands behind it is not read.

    Raises Refused for a step that is not in ARGUMENTS, ValueError for bytes that are no pickle.
    """
    view, place = memoryview(data), 0
    while place < len(view):
        code = chr(view[place])
        if code not in OPCODES:
            raise ValueError(f"there is no step {code!r}")
        name = OPCODES[code]
        if name not in ARGUMENTS:
            raise Refused(f"takes the step {name}, which a file of numbers never needs")
        argument, place = ARGUMENTS[name](view, place + 1)
        yield name, argument
        if name == "STOP":
            return
    raise ValueError("it ends too early")


def _nothing(view: memoryview, start: int) -> tuple[None, int]:
    return None, start


def _number(form: str) -> Argument:
    """A number of fixed size; form: as struct names it."""
    size = struct.calcsize(form)

    def read(view: memoryview, start: int) -> tuple[Any, int]:
        return *struct.unpack(form, _slice(view, start, size)), start + size

    return read


def _counted(form: str, make: Callable[[memoryview], Any]) -> Argument:
    """As many bytes as the number before them says."""
    read_length = _number(form)

    def read(view: memoryview, start: int) -> tuple[Any, int]:
        length, start = read_length(view, start)
        return make(_slice(view, start, length)), start + length

    return read


def _two_lines(view: memoryview, start: int) -> tuple[tuple[str, str], int]:
    """The module and the name of GLOBAL, each ended by a newline."""
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

# Every step that a file of numbers may take: how its argument is read.
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
