"""The device of an array: the CPU's memory, or that of a GPU (section 8.3.2).

A layer need not know it. x @ W and x.sum() run on the device of x; NumPy dispatches np.exp(x) to
the type of x (NEP 13 and NEP 18), and np.zeros(shape, like=x) creates zeros on the device of x
(NEP 35). CuPy's arrays are such a type, for GPUs: the same code runs on both. One operation cannot
mix arrays of two devices, so arrays are copied at the boundary: a network by `Network.to`, which
returns a copy; batches and labels when they are passed in. Scores and gradients stay on the GPU.
The state of an optimizer is on one device too, so make a new optimizer for the copy.
"""

from __future__ import annotations

from typing import Any


def place_of(x: Any) -> Any:
    """The `like` of np.asarray(values, like=..) for the device of x: x itself if it is an array.

    >>> place_of(0.5) is None
    True
    """
    return x if hasattr(x, "__array_function__") else None  # numbers and lists have no device


def send(value: Any, device: str) -> Any:
    """Copy an array, or a tuple of arrays, to "cpu" or "gpu"; other values stay as they are.

    ValueError for another device, ImportError without CuPy, RuntimeError without a GPU.
    """
    if device not in ("cpu", "gpu"):
        raise ValueError(f'device must be "cpu" or "gpu", got {device!r}')
    if type(value) is tuple:
        return tuple(send(part, device) for part in value)
    if place_of(value) is None:
        return value
    if device == "gpu":
        return _cupy().asarray(value)
    return value.get() if hasattr(value, "get") else value  # NumPy's arrays have no get


def move(owner: Any, device: str) -> None:
    """Send every array of a layer or a loss, and discard its cache."""
    for name, value in vars(owner).items():
        setattr(owner, name, send(value, device))
    owner.cache = None


def _cupy() -> Any:
    """Import CuPy; ImportError or RuntimeError, with a hint, if it cannot be used."""
    try:
        import cupy
    except ImportError:
        raise ImportError('a GPU needs CuPy: pip install "dlscratch[gpu]"') from None
    if not cupy.cuda.is_available():
        raise RuntimeError("CuPy finds no GPU: check the output of nvidia-smi")
    return cupy
