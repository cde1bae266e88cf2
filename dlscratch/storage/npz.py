"""Arrays by name in a .npz file: how weights and checkpoints are kept.

Nothing in such a file is pickled, so that nothing in it can be executed.
"""

from typing import Any

import numpy as np

from dlscratch.storage.files import DataError, npz_fault


def write_arrays(file, arrays: dict[str, Any]) -> None:
    """Write arrays by name as .npz."""
    np.savez(file, **arrays)


def read_arrays(path) -> dict[str, np.ndarray]:
    """All arrays of a .npz file; DataError for anything else."""
    try:
        with open(path, "rb") as source, np.load(source, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        others = [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]
        if others:
            raise ValueError(f"{', '.join(others)} is no array")
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except Exception as error:  # damage makes zipfile and NumPy raise almost anything
        fault = npz_fault(path, error)
        raise DataError(f"{path}: not a readable .npz file: {fault}; save it again") from error
    return arrays


def copy_into(wanted: dict[str, np.ndarray], found: dict[str, np.ndarray], path) -> None:
    """Copy `found` into the arrays `wanted`, strictly: the same names, the same shapes."""
    missing = [name for name in wanted if name not in found]
    unexpected = [name for name in found if name not in wanted]
    common = [name for name in wanted if name in found]
    faults = [
        f"{name} is {found[name].shape}, expected {wanted[name].shape}"
        for name in common
        if found[name].shape != wanted[name].shape
    ]
    faults += [
        f"{name} holds {found[name].dtype}, expected numbers"
        for name in common
        if found[name].dtype.kind not in "fiu"
    ]
    if missing:
        faults.append("missing: " + ", ".join(missing))
    if unexpected:
        faults.append("unexpected: " + ", ".join(unexpected))
    if faults:
        raise DataError(f"{path} does not fit this network: {'; '.join(faults)}")
    for name, array in wanted.items():
        array[...] = found[name]
