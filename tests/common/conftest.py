"""Listings of the book as a reader types them: run here with one word of each line changed."""

import re
from textwrap import dedent

import numpy as np
import pytest


@pytest.fixture
def typed(monkeypatch):
    """Run a listing with `common` replaced by `dlscratch.common`; returns the names it leaves."""
    seeded = np.random.default_rng
    # listings know of no rng: what they leave to chance is the same in every run of a test
    monkeypatch.setattr(
        np.random, "default_rng", lambda seed=None: seeded(0 if seed is None else seed)
    )

    def run(listing, **given):
        text = re.sub(r"^from common\.", "from dlscratch.common.", dedent(listing), flags=re.M)
        names = {"__name__": "listing", **given}
        exec("import numpy; numpy.random.seed(0)", {})  # they draw from NumPy's global generator
        exec(compile(text, "listing", "exec"), names)
        return names

    return run


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def digits(rng):
    """60 images (1, 10, 10) in float32 that can be told apart, and their classes 0, 1, 2."""
    t = np.arange(60) % 3
    x = 0.1 * rng.random((60, 1, 10, 10), dtype=np.float32)
    for image, label in zip(x, t):
        image[0, 1 + 3 * label : 3 + 3 * label] += 0.9  # a bright bar, high, in the middle or low
    return x, t
