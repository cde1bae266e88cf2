"""A module in the place of `cupy`, for machines without a GPU: its arrays are kept in NumPy's.

It takes what CuPy takes and refuses what CuPy refuses. The facts are those of CuPy 13.0 and 14.2,
tried with both where that needs no GPU:

* `ndarray` is no np.ndarray; np.asarray(x) and the like raise TypeError, `x.get()` copies it back.
* NEP 18: np.f(x) becomes cupy.f(x) with CuPy's own parameters (FUNCTIONS), or TypeError. NEP 35:
  so do np.zeros and its kind with like=x, but not NumPy 2's np.ones, whose device= it lacks.
  What no protocol covers, as_strided or ascontiguousarray(x) without like=, tries np.asarray(x).
* NEP 13: ufuncs take arrays of this type and numbers, and their method `at` does; no order=.
  np.errstate changes nothing.
* A NumPy array beside one of this type, in an operation or an assignment, is refused.
* Reductions and x[0] give arrays of shape (), not numbers; float(), int() and bool() make numbers
  of them, but they are no index.
* A result lies in memory in C order, whatever the order of what it was computed from.
* ndarray(shape, dtype, memptr, strides) is a view on the memory `x.data`.

Stricter than CuPy: it knows only the functions, methods and arguments listed here, which the layers
use, and it takes no lists and NumPy arrays as indices, which CuPy copies without a word.
"""

from types import SimpleNamespace

import numpy as np

cuda = SimpleNamespace(is_available=lambda: True)

# CuPy's functions and their parameters, in order; "*": any number of arrays.
FUNCTIONS = {
    "all": "a axis out keepdims",
    "arange": "start stop step dtype",
    "argmax": "a axis dtype out keepdims",
    "asarray": "a dtype order",
    "ascontiguousarray": "a dtype",
    "asfortranarray": "a dtype",
    "clip": "a a_min a_max out",
    "concatenate": "tup axis out dtype casting",
    "copy": "a order",
    "copyto": "dst src casting where",
    "empty": "shape dtype order",
    "empty_like": "prototype dtype order subok shape",
    "max": "a axis out keepdims",
    "mean": "a axis dtype out keepdims",
    "moveaxis": "a source destination",
    "ones": "shape dtype order",
    "ones_like": "a dtype order subok shape",
    "pad": "array pad_width mode constant_values",
    "result_type": "*",
    "savez": "*",
    "shape": "a",
    "size": "a axis",
    "split": "ary indices_or_sections axis",
    "sum": "a axis dtype out keepdims",
    "tile": "A reps",
    "vdot": "a b",
    "where": "condition x y",
    "zeros": "shape dtype order",
    "zeros_like": "a dtype order subok shape",
}
METHODS = {
    "all": "axis out keepdims",
    "any": "axis out keepdims",
    "argmax": "axis out dtype keepdims",
    "astype": "dtype order casting subok copy",
    "clip": "min max out",
    "copy": "order",
    "max": "axis out keepdims",
    "mean": "axis dtype out keepdims",
    "min": "axis out keepdims",
    "ravel": "order",
    "reshape": "*",
    "sum": "axis dtype out keepdims",
    "swapaxes": "axis1 axis2",
    "transpose": "*",
    "view": "dtype",
}
NUMBERS = (bool, int, float, complex, np.generic)


