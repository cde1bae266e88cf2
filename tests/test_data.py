"""Data: every row once, nothing lost in a split, images warped as a plain loop does it."""

import math

import numpy as np
import pytest

from dlscratch import affine_warp, batches, one_hot, shift, train_validation_split

RNG = np.random.default_rng(0)
FLOATS = [np.float16, np.float32, np.float64]
WARP = {"degrees": 25, "scale": 0.2, "shear": 0.3, "shift": 1.5}


def frozen(array):
    array.flags.writeable = False
    return array


# ---- batches


def test_an_epoch_is_a_permutation_of_the_rows_the_last_short_batch_included():
    x = np.arange(23)
    parts = list(batches(x, x + 100, 5, np.random.default_rng(0)))
    assert [len(part) for part, _ in parts] == [5, 5, 5, 5, 3]
    rows = np.concatenate([part for part, _ in parts])
    assert sorted(rows) == list(x) and list(rows) != list(x)
    for part, labels in parts:
        np.testing.assert_array_equal(part + 100, labels)


def test_batches_are_drawn_anew_from_the_generator_each_time():
    x = np.arange(20)

    def order(rng):
        return [tuple(part) for part, _ in batches(x, x, 4, rng)]

    rng = np.random.default_rng(0)
    first, second = order(rng), order(rng)
    assert first != second  # not the same batches in another order either:
    assert {frozenset(part) for part in first} != {frozenset(part) for part in second}
    assert order(np.random.default_rng(0)) == order(0) == first


@pytest.mark.parametrize("size", [1, 7, 100])
def test_any_batch_size_covers_every_row_once(size):
    x = np.arange(7)
    parts = [part for part, _ in batches(x, x, size, np.random.default_rng(0))]
    assert sorted(np.concatenate(parts)) == list(x)


@pytest.mark.parametrize("size", [0, -1, 2.5])
def test_a_batch_size_that_is_no_whole_number_of_one_or_more_is_refused(size):
    with pytest.raises(ValueError, match=f"batch size must be a whole number, 1 .* got {size}"):
        list(batches(np.zeros(4), np.zeros(4), size, rng=0))


# ---- a split for validation


@pytest.mark.parametrize(
    "validation, held", [(3, 3), (0.3, 3), (0.25, 2), (9, 9), (np.int64(1), 1)]
)
def test_a_split_loses_no_row_doubles_none_and_keeps_labels_with_their_rows(validation, held):
    x = frozen(np.arange(20.0).reshape(10, 2))
    t = frozen(np.arange(10))
    (x_train, t_train), (x_val, t_val) = train_validation_split(x, t, validation, rng=0)
    assert len(x_val) == len(t_val) == held
    assert sorted([*t_train, *t_val]) == list(range(10))
    np.testing.assert_array_equal(np.concatenate([x_train, x_val])[:, 0] / 2, [*t_train, *t_val])


def test_a_split_mixes_the_rows_and_depends_on_the_generator_alone():
    t = np.arange(100)
    splits = [train_validation_split(t, t, 20, rng)[1][1] for rng in (0, 0, 1)]
    np.testing.assert_array_equal(splits[0], splits[1])
    assert set(splits[0]) != set(splits[2]) and set(splits[0]) != set(range(20))


@pytest.mark.parametrize("share", [0.29, 0.57])
def test_a_share_is_rounded_to_the_nearest_row(share):
    """0.29 * 100 is 28.999999999999996."""
    t = np.zeros(100)
    assert len(train_validation_split(t, t, share, rng=0)[1][1]) == round(100 * share)


@pytest.mark.parametrize(
    "validation, message",
    [
        (0, "rows for validation must be a whole number, 1 or more, got 0"),
        (0.01, "rows for validation must be a whole number, 1 or more, got 0"),
        (-2, "1 or more, got -2"),
        (10, "validation=10 would hold back 10 of 10 rows"),
        (1.0, "validation=1.0 would hold back 10 of 10 rows"),
        ("half", "1 or more, got 'half'"),
    ],
)
def test_a_split_that_leaves_a_part_empty_is_refused(validation, message):
    with pytest.raises(ValueError, match=message):
        train_validation_split(np.zeros(10), np.zeros(10), validation, rng=0)


def test_a_split_of_rows_and_labels_of_different_numbers_is_refused():
    with pytest.raises(ValueError, match="a label for each example, got 9 for 10"):
        train_validation_split(np.zeros(10), np.zeros(9), 2, rng=0)


