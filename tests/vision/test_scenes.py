"""Scenes: what is said about them can be seen in them."""

import numpy as np
import pytest

from dataset.mnist import load_mnist
from dlscratch.vision import BACKGROUND, areas, draw_scenes
from dlscratch.vision.boxes import intersections
from dlscratch.vision.scenes import INK


@pytest.fixture(scope="module")
def digits():
    (x, t), _ = load_mnist(flatten=False)
    return x[:500].astype(np.float32), t[:500]


@pytest.fixture(scope="module")
def plain(digits):
    """Scenes in which there is nothing but digits."""
    return draw_scenes(*digits, 60, clutter=False, noise=0, rng=0)


def test_shapes_and_dtypes(digits):
    scenes = draw_scenes(*digits, 7, size=48, sides=(12, 20), rng=0)
    assert scenes.images.shape == (7, 1, 48, 48) and scenes.images.dtype == np.float32
    assert scenes.masks.shape == (7, 48, 48) and scenes.masks.dtype == np.uint8
    assert 0 <= scenes.images.min() and scenes.images.max() <= 1
    for boxes, labels, sides in zip(scenes.boxes, scenes.labels, scenes.sides):
        assert boxes.shape == (len(labels), 4) and boxes.dtype == np.float32
        assert labels.dtype == sides.dtype == np.int64 and len(sides) == len(labels)


def test_one_seed_draws_the_same_scenes_and_the_first_of_many_are_the_few(digits):
    few, many = draw_scenes(*digits, 3, rng=1), draw_scenes(*digits, 5, rng=1)
    np.testing.assert_array_equal(few.images, many.images[:3])
    np.testing.assert_array_equal(few.masks, many.masks[:3])
    other = draw_scenes(*digits, 3, rng=2)
    assert (other.images != few.images).any()


def test_there_are_as_many_digits_and_as_large_as_ordered(digits):
    scenes = draw_scenes(*digits, 80, digits=(2, 3), sides=(16, 20), rng=0)
    counts = [len(labels) for labels in scenes.labels]
    assert set(counts) == {2, 3}
    assert set(np.concatenate(scenes.sides)) == {16, 17, 18, 19, 20}
    assert set(np.concatenate(scenes.labels)) == set(range(10))


def test_a_digit_that_finds_no_place_is_left_out_but_never_the_first(digits):
    scenes = draw_scenes(*digits, 20, size=28, digits=(5, 5), sides=(28, 28), overlap=0, rng=0)
    counts = [len(labels) for labels in scenes.labels]
    assert 1 <= min(counts) and max(counts) < 5


@pytest.mark.parametrize("overlap", [0.0, 0.1, 0.5])
def test_boxes_overlap_no_more_than_allowed(digits, overlap):
    scenes = draw_scenes(*digits, 60, digits=(5, 5), overlap=overlap, rng=0)
    shares = []
    for boxes in scenes.boxes:
        smaller = np.minimum(areas(boxes)[:, None], areas(boxes))
        share = intersections(boxes, boxes) / smaller
        shares.extend(share[~np.eye(len(boxes), dtype=bool)])
    assert max(shares) <= overlap and (max(shares) > 0) == (overlap > 0)


