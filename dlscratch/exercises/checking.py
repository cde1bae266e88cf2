"""What the check of an exercise is written with: inputs, and what is expected of a result.

    def check(their):
        x = given([[1.0, -0.5], [-2.0, 3.0]])              # read-only
        relu = their.Relu()
        expect(relu.forward(x), [[1, 0], [0, 3]], "Relu().forward(x)", absolute=abs(x))
        expect_gradients(relu, x)

Each of them raises Mistake with the key of a message: `absolute` if forward returned abs(x). The
text of a call is shown to the learner and may hold line breaks.
"""

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from dlscratch.gradcheck import check_gradients

SHAPES = (
    r"d(?P<array>\w+) has shape (?P<shape>.*?), expected the shape of \w+, (?P<expected>\(.*?\))"
)
HINTS = {  # what the gradient checker says: the key in texts.py; the first one that fits
    r"writes into its input": "gradient_writes",
    r"uses what an earlier forward": "gradient_stale",
    r"backward needs (?P<other>\w+)\.T": "gradient_other_transpose",
    r"backward returned no dx": "gradient_no_dx",
    r"backward set no d(?P<array>\w+)": "gradient_not_set",
    r"d(?P<array>\w+) contains inf or nan": "gradient_nan",
    rf"{SHAPES}.*sum over the batch": "gradient_batch_sum",
    SHAPES: "gradient_shape",
    r"the gradient of \w+ is never computed": "gradient_zero",
    r"missing transpose": "gradient_transpose",
    r"wrong sign": "gradient_sign",
    r"a factor of (?P<factor>N|1/N) \(N = (?P<n>\d+)": "gradient_batch_factor",
    r"a factor, the gradient is (?P<factor>\S+) times": "gradient_factor",
    r"": "gradient",
}
MOST_SHOWN = 24  # numbers of an array; of a larger one its corners


class Mistake(Exception):
    """The learner's file is wrong: the key of the message, and what is filled in."""

    def __init__(self, key: str, **fields: Any):
        super().__init__(key)
        self.key = key
        self.fields = {name: str(value) for name, value in fields.items()}


class Answer:
    """What the learner wrote: their.Relu is the class of that name in the learner's file."""

    def __init__(self, module: ModuleType):
        self._module = module

    def __getattr__(self, name: str) -> Any:
        if name not in vars(self._module):
            fail("no_name", name=name)
        value = vars(self._module)[name]
        origin = _origin(value, self._module.__name__)
        if origin != self._module.__name__:
            fail("not_theirs", name=name, module=origin)
        return value

    def spy(self, name: str) -> list[tuple]:
        """A list that grows with each call of this function: its arguments."""
        function, calls = getattr(self, name), []

        def spy(*args, **options):
            calls.append(args)
            return function(*args, **options)

        spy.__module__ = self._module.__name__
        setattr(self._module, name, spy)
        return calls


def _origin(value: Any, own: str) -> str:
    """The module that a function or a class, or one that it inherits from, is written in."""
    if isinstance(value, type):
        foreign = [kind.__module__ for kind in value.__mro__[:-1] if kind.__module__ != own]
        return foreign[0] if foreign else own
    return getattr(value, "__module__", own) or own


def fail(key: str, **fields: Any) -> NoReturn:
    raise Mistake(key, **fields)


def given(values: Any, dtype: Any = np.float64) -> np.ndarray:
    """An array that no function may write to."""
    array = np.array(values, dtype)
    array.flags.writeable = False
    return array


def draw(*shape: int, seed: int = 0) -> np.ndarray:
    """The same random numbers each time, read-only."""
    return given(np.random.default_rng(seed).standard_normal(shape))


def expect(
    got: Any, right: Any, call: str, rtol: float = 1e-6, dtype: Any = None, **mistakes: Any
) -> None:
    """What a call returned must be `right`: its shape, its numbers and, if given, its dtype.

    mistakes: key -> what a usual mistake returns there. The key of the first that fits is told.
    """
    fields = {"call": call, "got": shown(got), "right": shown(right)}
    if got is None:
        fail("none", call=call)
    array = as_numbers(got)
    if array is None or isinstance(got, list | tuple):
        fail("kind", **fields, kind=type(got).__name__)
    right = np.asarray(right)
    if not same(array, right, rtol):
        for key, wrong in mistakes.items():
            if wrong is not None and same(array, np.asarray(wrong), rtol):
                fail(key, **fields)
        if array.shape != right.shape:
            fail("shape", **fields, shape=array.shape, expected=right.shape)
        fail(
            "value" if np.isfinite(array).all() or not np.isfinite(right).all() else "nan", **fields
        )
    if dtype is not None and array.dtype != dtype:
        fail("dtype", call=call, dtype=array.dtype, expected=np.dtype(dtype))


def expect_float32(function: Callable, *arrays: np.ndarray, call: str) -> None:
    """With arrays of float32 the function must return float32."""
    got = function(*(given(array, np.float32) for array in arrays))
    dtype = np.asarray(got).dtype
    if dtype != np.float32:
        fail("dtype", call=call, dtype=dtype, expected="float32")


def expect_attribute(thing: Any, name: str, right: Any, **mistakes: Any) -> None:
    """What the learner's object has kept under this name must be `right`."""
    if not hasattr(thing, name):
        fail("no_attribute", name=name)
    expect(getattr(thing, name), right, f"self.{name}", **mistakes)


def expect_gradients(layer: Any, x: Any, t: Any = None, tolerance: float = 1e-5) -> None:
    """The gradient checker must find backward right; if not, its diagnosis is told."""
    verdict = check_gradients(layer, x, t, tolerance=tolerance)
    if verdict:
        return
    matches = ((key, re.search(pattern, verdict.hint)) for pattern, key in HINTS.items())
    key, found = next((key, found) for key, found in matches if found)
    fields = {"array": verdict.array or "x", **found.groupdict()}
    if verdict.array:
        place = "" if verdict.index is None else f"{list(verdict.index)}"
        fields["call"] = f"d{verdict.array}{place}"
        fields["got"], fields["right"] = f"{verdict.analytic:.6g}", f"{verdict.numeric:.6g}"
    fail(key, **fields)


def as_numbers(value: Any) -> np.ndarray | None:
    """The value as an array of numbers; None if it is something else."""
    try:
        array = np.asarray(value)
    except ValueError:  # lists of different lengths
        return None
    return array if array.dtype.kind in "biuf" else None


def same(these: np.ndarray, those: np.ndarray, rtol: float = 1e-6) -> bool:
    """Equal in shape, and in numbers but for rounding."""
    close = these.shape == those.shape and np.allclose(these, those, rtol, 1e-9, equal_nan=True)
    return bool(close)


def shown(value: Any) -> str:
    """A value in one line, arrays as lists.

    >>> shown(np.array([[0.5, 1 / 3], [0.0, -4.0]]))
    '[[0.5, 0.33333333], [0, -4]]'
    """
    array = as_numbers(value)
    if array is None:
        return re.sub(r"\s+", " ", repr(value))[:300]
    if array.size > MOST_SHOWN:
        text = np.array2string(array, precision=4, separator=", ", threshold=1, edgeitems=2)
        return re.sub(r"\s+", " ", text)
    if array.ndim == 0:
        return str(array) if array.dtype.kind == "b" else f"{array + 0:.8g}"  # -0.0 as 0
    return "[" + ", ".join(map(shown, array)) + "]"