# ---- one-hot


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(), (5,), (2, 3)])
def test_one_hot_has_a_single_one_at_the_class(shape, dtype):
    t = frozen(RNG.integers(0, 4, shape).astype(np.uint8))
    hot = one_hot(t, 4, dtype)
    assert hot.shape == (*shape, 4) and hot.dtype == dtype
    for place in np.ndindex(hot.shape):
        assert hot[place] == (place[-1] == t[place[:-1]])


@pytest.mark.parametrize(
    "t, message",
    [
        ([0, 3], r"classes 0 \.\. 2, got 0 \.\. 3"),
        ([-1, 0], r"classes 0 \.\. 2, got -1 \.\. 0"),
        ([0.0, 1.0], r"must be integers, got float64: use t\.astype\(int\)"),
    ],
)
def test_labels_that_are_no_classes_have_no_one_hot_form(t, message):
    with pytest.raises(ValueError, match=message):
        one_hot(t, 3)


# ---- shift


@pytest.fixture
def dots():
    """Images with one dot each, in the middle."""
    images = np.zeros((200, 1, 9, 9), np.float32)
    images[:, :, 4, 4] = np.arange(1, 201)[:, None]
    return frozen(images)


@pytest.mark.parametrize("pixels", [0, 1, 2])
def test_each_image_is_moved_by_up_to_so_many_pixels_in_every_direction(dots, pixels):
    moved = shift(dots, pixels, rng=0)
    n, _, down, right = np.nonzero(moved)
    assert np.array_equal(n, np.arange(200))  # each dot is still there, in its own image
    assert np.array_equal(moved[n, 0, down, right], np.arange(1, 201))
    places = range(4 - pixels, 5 + pixels)
    assert set(zip(down.tolist(), right.tolist())) == {(i, j) for i in places for j in places}


def test_what_is_moved_out_is_gone_and_zeros_move_in():
    moved = shift(np.ones((50, 2, 6, 6), np.float32), 2, rng=1)
    heights = moved.any(axis=3).sum(axis=2)
    assert set(np.unique(heights)) == {4, 5, 6}
    assert np.array_equal(moved[:, 0], moved[:, 1])  # all channels of an image move together


def test_a_shift_is_what_a_loop_over_the_images_makes_of_the_same_draws():
    """The draws, up then left from the lower right end, are part of every result ever published."""
    x = RNG.random((20, 3, 5, 7))
    up, left = np.random.default_rng(3).integers(5, size=(2, 20))
    moved = shift(x, 2, rng=3)
    for n, c, i, j in np.ndindex(x.shape):
        y, z = i + up[n] - 2, j + left[n] - 2
        expected = x[n, c, y, z] if 0 <= y < 5 and 0 <= z < 7 else 0
        assert moved[n, c, i, j] == expected


@pytest.mark.parametrize("dtype", [*FLOATS, np.uint8])
def test_a_shift_keeps_the_dtype(dtype):
    assert shift(np.ones((2, 1, 4, 4), dtype), 1, rng=0).dtype == dtype


@pytest.mark.parametrize("change", [lambda x: shift(x, 1, rng=0), lambda x: affine_warp(x, rng=0)])
def test_rows_of_pixels_are_refused_with_the_way_to_images(change):
    with pytest.raises(ValueError, match=r"\(N, C, H, W\), got .* \(3, 784\): use x.reshape"):
        change(np.ones((3, 784)))


@pytest.mark.parametrize("pixels", [-1, 1.5])
def test_a_shift_by_no_whole_number_of_pixels_is_refused(pixels):
    with pytest.raises(ValueError, match=f"pixels must be a whole number, 0 or more, got {pixels}"):
        shift(np.ones((1, 1, 3, 3)), pixels, rng=0)


# ---- affine_warp


def interpolated(image, row, col):
    """One number between the pixels of an image, 0 outside of it."""

    def pixel(i, j):
        return image[i, j] if 0 <= i < image.shape[0] and 0 <= j < image.shape[1] else 0.0

    i, j = math.floor(row), math.floor(col)
    a, b = row - i, col - j
    return (
        (1 - a) * (1 - b) * pixel(i, j)
        + (1 - a) * b * pixel(i, j + 1)
        + a * (1 - b) * pixel(i + 1, j)
        + a * b * pixel(i + 1, j + 1)
    )


