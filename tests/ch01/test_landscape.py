"""The picture of chapters 1 and 7: the PNG is what the script draws."""

import numpy as np
from PIL import Image

from dataset.landscape import PICTURE, draw


def test_the_picture_is_the_one_that_the_script_draws():
    drawn = draw()
    with Image.open(PICTURE) as picture:
        saved = np.asarray(picture)
    assert drawn.shape == saved.shape == (256, 256, 3)
    assert np.abs(drawn.astype(int) - saved).mean() < 0.1  # of 255; another CPU rounds differently


def test_in_grey_it_has_upright_and_level_edges_for_the_filters_of_chapter_7():
    with Image.open(PICTURE) as picture:
        grey = np.asarray(picture.convert("L")).astype(int)
    for axis in 0, 1:
        steps = np.abs(np.diff(grey, axis=axis))
        assert np.mean(steps > 40) > 0.01
