"""Films: every picture, in its colours, for its time."""

import numpy as np
from PIL import Image

from dlscratch import figures


def test_a_film_shows_its_pictures_in_order_and_waits_at_the_end(tmp_path, capsys):
    dark, light = np.zeros((6, 5, 3), np.uint8), np.full((6, 5, 3), 255, np.uint8)
    path = tmp_path / "film.gif"
    figures.save_film([dark, light], path, milliseconds=70, hold=900)
    assert capsys.readouterr().out == f"film: {path}\n"
    with Image.open(path) as film:
        assert (film.n_frames, film.size, film.info["duration"]) == (2, (5, 6), 70)
        assert film.convert("L").getpixel((1, 1)) < 10
        film.seek(1)
        assert film.info["duration"] == 900
        assert film.convert("L").getpixel((1, 1)) > 245


def test_pixels_are_the_figure_as_it_looks_and_leave_it_as_it_was():
    fig, ax = figures.new(size=(3, 2))
    dpi = fig.dpi
    before = figures.pixels(fig, dpi=50)
    assert before.shape == (100, 150, 3) and before.dtype == np.uint8
    ax.plot([0, 1], [0, 1], color="black")
    assert (figures.pixels(fig, dpi=50) != before).any()
    assert fig.dpi == dpi
