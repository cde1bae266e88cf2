import numpy as np
import pytest

from ch07.apply_filter import choose, edges, load_grey, responses, share_at_vertical
from ch07.visualize_filter import likeness
from dataset.landscape import PICTURE
from dlscratch import Convolution
from dlscratch.storage.files import DataError

VERTICAL = np.tile([-1.0, -1.0, 0.0, 1.0, 1.0], (5, 1)).astype(np.float32)
CHECKERED = (-1.0) ** np.add.outer(np.arange(5), np.arange(5))


def test_likeness_tells_patterns_from_noise():
    noise = np.random.default_rng(0).standard_normal((500, 5, 5))
    assert abs(likeness(noise)) < 0.1
    assert likeness(VERTICAL[None]) > 0.5
    assert likeness(CHECKERED[None]) < -0.5


def test_the_filters_made_for_vertical_and_horizontal_edges_are_the_ones_chosen():
    rng = np.random.default_rng(0)
    W = 0.1 * rng.standard_normal((6, 5, 5)).astype(np.float32)
    W[2], W[4] = VERTICAL, VERTICAL.T
    assert choose(W) == (2, 4)


def test_responses_are_those_of_the_convolution():
    rng = np.random.default_rng(1)
    W = rng.standard_normal((3, 5, 5))
    windows = edges()[0]
    scores = Convolution(W[:, None], np.zeros(3)).forward(windows[:, None].astype(float))
    np.testing.assert_allclose(responses(W, windows), scores[..., 0, 0].max(axis=0))


def test_white_pixels_are_counted_at_the_kind_of_edge_they_lie_on():
    square = np.zeros((40, 40), np.float32)
    square[10:30, 10:30] = 1
    for W, share in ((VERTICAL, 1.0), (VERTICAL.T, 0.0)):
        answer = Convolution(W[None, None], np.zeros(1)).forward(square[None, None])[0, 0]
        assert share_at_vertical(answer, square) == pytest.approx(share, abs=0.1)


def test_the_picture_is_turned_grey():
    grey = load_grey(PICTURE)
    assert grey.shape == (256, 256)
    assert 0 <= grey.min() < 0.2 and 0.9 < grey.max() <= 1


def test_a_file_that_is_no_picture_is_refused_in_one_line(tmp_path):
    path = tmp_path / "holiday.jpg"
    path.write_text("no picture")
    with pytest.raises(DataError, match="holiday.jpg is no picture that Pillow can read"):
        load_grey(path)


def test_a_picture_smaller_than_a_filter_is_refused(tmp_path):
    from PIL import Image

    path = tmp_path / "dot.png"
    Image.new("L", (4, 4)).save(path)
    with pytest.raises(DataError, match="needs more"):
        load_grey(path)
