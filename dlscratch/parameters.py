"""All arrays of a network, by name, as views of one flat vector.

The names are for the reader (`params["W1"]`), the vector is for speed: an optimizer updates all
parameters at once, and a network has a single array to add up, copy or clip.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike


class Parameters(Mapping[str, np.ndarray]):
    """A dictionary of arrays; `flat` is all of them in one vector, in the same order.

    shapes: name -> shape; the arrays start as zeros. like: an array on the device to use, for
    instance a GPU (`dlscratch.devices`). An array cannot be replaced: an assignment copies the
    numbers into it. KeyError for an unknown name, ValueError for another shape.

    >>> params = Parameters({"W1": (2, 3), "b1": (3,)}, np.float32)
    >>> params["W1"] = np.ones((2, 3))
    >>> params["b1"] = [4, 5, 6]
    >>> params.flat
    array([1., 1., 1., 1., 1., 1., 4., 5., 6.], dtype=float32)
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], dtype: DTypeLike, like: Any = None):
        self.flat = np.zeros(sum(map(math.prod, shapes.values())), dtype, like=like)
        self._layout = list(shapes.items())
        self._arrays = {}
        end = 0
        for name, shape in shapes.items():
            start, end = end, end + math.prod(shape)
            self._arrays[name] = self.flat[start:end].reshape(shape)

    @classmethod
    def copy_of(cls, arrays: Mapping[str, np.ndarray]) -> "Parameters":
        """The same names and numbers, in a new vector; ValueError unless of one float dtype."""
        dtypes = {array.dtype for array in arrays.values()} or {np.dtype(np.float32)}
        if len(dtypes) > 1 or not all(dtype.kind == "f" for dtype in dtypes):
            kinds = ", ".join(f"{name} {array.dtype}" for name, array in arrays.items())
            raise ValueError(
                f"the arrays of a network must have one floating point dtype, got {kinds}: "
                "use W.astype(np.float32)"
            )
        like = next(iter(arrays.values()), None)
        copy = cls({name: array.shape for name, array in arrays.items()}, dtypes.pop(), like)
        for name, array in arrays.items():
            copy[name] = array
        return copy

    def __getitem__(self, name: str) -> np.ndarray:
        try:
            return self._arrays[name]
        except KeyError:
            raise KeyError(f"no parameter {name!r} here; there are {', '.join(self)}") from None

    def __setitem__(self, name: str, value: ArrayLike) -> None:
        array = self[name]
        value = np.asarray(value, like=array)
        if value.shape != array.shape:
            raise ValueError(f"{name} has shape {array.shape}, got an array of shape {value.shape}")
        array[...] = value

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name -> shape, in order."""
        return dict(self._layout)

    def aligned(self, other: "Parameters") -> bool:
        """Whether both have the same names and shapes in the same order."""
        return self._layout == other._layout

    def __reduce__(self) -> tuple[Any, ...]:
        return Parameters.copy_of, (self._arrays,)  # the arrays of a copy are views of its vector

    def __repr__(self) -> str:
        shapes = ", ".join(f"{name} {shape}" for name, shape in self.shapes().items())
        return f"Parameters({shapes}; {self.flat.size:,} numbers, {self.flat.dtype})"
