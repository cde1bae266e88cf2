"""What holds around every test: strict numbers, no display, a cache folder of its own."""

import os
import signal

if "PYTEST_XDIST_WORKER" in os.environ:  # as many tests at once as there are cores: one thread each
    os.environ["OMP_NUM_THREADS"] = "1"  # read once, when NumPy is imported

import hypothesis
import numpy as np
import pytest

# The same examples in every run, so that a red test is red again; and no verdict by the clock.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")


def pytest_configure():
    """Draw without a display and hear Ctrl-C, also in the scripts that the tests start."""
    os.environ["MPLBACKEND"] = "Agg"
    # a shell starts its background jobs deaf to Ctrl-C, and theirs would be too
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def cache_folder(tmp_path_factory):
    """Keep the data set's cache out of the reader's own cache folder, whatever is in there."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLSCRATCH_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def load_once():
    """`load_examples`, but what was loaded before is the same array again, and read-only."""
    from dataset.examples import load_examples

    loaded = {}

    def load_once(title, folder, checksums, normalize, flatten, one_hot_label):
        key = title, folder, normalize, one_hot_label
        if key not in loaded:
            loaded[key] = load_examples(title, folder, checksums, normalize, True, one_hot_label)
            for array in (*loaded[key][0], *loaded[key][1]):
                array.flags.writeable = False
        return tuple((x if flatten else x.reshape(-1, 1, 28, 28), t) for x, t in loaded[key])

    return load_once


@pytest.fixture(autouse=True)
def data_sets_are_read_once(load_once, monkeypatch):
    """It takes a fifth of a second, and hundreds of tests do it; tests/dataset does each anew."""
    monkeypatch.setattr("dataset.mnist.load_examples", load_once)
    monkeypatch.setattr("dataset.fashion_mnist.load_examples", load_once)


@pytest.fixture(autouse=True)
def strict_numbers():
    """Turn overflow, division by zero and NaN into errors; only underflow to 0 is harmless."""
    with np.errstate(all="raise", under="ignore"):
        yield
