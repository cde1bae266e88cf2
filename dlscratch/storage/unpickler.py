"""What a pickle is, and a reader that cannot be made to do anything but read.

A pickle is a program for a small machine: a stack, a memo, and steps such as "push this string",
"make a tuple of the last two values", "call that function". `pickle.load` calls whatever function
the file names. This machine does the steps that numbers, strings and arrays need; the few names
that NumPy writes choose among its own functions, and any other name is refused.

Why not `pickle.Unpickler` with a list of allowed names? Nine bytes can make it fill 4 GB, and an
allowed `numpy.dtype` with forged flags turns bytes of the file into pointers.
"""

import math
import pickletools
import re
from collections.abc import Iterable
from typing import Any

import numpy as np


class Refused(Exception):
    """The pickle is sound, but wants something that no file of numbers needs."""


class _DType:
    """A dtype while it is read: a pickle names its kind and size first, its byte order later."""

    def __init__(self, code: str, align: bool = False, copy: bool = False) -> None:
        if not re.fullmatch(r"[biufc]\d\d?", code):  # an object array would hold pointers
            raise Refused(f"has an array of dtype {code:.20}; save arrays of numbers")
        self.value = np.dtype(code)


class _Arguments(tuple):
    """A tuple with a function or a dtype in it: to be called with, but no data."""


_DATA = (dict, list, tuple, str, bytes, bytearray, int, float, type(None), np.ndarray, np.generic)


def _all_data(items: Iterable[object]) -> bool:
    return all(isinstance(x, _DATA) and not isinstance(x, _Arguments) for x in items)


def _tuple(items: list[Any]) -> tuple[Any, ...]:
    return tuple(items) if _all_data(items) else _Arguments(items)


class Unpickler:
    """The stack machine; `Unpickler(data).load()` is the value, data the bytes of a pickle.

    Raises Refused for what no file of numbers needs; ValueError, TypeError, LookupError or
    AttributeError for bytes that are no pickle, or a damaged one.
    """

    MOST_STEPS = 1_000_000  # seconds; a hundred arrays take three thousand

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.bytes_left = len(data)  # for arrays
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        # numpy.ndarray is an argument of _reconstruct: a name of no use here
        self.names = {"numpy.dtype": _DType, "numpy.ndarray": object()}
        for core in ("numpy.core", "numpy._core"):  # NumPy 1 and NumPy 2
            self.names[f"{core}.multiarray._reconstruct"] = self._empty
            self.names[f"{core}.multiarray.scalar"] = self._scalar
            self.names[f"{core}.numeric._frombuffer"] = self._array

    def load(self) -> Any:
        """Run the program; what it leaves on the stack is what the file holds."""
        # genops splits the bytes into steps and checks that each is known and complete
        for count, (step, argument, _) in enumerate(pickletools.genops(self.data)):
            if count == self.MOST_STEPS:
                raise Refused(f"is a program of over {count:,} steps; save arrays, not lists")
            self._step(step.name, argument)
        (value,) = self.stack
        if not _all_data([value]):
            raise Refused("does not hold data")
        return value

    def _step(self, step: str, argument: Any) -> None:
        stack = self.stack
        match step:
            case "PROTO" | "FRAME" | "STOP":
                pass
            case (
                "NONE"
                | "BININT"
                | "BININT1"
                | "BININT2"
                | "LONG1"
                | "LONG4"
                | "BINFLOAT"
                | "SHORT_BINUNICODE"
                | "BINUNICODE"
                | "BINUNICODE8"
                | "SHORT_BINBYTES"
                | "BINBYTES"
                | "BINBYTES8"
                | "BYTEARRAY8"
            ):
                stack.append(argument)
            case "NEWTRUE" | "NEWFALSE":
                stack.append(step == "NEWTRUE")
            case "EMPTY_DICT":
                stack.append({})
            case "EMPTY_LIST":
                stack.append([])
            case "EMPTY_TUPLE":
                stack.append(())
            case "MARK":
                self.marks.append(len(stack))
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                stack.append(_tuple(self._pop(int(step[-1]))))
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
                stack.append(self._find(*argument.split(" ")))
            case "STACK_GLOBAL":
                stack.append(self._find(*self._pop(2)))
            case "REDUCE":
                function, arguments = self._pop(2)
                stack.append(function(*arguments))
            case "BUILD":
                (state,) = self._pop(1)
                self._set_state(stack[-1], *state)
            case _:
                raise Refused(f"takes the step {step}, which a file of numbers never needs")

    def _pop(self, count: int) -> list[Any]:
        """Take the last `count` values from the stack."""
        start = len(self.stack) - count
        if count < 0 or start < 0:
            raise IndexError("its stack is too short")
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def _pop_to_mark(self) -> list[Any]:
        return self._pop(len(self.stack) - self.marks.pop())

    def _find(self, module: str, name: str) -> Any:
        full_name = f"{module}.{name}"
        if full_name not in self.names:
            raise Refused(
                f"asks for {full_name:.80}, which no file of numbers needs and which could do "
                "anything; nothing was executed; do not open it with pickle.load either"
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
        if not all(isinstance(key, str) for key in keys):
            raise Refused("has a dict with keys that are not strings; name the arrays")
        self.stack[-1].update(zip(keys, values, strict=True))

    # ---- what the names in a file stand for

    def _take(self, buffer: bytes | bytearray) -> bytes | bytearray:
        """The bytes of one array, which no other array may have had already."""
        if not isinstance(buffer, bytes | bytearray) or len(buffer) > self.bytes_left:
            raise ValueError("its arrays are larger than the file")
        self.bytes_left -= len(buffer)
        return buffer

    def _empty(self, *_: object) -> np.ndarray:
        """An array whose shape, dtype and numbers come later, by `_set_state`."""
        return np.empty(0, np.uint8)

    def _array(self, buffer: bytes, dtype: _DType, shape: Any, order: Any) -> np.ndarray:
        flat = np.frombuffer(bytearray(self._take(buffer)), dtype.value)  # bytearray: writable
        return flat.reshape(shape, order=order)

    def _scalar(self, dtype: _DType, buffer: bytes) -> np.generic:
        (value,) = np.frombuffer(self._take(buffer), dtype.value)
        return value

    def _set_state(self, target: Any, version: int, *state: Any) -> None:
        if isinstance(target, _DType):
            order, *_ = state
            target.value = target.value.newbyteorder(order)
        elif isinstance(target, np.ndarray):
            shape, dtype, fortran, buffer = state
            if math.prod(shape) * dtype.value.itemsize != len(buffer):
                raise ValueError("an array has another size than its shape says")
            sound: Any = (1, shape, dtype.value, bool(fortran), bytes(self._take(buffer)))
            target.__setstate__(sound)  # in place: the file may have named the array already
        else:
            raise TypeError(f"a {type(target).__name__} has no state")
