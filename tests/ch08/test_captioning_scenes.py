"""The scenes with captions: sentences, who comes first, what stands where."""

from types import SimpleNamespace

import numpy as np
import pytest

from ch08.caption_scenes import (
    CLEAR,
    DIGITS,
    LARGE,
    NOTHING,
    PAD,
    SMALL,
    STOP,
    WORDS,
    classes,
    describe,
    draw_captioned,
    encode,
    sentence,
)


def canvas(*things):
    """What is known of a scene; each thing is (label, side, x0, y0, x1, y1)."""
    labels, sides, *edges = zip(*things)
    return SimpleNamespace(labels=labels, sides=sides, boxes=np.transpose(edges).astype(float))


def digits(n=40):
    """Images that nobody can write to: a bar as high as the label says, and their labels."""
    labels = np.arange(n) % 10
    images = np.zeros((n, 1, 28, 28), np.float32)
    for image, label in zip(images[:, 0], labels):
        image[4 : 14 + label, 8:20] = 1
    images.flags.writeable = labels.flags.writeable = False
    return images, labels


THREE, SEVEN = (3, LARGE[0]), (7, SMALL[1])


@pytest.mark.parametrize(
    "things, expected",
    [
        ([(*THREE, 0, 0, 20, 20)], "a large three"),
        ([(*SEVEN, 30, 30, 40, 40)], "a small seven"),
        ([(*THREE, 0, 0, 20, 20), (*SEVEN, 30, 5, 40, 15)], "a large three left of a small seven"),
        ([(*SEVEN, 30, 5, 40, 15), (*THREE, 0, 0, 20, 20)], "a large three left of a small seven"),
        ([(*THREE, 0, 0, 20, 20), (*SEVEN, 5, 30, 15, 40)], "a large three above a small seven"),
        ([(*THREE, 0, 30, 20, 50), (*SEVEN, 5, 0, 15, 10)], "a small seven above a large three"),
        ([(*THREE, 0, 0, 20, 20), (*SEVEN, 30, 30, 40, 40)], ""),
        ([(*SEVEN, 0, 40, 10, 50), (*THREE, 30, 0, 50, 20)], ""),
    ],
)
def test_a_sentence_says_size_digit_and_relation_or_nothing_where_that_is_not_clear(
    things, expected
):
    assert describe(canvas(*things)) == expected


def test_a_sentence_of_numbers_is_read_back_and_what_follows_the_second_stop_is_not():
    said = "a large nine left of a small zero"
    numbers = encode(said)
    assert [WORDS[number] for number in numbers] == [".", *said.split(), "."]
    assert sentence(numbers) == said
    assert sentence([*encode("a small two")[:5], 4, 4]) == "a small two"
    assert sentence([STOP, 2, 4]) == "a large"  # unfinished


def test_the_places_near_a_digit_hold_its_class_and_the_others_nothing():
    grid = classes(canvas((3, 24, 0, 0, 16, 16), (7, 15, 40, 24, 48, 32)))
    expected = np.full((7, 7), NOTHING)
    expected[:2, :2] = 13  # centres at 4 and 12, the digit's at 8: within 24 / 3
    expected[3, 5] = 7  # centre (44, 28), where the digit's is
    np.testing.assert_array_equal(grid, expected)


def test_every_scene_is_clear_and_its_caption_says_what_was_drawn():
    images, labels = digits()
    scenes = draw_captioned(images, labels, 60, np.random.default_rng(0))
    assert scenes.images.shape == (60, 1, 56, 56) and scenes.images.dtype == np.float32
    assert 0 <= scenes.images.min() and scenes.images.max() <= 1
    assert 15 < scenes.two().sum() < 45
    for numbers, grid, two in zip(scenes.captions, scenes.grid, scenes.two()):
        said = sentence(numbers)
        assert (encode(said) == numbers).all() and numbers[-1] in (PAD, STOP)
        assert ("left of" in said or "above" in said) == two
        seen = {int(kind) for kind in np.unique(grid)} - {NOTHING}
        told = said.replace("left of ", "").replace("above ", "").split("a ")[1:]
        names = {
            (10 if size == "large" else 0) + DIGITS.index(name)
            for size, name in map(str.split, told)
        }
        assert seen <= names and seen


def test_a_seed_gives_the_same_scenes_again_and_another_one_others():
    first, again, other = (
        draw_captioned(*digits(), 5, np.random.default_rng(s)) for s in (3, 3, 4)
    )
    assert len(first) == 5
    np.testing.assert_array_equal(first.images, again.images)
    np.testing.assert_array_equal(first.captions, again.captions)
    assert not np.array_equal(first.images, other.images)


def test_one_direction_outweighs_the_other_by_eight_pixels_or_the_scene_is_not_clear():
    def beside(right, down):
        x, y = 10 + right, 10 + down
        return describe(canvas((*SEVEN, 5, 5, 15, 15), (*SEVEN, x - 5, y - 5, x + 5, y + 5)))

    assert CLEAR == 8
    assert beside(20, 12) and beside(20, -12) and beside(12, 20)
    assert not beside(20, 13) and not beside(20, -13) and not beside(13, 20)
