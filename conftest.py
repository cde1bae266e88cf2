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


@pytest.fixture(autouse=True)
def strict_numbers():
    """Turn overflow, division by zero and NaN into errors; only underflow to 0 is harmless."""
    with np.errstate(all="raise", under="ignore"):
        yield
