"""Numbers on their way to the page."""

import base64

import numpy as np

from dlscratch.demo.packing import packed


def test_packed_numbers_are_bytes_within_their_limits():
    assert base64.b64decode(packed(np.array([-3.0, 0.6, 300.0]), np.uint8)) == bytes([0, 1, 255])