def warped_by_loops(x, rng, degrees, scale, shear, shift):
    """For each pixel: the inverse of the whole 2 x 2 matrix, then the four pixels around."""
    N, _, H, W = x.shape
    draws = np.random.default_rng(rng).uniform(-1, 1, (5, N)).T
    middle, y = np.array([(H - 1) / 2, (W - 1) / 2]), np.empty_like(x)
    for n, (turn, growth, slant, down, right) in enumerate(draws):
        angle = math.radians(degrees * turn)
        turned = np.array(
            [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
        )  # of (row, column), the rows downwards
        slanted = np.array([[1, 0], [shear * slant, 1]])  # column + slant * row
        back = np.linalg.inv((1 + scale * growth) * turned @ slanted)
        for c, i, j in np.ndindex(y.shape[1:]):
            place = back @ ([i, j] - middle - [shift * down, shift * right]) + middle
            y[n, c, i, j] = interpolated(x[n, c], *place)
    return y


@pytest.mark.parametrize(
    "options",
    [
        {"degrees": 180},
        {"scale": 0.5},
        {"shear": 1.0},
        {"shift": 3.0},
        {"shift": 100.0},
        WARP,
    ],
    ids=str,
)
def test_a_warp_is_what_a_loop_over_all_pixels_makes_of_the_same_draws(options):
    x = frozen(RNG.random((6, 2, 5, 8)))
    every = {"degrees": 0, "scale": 0, "shear": 0, "shift": 0, **options}
    warped = affine_warp(x, rng=7, **options)
    np.testing.assert_allclose(warped, warped_by_loops(x, 7, **every), atol=1e-12)


@pytest.mark.parametrize("dtype", FLOATS)
def test_without_any_amount_a_warp_changes_nothing_to_the_bit(dtype):
    x = frozen(RNG.random((3, 2, 6, 5)).astype(dtype))
    y = affine_warp(x, rng=0)
    assert y.dtype == dtype and not np.shares_memory(x, y)
    np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_warp_keeps_the_dtype_and_is_exact_to_its_precision(dtype):
    x = RNG.random((5, 1, 28, 28)).astype(dtype)
    warped = affine_warp(frozen(x), rng=0, **WARP)
    exact = affine_warp(x.astype(np.float64), rng=0, **WARP)
    assert warped.dtype == dtype
    atol = {np.float16: 4e-3, np.float32: 2e-5, np.float64: 0}[dtype]
    np.testing.assert_allclose(warped, exact, rtol=0, atol=atol)


def test_the_blocks_in_which_images_are_warped_leave_no_seam(monkeypatch):
    x = RNG.random((70, 1, 6, 6))
    in_blocks = affine_warp(x, rng=0, **WARP)
    monkeypatch.setattr("dlscratch.data.BLOCK", 1000)
    np.testing.assert_array_equal(affine_warp(x, rng=0, **WARP), in_blocks)


def test_a_quarter_turn_is_that_of_numpy():
    """degrees so large that the draw of this seed is a quarter turn, counter-clockwise."""
    (turn,) = np.random.default_rng(0).uniform(-1, 1, (5, 1))[0]
    x = RNG.random((1, 1, 4, 4))
    turned = affine_warp(x, rng=0, degrees=90 / abs(turn))
    expected = np.rot90(x, k=int(np.sign(turn)), axes=(2, 3))
    np.testing.assert_allclose(turned, expected, atol=1e-12)


def test_each_image_draws_for_itself():
    x = np.repeat(RNG.random((1, 1, 8, 8)), 10, axis=0)
    warped = affine_warp(x, rng=0, **WARP)
    assert len({image.tobytes() for image in warped}) == 10


def test_no_images_are_warped_to_no_images():
    assert affine_warp(np.ones((0, 1, 4, 4)), rng=0, **WARP).shape == (0, 1, 4, 4)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"degrees": -1}, "degrees must be a number at least 0, got -1"),
        ({"scale": 1}, "scale must be a number at least 0 and below 1, got 1"),
        ({"shear": math.nan}, "shear must be a number at least 0, got nan"),
        ({"shift": "2"}, "shift must be a number at least 0, got '2'"),
    ],
)
def test_an_amount_that_makes_no_sense_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        affine_warp(np.ones((1, 1, 3, 3)), rng=0, **options)


def test_pixels_of_whole_numbers_are_refused():
    with pytest.raises(ValueError, match=r"floats, got uint8: use x.astype\(np.float32\)"):
        affine_warp(np.ones((1, 1, 3, 3), np.uint8), rng=0)
