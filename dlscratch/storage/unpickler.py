"""What a pickle is, and an unpickler that can only build plain data and arrays.

A pickle is a program for a small machine with a stack, a memo, and opcodes such as "push this
string", "make a tuple of the last two values", "call that function". `pickle.load` calls any
function that the file names. This machine runs only the opcodes that numbers, strings and arrays
need. The few function names that NumPy writes select methods of this class; any other name is
refused. A single opcode may touch a million values, so the limit counts values, not opcodes.

Why not `pickle.Unpickler` with a list of allowed names? Nine bytes can make it fill 4 GB, and an
allowed `numpy.dtype` with forged flags turns bytes of the file into pointers.
"""

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from dlscratch.storage.pickle_opcodes import Refused, opcodes

MAX_WORK = 300_000  # values touched, half a second; a hundred arrays need ten thousand
MAX_DIMENSIONS = 32  # of an array in NumPy 1


class _DType:
    """A dtype being read: a pickle gives its kind and size first, its byte order later."""

    def __init__(self, code: Any, align: Any = False, copy: Any = False) -> None:
        if not (isinstance(code, str) and re.fullmatch(r"[biufc]\d\d?", code)):
            raise Refused("has an array with a dtype that is not numeric; save arrays of numbers")
        self.value = np.dtype(code)  # never object, whose elements are pointers


class _Arguments(tuple):
    """A tuple with a function or a dtype in it: arguments of a call, not data."""


_DATA = (dict, list, tuple, str, bytes, bytearray, int, float, type(None), np.ndarray, np.generic)


def _all_data(items: Iterable[object]) -> bool:
    return all(isinstance(x, _DATA) and not isinstance(x, _Arguments) for x in items)


def _tuple(items: list[Any]) -> tuple[Any, ...]:
    return tuple(items) if _all_data(items) else _Arguments(items)


