"""Where an array is: in the computer's own memory, or in that of a GPU (section 8.3.2).

A layer does not need to know. x @ W and x.sum() run where x is; NumPy dispatches np.exp(x) to the
type of x (NEP 13 and NEP 18), and np.zeros(shape, like=x) makes the zeros where x is (NEP 35).
CuPy's arrays are such a type, for GPUs: the same code runs on both. One operation cannot mix arrays
of two devices, so they are copied at the boundary: a network by `Network.to`, which returns a copy,
batches and labels when they are passed in. Scores and gradients stay on the GPU. An optimizer keeps
arrays: make one for each network.
"""

from __future__ import annotations

from typing import Any


def place_of(x: Any) -> Any:
    """What np.asarray(values, like=..) takes to put the values where x is; None: in memory.

    >>> place_of(0.5) is None
    True
    """
    return x if hasattr(x, "__array_function__") else None  # numbers and lists have no place


def send(value: Any, device: str) -> Any:
    """An array, or a tuple of them, on the "cpu" or the "gpu"; anything else as it is.

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
    """Send every array that a layer or a loss holds, except what its forward pass kept."""
    for name, value in vars(owner).items():
        setattr(owner, name, send(value, device))
    owner.cache = None


def _cupy() -> Any:
    """The module, if it can be used."""
    try:
        import cupy
    except ImportError:
        raise ImportError('a GPU needs CuPy: pip install "dlscratch[gpu]"') from None
    if not cupy.cuda.is_available():
        raise RuntimeError("CuPy finds no GPU here: look at what nvidia-smi says")
    return cupy