def test_each_box_fits_closely_around_the_pixels_of_its_digit(digits):
    scenes = draw_scenes(*digits, 40, digits=(1, 1), rng=0)
    for mask, (box,), (label,) in zip(scenes.masks, scenes.boxes, scenes.labels):
        rows, columns = np.nonzero(mask == label)
        np.testing.assert_array_equal(
            box, [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        )
        assert set(np.unique(mask)) == {label, BACKGROUND}


def test_a_mask_shows_the_ink(plain):
    """Where there is nothing but one digit, its ink is what is bright."""
    for image, mask, labels in zip(plain.images[:, 0], plain.masks, plain.labels):
        if len(labels) == 1:
            np.testing.assert_array_equal(mask != BACKGROUND, image >= INK * image.max())
    for mask, labels in zip(plain.masks, plain.labels):
        assert set(np.unique(mask)) == {*labels, BACKGROUND}


def test_a_digit_of_its_own_size_is_the_digit_itself(digits):
    x, t = digits
    scenes = draw_scenes(x[:1], t[:1], 1, digits=(1, 1), sides=(28, 28), clutter=False, noise=0)
    x0, y0, x1, y1 = scenes.boxes[0][0].astype(int)
    drawn = scenes.images[0, 0, y0:y1, x0:x1]
    rows, columns = (np.flatnonzero((x[0, 0] >= INK).any(axis=axis)) for axis in (1, 0))
    original = x[0, 0, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    np.testing.assert_allclose(drawn, original, atol=1e-6)
    assert scenes.labels[0] == t[0] and scenes.images.sum() == pytest.approx(drawn.sum())


def test_a_pixel_of_two_digits_belongs_to_the_brighter():
    blocks = np.stack([np.full((20, 20), 1.0), np.full((20, 20), 0.5)])
    options = {"size": 40, "digits": (4, 4), "overlap": 0.9, "clutter": False, "noise": 0}
    scenes = draw_scenes(blocks, np.array([7, 2]), 30, sides=(20, 20), rng=0, **options)
    np.testing.assert_array_equal(scenes.masks == 7, scenes.images[:, 0] == 1)
    np.testing.assert_array_equal(scenes.masks == 2, scenes.images[:, 0] == 0.5)


def test_clutter_touches_no_box_and_is_background(digits):
    scenes = draw_scenes(*digits, 80, digits=(1, 2), noise=0, rng=0)
    littered = 0
    for image, mask, boxes in zip(scenes.images[:, 0], scenes.masks, scenes.boxes):
        outside = np.ones(mask.shape, bool)
        for x0, y0, x1, y1 in boxes.astype(int):
            outside[y0:y1, x0:x1] = False
        assert (mask[outside] == BACKGROUND).all()
        littered += image[outside].any()
        if len(boxes) == 1:  # in its box there is the digit, and nothing else that is bright
            inside = np.where(outside, 0, image)
            assert (inside[mask == BACKGROUND] < INK * inside.max()).all()
    assert littered > 40


def test_without_clutter_and_noise_nothing_is_outside_the_boxes(plain):
    for image, boxes in zip(plain.images[:, 0].copy(), plain.boxes):
        for x0, y0, x1, y1 in boxes.astype(int):
            image[y0:y1, x0:x1] = 0
        assert not image.any()


def test_noise_has_its_standard_deviation(digits):
    quiet, noisy = (
        draw_scenes(*digits, 1, digits=(1, 1), noise=noise, rng=0) for noise in (0, 0.05)
    )
    change = (noisy.images - quiet.images)[quiet.images == 0]
    assert change[change > 0].std() == pytest.approx(0.05 * np.sqrt(1 - 2 / np.pi), rel=0.05)


def test_scenes_are_selected_with_all_that_is_known_about_them(digits):
    scenes = draw_scenes(*digits, 6, rng=0)
    single = np.array([len(labels) == 1 for labels in scenes.labels])
    for rows, expected in [
        (slice(1, 3), [1, 2]),
        ([4, 0], [4, 0]),
        (single, np.flatnonzero(single)),
    ]:
        part = scenes[rows]
        assert len(part) == len(expected)
        for new, old in enumerate(expected):
            np.testing.assert_array_equal(part.images[new], scenes.images[old])
            np.testing.assert_array_equal(part.masks[new], scenes.masks[old])
            assert part.boxes[new] is scenes.boxes[old] and part.sides[new] is scenes.sides[old]
            assert part.labels[new] is scenes.labels[old]


def test_the_digits_stay_as_they_are(digits):
    x, t = (array.copy() for array in digits)
    x.flags.writeable = t.flags.writeable = False
    draw_scenes(x, t, 5, rng=0)
    draw_scenes(x[:, 0].astype(float), t.astype(np.uint8), 5, rng=0)


def test_what_does_not_fit_is_refused(digits):
    x, t = digits
    for arguments, options, message in [
        ((x.reshape(500, -1), t, 1), {}, r"use load_mnist\(flatten=False\)"),
        (((x * 255).astype(np.uint8), t, 1), {}, r"of floats, got uint8"),
        ((x, t[:3], 1), {}, "an integer label for each of 500 images"),
        ((x, t + 1, 1), {}, r"labels must be 0 .. 9, got 1 .. 10"),
        ((x * 0, t, 1), {}, "without a bright pixel"),
        ((x, t, 0), {}, "n must be a whole number, 1 or more"),
        (
            (x, t, 1),
            {"sides": (16, 65)},
            r"sides must be \(least, most\), at most the scene's size of 64",
        ),
        ((x, t, 1), {"digits": (3, 2)}, r"digits must be \(least, most\), got \(3, 2\)"),
        ((x, t, 1), {"noise": -1}, "noise must be a number at least 0"),
    ]:
        with pytest.raises(ValueError, match=message):
            draw_scenes(*arguments, **options)
