"""The tests of the data sets read them, again and again."""

import pytest


@pytest.fixture
def data_sets_are_read_once():
    """Nothing of the kind here."""
