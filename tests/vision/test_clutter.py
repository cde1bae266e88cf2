"""Clutter: strokes and pieces, against points worked by hand."""

import numpy as np
import pytest

from dlscratch.vision.clutter import clutter_piece, piece_of, stroke


def test_a_stroke_ends_where_its_line_ends():
    drawn = stroke(np.array([2.5, 2.5]), np.array([5.5, 2.5]), side=9)
    assert (drawn[2, 2:6] == 1).all()
    assert drawn[2, 1] == drawn[2, 6] == drawn[1, 3] == 0.5  # a pixel away from the line
    assert not drawn[2, 7:].any() and not drawn[4:].any()


def test_a_stroke_without_length_is_a_dot():
    point = np.array([4.5, 4.5])
    drawn = stroke(point, point, side=9)
    assert drawn[4, 4] == 1 and drawn[4, 3] == 0.5
    assert drawn[3, 3] == pytest.approx(1.5 - np.sqrt(2))


def test_a_piece_comes_from_the_middle_half_of_the_picture():
    picture = np.arange(28 * 28, dtype=float).reshape(28, 28)
    corners = {
        divmod(int(piece_of(picture, 6, np.random.default_rng(i))[0, 0]), 28) for i in range(2000)
    }
    assert corners == {(y, x) for y in range(7, 16) for x in range(7, 16)}


def test_both_kinds_occur_and_none_is_larger_than_allowed():
    rng = np.random.default_rng(0)
    pictures = np.full((1, 28, 28), 0.25)
    pieces = [clutter_piece(pictures, 6, rng) for _ in range(50)]
    assert {piece.shape for piece in pieces} == {(6, 6)}
    assert 10 < sum((piece == 0.25).all() for piece in pieces) < 40
    assert clutter_piece(pictures, 40, np.random.default_rng(0)).shape in {(14, 14), (40, 40)}