class Unpickler:
    """The stack machine: `Unpickler(data).load()` returns the value of a pickle's bytes.

    Raises Refused for anything but plain data and arrays; ValueError, TypeError, LookupError,
    AttributeError or OverflowError if the data is not a pickle, or is damaged.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.bytes_left = len(data)  # for arrays
        self.work_left = MAX_WORK
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        # numpy.ndarray is only passed to _reconstruct, which ignores it
        self.names = {"numpy.dtype": _DType, "numpy.ndarray": object()}
        for core in ("numpy.core", "numpy._core"):  # NumPy 1 and NumPy 2
            self.names[f"{core}.multiarray._reconstruct"] = self._empty
            self.names[f"{core}.multiarray.scalar"] = self._scalar
            self.names[f"{core}.numeric._frombuffer"] = self._array

    def load(self) -> Any:
        """Run the program and return the value that it leaves on the stack."""
        for opcode, argument in opcodes(self.data):
            self._spend(1)
            self._execute(opcode, argument)
        (value,) = self.stack
        if not _all_data([value]):
            raise Refused("holds a function or a dtype, not data")
        return value

    def _spend(self, work: int) -> None:
        self.work_left -= work
        if self.work_left < 0:
            raise Refused(f"needs work on over {MAX_WORK:,} values; save arrays instead of lists")

    def _execute(self, opcode: str, argument: Any) -> None:
        stack = self.stack
        match opcode:
            case "PROTO" | "FRAME" | "STOP":
                pass
            case "NEWTRUE" | "NEWFALSE":
                stack.append(opcode == "NEWTRUE")
            case "EMPTY_DICT":
                stack.append({})
            case "EMPTY_LIST":
                stack.append([])
            case "EMPTY_TUPLE":
                stack.append(())
            case "MARK":
                self.marks.append(len(stack))
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                stack.append(_tuple(self._pop(int(opcode[-1]))))
            case "TUPLE":
                stack.append(_tuple(self._pop_to_mark()))
            case "APPEND":
                self._extend(self._pop(1))
            case "APPENDS":
                self._extend(self._pop_to_mark())
            case "SETITEM":
                self._update(self._pop(2))
            case "SETITEMS":
                self._update(self._pop_to_mark())
            case "BINPUT" | "LONG_BINPUT":
                self.memo[argument] = stack[-1]
            case "MEMOIZE":
                self.memo[len(self.memo)] = stack[-1]
            case "BINGET" | "LONG_BINGET":
                stack.append(self.memo[argument])
            case "GLOBAL":
                stack.append(self._find(*argument))
            case "STACK_GLOBAL":
                stack.append(self._find(*self._pop(2)))
            case "REDUCE":
                function, arguments = self._pop(2)
                stack.append(function(*self._unpacked(arguments)))
            case "BUILD":
                (state,) = self._pop(1)
                self._set_state(stack[-1], *self._unpacked(state))
            case _:  # NONE, BININT, BINUNICODE, ..: the argument is the value
                stack.append(argument)

    def _pop(self, count: int) -> list[Any]:
        """Remove the last `count` values from the stack, and return them."""
        start = len(self.stack) - count
        if count < 0 or start < 0:
            raise IndexError("its stack is too short")
        self._spend(count)
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def _pop_to_mark(self) -> list[Any]:
        return self._pop(len(self.stack) - self.marks.pop())

    def _unpacked(self, arguments: Any) -> tuple[Any, ...]:
        """The arguments of a call, which must be a tuple: bytes would unpack to many integers."""
        if not isinstance(arguments, tuple):
            raise TypeError("a function is called with a tuple")
        self._spend(len(arguments))
        return arguments

    def _find(self, module: Any, name: Any) -> Any:
        if not (isinstance(module, str) and isinstance(name, str)):
            raise TypeError("the name of a function is a string")
        full_name = f"{module:.80}.{name:.80}"
        if full_name not in self.names:
            raise Refused(
                f"asks for {full_name:.80}, which plain data and arrays never need and which could "
                "do anything; nothing was executed; do not open it with pickle.load either"
            )
        return self.names[full_name]

    def _extend(self, items: list[Any]) -> None:
        if not _all_data(items):
            raise TypeError("only data goes into a list")
        self.stack[-1].extend(items)

    def _update(self, items: list[Any]) -> None:
        keys, values = items[::2], items[1::2]
        if not _all_data(values):
            raise TypeError("only data goes into a dict")
        for key in keys:
            if not isinstance(key, str):
                raise Refused("has a dict with keys that are not strings; name the arrays")
            self._spend(len(key) // 64)  # equal keys are compared character by character
        self.stack[-1].update(zip(keys, values, strict=True))

    # ---- the functions that a file may name

    def _take(self, buffer: Any) -> bytes | bytearray:
        """The bytes of an array; all arrays together may take no more than the file has."""
        if not isinstance(buffer, bytes | bytearray) or len(buffer) > self.bytes_left:
            raise ValueError("its arrays are larger than the file")
        self.bytes_left -= len(buffer)
        return buffer

    def _empty(self, *_: object) -> np.ndarray:
        """An empty array, whose shape, dtype and numbers come later, in `_set_state`."""
        return np.empty(0, np.uint8)

    def _array(self, buffer: Any, dtype: Any, shape: Any, order: Any) -> np.ndarray:
        shape = _expect_shape(shape, dtype, buffer)
        flat = np.frombuffer(bytearray(self._take(buffer)), dtype.value)  # bytearray: writable
        return flat.reshape(shape, order="F" if order == "F" else "C")

    def _scalar(self, dtype: Any, buffer: Any) -> np.generic:
        _expect_shape((1,), dtype, buffer)
        (value,) = np.frombuffer(self._take(buffer), dtype.value)
        return value

    def _set_state(self, target: Any, version: int, *state: Any) -> None:
        if isinstance(target, _DType):
            order, *_ = state
            if order not in ("<", ">", "=", "|"):
                raise ValueError("a dtype has no such byte order")
            target.value = target.value.newbyteorder(order)
        elif isinstance(target, np.ndarray):
            shape, dtype, fortran, buffer = state
            shape = _expect_shape(shape, dtype, buffer)
            checked: Any = (1, shape, dtype.value, fortran is True, bytes(self._take(buffer)))
            target.__setstate__(checked)  # in place: the memo may already refer to the array
        else:
            raise TypeError(f"a {type(target).__name__} has no state")


def _expect_shape(shape: Any, dtype: Any, buffer: Any) -> tuple[int, ...]:
    """Return the shape if it is valid and has as many numbers as the buffer; ValueError if not.

    All bounds are checked before the product: multiplying huge forged integers takes minutes.
    """
    if not (
        isinstance(shape, tuple) and len(shape) <= MAX_DIMENSIONS and isinstance(dtype, _DType)
    ):
        raise ValueError("an array has no shape or no dtype")
    if not all(type(n) is int and 0 <= n < 2**63 for n in shape):
        raise ValueError("an array has an impossible shape")
    itemsize = dtype.value.itemsize
    if math.prod(max(n, 1) for n in shape) * itemsize >= 2**63:  # NumPy overflows, even if empty
        raise ValueError("an array has an impossible shape")
    if math.prod(shape) * itemsize != len(buffer):
        raise ValueError("an array's size does not match its shape")
    return shape
