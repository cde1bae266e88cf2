"""Figure 1-5: the landscape, or a picture of the reader's."""

import pytest
from PIL import Image

from ch01 import img_show
from dlscratch.book.experiment import run


def show(argv):
    run(img_show.main, img_show.__doc__, img_show.options, argv)


def test_it_shows_the_landscape(tmp_path, capsys):
    show(["--out", str(tmp_path)])
    assert "shape (256, 256, 3), dtype uint8" in capsys.readouterr().out


def test_it_shows_a_picture_of_the_readers_also_a_grey_one(tmp_path, capsys):
    Image.new("L", (40, 30)).save(tmp_path / "mine.png")
    show(["--image", str(tmp_path / "mine.png"), "--out", str(tmp_path)])
    assert "shape (30, 40, 3), dtype uint8" in capsys.readouterr().out


def test_a_file_that_is_no_picture_is_one_line(tmp_path):
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(SystemExit, match="python ch01/img_show.py: .*notes.txt"):
        show(["--image", str(tmp_path / "notes.txt"), "--out", str(tmp_path)])
