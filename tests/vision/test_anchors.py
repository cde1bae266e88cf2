"""Anchors: a grid of boxes, and the offsets from them to others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlscratch.vision import anchor_grid, areas, centres, decode, encode


def random_boxes(shape, seed, dtype=float):
    rng = np.random.default_rng(seed)
    corner, size = rng.uniform(-20, 20, (*shape, 2)), rng.uniform(1, 30, (*shape, 2))
    return np.concatenate([corner, corner + size], axis=-1).astype(dtype)


def test_the_grid_has_the_order_of_scores_laid_out_as_rows():
    sizes = [(4.0, 4.0), (2.0, 8.0), (6.0, 3.0)]
    H, W, A = 2, 5, 3
    grid = anchor_grid(H, W, stride=8, sizes=sizes)
    assert grid.dtype == np.float32 and grid.shape == (H * W * A, 4)
    scores = np.arange(A * H * W).reshape(1, A, H, W)
    rows = scores.transpose(0, 2, 3, 1).reshape(1, -1)  # (1, A, H, W) -> (1, H*W*A)
    for place, score in enumerate(rows[0]):
        a, y, x = np.unravel_index(score, (A, H, W))
        np.testing.assert_allclose(centres(grid[place]), [8 * x + 4, 8 * y + 4])
        assert areas(grid[place]) == sizes[a][0] * sizes[a][1]


@given(st.integers(0, 999))
def test_decoding_undoes_encoding(seed):
    boxes, anchors = random_boxes((2, 5), seed), random_boxes((5,), seed + 1000)
    np.testing.assert_allclose(decode(encode(boxes, anchors), anchors), boxes, atol=1e-9)


def test_offsets_by_hand():
    """Centre (5, 10), 10 wide, 20 high, to centre (6, 5), 20 wide, 10 high."""
    t = encode(np.array([-4.0, 0.0, 16.0, 10.0]), np.array([0.0, 0.0, 10.0, 20.0]))
    np.testing.assert_allclose(t, [1 / 10, -5 / 20, np.log(2), -np.log(2)])


def test_no_offset_is_the_anchor_itself():
    anchors = random_boxes((7,), 0)
    np.testing.assert_allclose(decode(np.zeros((7, 4)), anchors), anchors)
    np.testing.assert_allclose(encode(anchors, anchors), np.zeros((7, 4)), atol=1e-12)


def test_an_absurd_offset_enlarges_by_62_and_a_half_and_not_to_infinity():
    box = decode(np.array([0, 0, 1e6, 1e6]), np.array([0.0, 0.0, 2.0, 4.0]))
    assert areas(box) == pytest.approx(8 * 62.5**2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_and_the_arguments_are_kept(dtype):
    boxes, anchors = random_boxes((3,), 0, dtype), random_boxes((3,), 1, dtype)
    boxes.flags.writeable = anchors.flags.writeable = False
    t = encode(boxes, anchors)
    t.flags.writeable = False
    assert t.dtype == dtype and decode(t, anchors).dtype == dtype


def test_a_box_without_area_is_refused():
    flat = np.array([[0.0, 0.0, 4.0, 4.0], [3.0, 3.0, 3.0, 5.0]])
    with pytest.raises(ValueError, match=r"boxes must have x1 > x0 .* size \[0. 2.\]: leave out"):
        encode(flat, random_boxes((2,), 0))
    with pytest.raises(ValueError, match=r"sizes must be \(width, height\) pairs"):
        anchor_grid(2, 2, 4, sizes=[(3, 0)])