class ndarray(np.lib.mixins.NDArrayOperatorsMixin):  # its operators are ufuncs
    __slots__ = ("_host",)
    __hash__ = None

    def __init__(self, shape, dtype=float, memptr=None, strides=None, order="C"):
        if memptr is None:
            self._host = np.empty(shape, dtype, order)
        elif isinstance(memptr, Memory):
            self._host = np.ndarray(shape, dtype, memptr.host, strides=strides)
        else:
            raise TypeError(f"Argument 'memptr' has incorrect type (got {type(memptr)})")

    shape = property(lambda self: self._host.shape)
    strides = property(lambda self: self._host.strides)
    dtype = property(lambda self: self._host.dtype)
    ndim = property(lambda self: self._host.ndim)
    size = property(lambda self: self._host.size)
    nbytes = property(lambda self: self._host.nbytes)
    T = property(lambda self: on_device(self._host.T))
    data = property(lambda self: Memory(self._host))

    def get(self):
        return self._host.copy()

    def __array__(self, *args, **kwargs):
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. Please use `.get()` to construct "
            "a NumPy array explicitly."
        )

    def __array_function__(self, function, types, args, kwargs):
        name = function.__name__
        if function.__module__ != "numpy" or name not in FUNCTIONS:
            return NotImplemented
        if not set(types) <= {ndarray, np.ndarray}:
            return NotImplemented
        expect_parameters(name, FUNCTIONS[name], args, kwargs)
        return call(function, args, kwargs)

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **kwargs):
        if method not in ("__call__", "at"):
            return NotImplemented
        if not all(isinstance(x, NUMBERS + (ndarray, np.ndarray)) for x in (*inputs, *out)):
            return NotImplemented
        if set(kwargs) - {"dtype", "casting"}:
            raise TypeError(f"Wrong arguments {kwargs}")
        if method == "at":
            return ufunc.at(*host(inputs))
        if out:
            ufunc(*host(inputs), out=host(out), **kwargs)
            return out[0]
        return on_device(ufunc(*host(inputs), order="C", **kwargs))

    def __getitem__(self, key):
        return on_device(self._host[self._key(key)])

    def __setitem__(self, key, value):
        if isinstance(value, np.ndarray) and value.ndim:
            raise ValueError("non-scalar numpy.ndarray cannot be used for fill")
        self._host[self._key(key)] = host(value)

    def _key(self, key):
        key = host(key if isinstance(key, tuple) else (key,))
        # with an Ellipsis, NumPy also gives an array for x[0]
        return key if any(part is Ellipsis for part in key) else (*key, Ellipsis)

    def __len__(self):
        return len(self._host)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __int__(self):
        return int(self._host)

    def __float__(self):
        return float(self._host)

    def __bool__(self):
        return bool(self._host)

    def __repr__(self):
        return repr(self._host)

    def __format__(self, spec):
        return format(self._host, spec) if self.ndim else format(self._host[()], spec)

    def __deepcopy__(self, memo):
        return on_device(self.get())

    def __reduce__(self):
        return asarray, (self.get(),)


class Memory:
    """What `x.data` is: not the buffer that NumPy's arrays have there."""

    def __init__(self, host):
        self.host = host


def method(name):
    def run(self, *args, **kwargs):
        expect_parameters(name, METHODS[name], args, kwargs)
        result = call(getattr(self._host, name), args, kwargs)
        return self if result._host is self._host else result

    return run


for name in METHODS:
    setattr(ndarray, name, method(name))


def asarray(a, dtype=None, order=None):
    """From the computer's memory to the device: always a copy."""
    if isinstance(a, ndarray):
        return a if dtype in (None, a.dtype) else a.astype(dtype)
    return on_device(np.array(a, dtype, order=order or "K"))


def call(function, args, kwargs):
    """Run it on the arrays inside."""
    name = function.__name__
    if name == "asarray":
        return asarray(*args, **kwargs)
    if name == "savez":  # CuPy copies all arrays back
        arrays = {k: v.get() if isinstance(v, ndarray) else v for k, v in kwargs.items()}
        return np.savez(*args, **arrays)
    if name == "split" and isinstance(args[1], np.ndarray):
        args = args[0], args[1].tolist(), *args[2:]  # where to cut: it stays in memory
    return on_device(function(*host(args), **host(kwargs)))


def expect_parameters(name, names, args, kwargs):
    if names != "*" and (len(args) > len(names.split()) or set(kwargs) - set(names.split())):
        raise TypeError(f"cupy's {name} takes {names}, got {len(args)} arguments and {set(kwargs)}")


def host(value):
    """What NumPy computes with: the arrays inside, those in lists, tuples and dictionaries too."""
    if isinstance(value, ndarray):
        return value._host
    if isinstance(value, np.ndarray):
        raise TypeError("Unsupported type <class 'numpy.ndarray'>")
    if isinstance(value, tuple | list):
        return type(value)(map(host, value))
    if isinstance(value, dict):
        return {key: host(part) for key, part in value.items()}
    return value


def on_device(value):
    """Arrays and NumPy's numbers as arrays of this type; shapes, dtypes and None as they are."""
    if isinstance(value, list):
        return [on_device(part) for part in value]
    if not isinstance(value, np.ndarray | np.generic):
        return value
    result = object.__new__(ndarray)
    result._host = np.asarray(value)
    return result
