"""Random numbers of several kinds and layouts, and how far two results may be apart."""

import numpy as np

# The largest difference that passes, as a part of the largest number in the result of PyTorch.
TOLERANCE = {np.float64: 1e-10, np.float32: 1e-4}
FLOOR = 1e-3  # a result whose numbers are all smaller is compared as if its largest were this
# Where h = tanh(a) is nearly 1, few digits are left of 1 - h^2, in PyTorch as well (80 bits show
# it), and steps or layers multiply that: here the difference may be a hundred times as large.
CANCELS = {"rnn", "lstm", "attention_lstm", "network"}
ROUNDING = 16  # in float32: or so many times as far from the result in float64 as PyTorch's is


def numbers(rng, *shape, dtype):
    """An array to read: ordinary numbers, few different ones (ties, zeros), large or small ones."""
    values = rng.standard_normal(shape)
    kind = rng.integers(8)
    if kind == 4:
        values = np.rint(values)  # -2 .. 2: equal numbers in a window, exact zeros
    elif kind == 5:
        values = values * (rng.random(shape) < 0.2)  # mostly zeros
    elif kind == 6:
        values *= 100
    elif kind == 7:
        values *= 0.01
    values = laid_out(rounded(values, dtype), rng)
    values.setflags(write=False)
    return values


def rounded(values, dtype):
    """The values as float32 has them, in any dtype the same: a case can be repeated in float64."""
    return values.astype(np.float32).astype(dtype)


def laid_out(values, rng):
    """The same values, at random in another order in memory, or with gaps."""
    kind = rng.integers(4)
    if kind == 0:
        return np.asfortranarray(values)
    if kind == 1 and values.ndim == 4:  # channels last, as from an image file
        return np.ascontiguousarray(values.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    if kind == 2 and values.ndim:
        wide = np.full((*values.shape[:-1], 2 * values.shape[-1]), 7, values.dtype)
        wide[..., ::2] = values
        return wide[..., ::2]
    return values


def differences(case, seed, dtype):
    """What is not the same in a case: name -> words; {} if all agrees.

    In float32 both are rounded, and where numbers cancel little else is left. So there ours is
    compared with the same case of PyTorch in float64, and may be ROUNDING times as far from it as
    PyTorch's float32.
    """
    found = {}
    tolerance = TOLERANCE[dtype] * (100 if case.__name__ in CANCELS else 1)
    pairs = case(np.random.default_rng(seed), dtype)
    exact = pairs if dtype is np.float64 else case(np.random.default_rng(seed), np.float64)
    for name, (ours, theirs) in pairs.items():
        truth, ours = exact[name][1], np.asarray(ours)
        if ours.shape != theirs.shape:
            found[name] = f"shape {ours.shape}, PyTorch {theirs.shape}"
        elif ours.ndim and ours.dtype != theirs.dtype:
            found[name] = f"dtype {ours.dtype}, PyTorch {theirs.dtype}"
        elif truth.size:
            scale = max(float(np.abs(truth).max()), FLOOR)
            apart, theirs_apart = (float(np.abs(a - truth).max()) / scale for a in (ours, theirs))
            if not apart <= max(tolerance, ROUNDING * theirs_apart):
                found[name] = f"{apart:.1e} of the largest number apart, PyTorch {theirs_apart:.1e}"
    return found
