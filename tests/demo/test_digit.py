"""From a drawing to an image as MNIST has them."""

import numpy as np
import pytest
from PIL import Image

from dataset.mnist import load_mnist
from dlscratch.demo.digit import digit


@pytest.fixture(scope="module")
def images():
    """The first 200 test images, (200, 28, 28), and their labels."""
    _, (x, t) = load_mnist(flatten=False)
    return x[:200, 0], t[:200]


def as_bytes(image):
    return np.rint(image * 255).astype(np.uint8)


def as_drawing(image, size, rng):
    """What somebody would have drawn: black or nothing, `size` pixels large, anywhere."""
    large = Image.fromarray(as_bytes(image)).resize((size, size), Image.Resampling.BICUBIC)
    row, column = rng.integers(280 - size, size=2, endpoint=True)
    drawing = np.zeros((280, 280), np.uint8)
    drawing[row : row + size, column : column + size] = np.where(np.asarray(large) > 127, 255, 0)
    return drawing


def bar(height, width, top=100, left=30):
    drawing = np.zeros((280, 280), np.uint8)
    drawing[top : top + height, left : left + width] = 255
    return drawing


def test_an_image_of_mnist_enlarged_comes_back_as_itself(images):
    for image in images[0]:
        enlarged = np.kron(as_bytes(image), np.ones((10, 10), np.uint8))
        np.testing.assert_allclose(digit(enlarged), image, atol=0.5 / 255)


@pytest.mark.parametrize("size", [280, 150, 100])
def test_a_digit_is_the_same_wherever_and_however_large_it_is_drawn(images, size):
    rng = np.random.default_rng(0)
    difference = [np.abs(digit(as_drawing(image, size, rng)) - image).mean() for image in images[0]]
    assert np.mean(difference) < 0.035  # of 1: the edges alone, for ink is black or nothing here


@pytest.mark.parametrize(
    "drawing",
    [
        bar(200, 30),
        bar(30, 200),
        bar(26, 26),
        bar(1, 1),
        bar(280, 280, 0, 0),
        bar(120, 3, 0, 0),
    ],
    ids=["tall", "wide", "dot", "pixel", "full", "thin"],
)
def test_the_longer_side_becomes_20_pixels_and_the_middle_of_the_ink_the_middle(drawing):
    image = digit(drawing)
    assert (image.shape, image.dtype) == ((28, 28), np.float32)
    inked = [np.flatnonzero(image.any(axis=axis)) for axis in (0, 1)]
    assert max(pixels[-1] - pixels[0] + 1 for pixels in inked) == 20
    for axis in (0, 1):
        # MNIST's authors put the centre of mass into pixel 14, whose own middle is at 14
        centre = np.average(np.arange(28), weights=image.sum(axis=axis))
        assert abs(centre - 14) <= 0.5 + 1e-6


def test_no_ink_is_lost_where_the_mass_lies_at_one_end():
    drawing = bar(280, 8, 0, 140)
    drawing[:80] = 255  # a heavy head: centred, the foot would hang out of the image
    image = digit(drawing)
    assert image[-1].any() and not image[:8].any()
    assert np.flatnonzero(image.any(axis=1)).size == 20


def test_a_line_thinner_than_a_pixel_turns_grey():
    image = digit(bar(200, 2) + bar(2, 200))
    assert 0 < image[image > 0].min() < 0.3


def test_a_few_faint_specks_far_apart_have_a_middle_too():
    drawing = np.zeros((280, 280), np.uint8)
    drawing[0, 0] = drawing[279, 279] = 1  # less than a grey level, spread over a pixel
    image = digit(drawing)
    assert image.any() and image.max() < 1 / 255


def test_an_empty_drawing_is_an_empty_image():
    assert not digit(np.zeros((280, 280), np.uint8)).any()


def test_the_drawing_is_left_as_it_was():
    drawing = bar(200, 30)
    drawing.flags.writeable = False
    digit(drawing)


@pytest.mark.parametrize("name, least", [("ch07", 0.97), ("ch08", 0.98)])
def test_drawn_digits_are_read_well(name, least, networks, images):
    """Measured: 0.983 and 0.990 of 2,000 digits; of the images themselves 0.983 and 0.993."""
    rng = np.random.default_rng(0)
    x, t = images
    drawn = np.array([digit(as_drawing(image, rng.integers(100, 281), rng)) for image in x])
    assert networks[name].accuracy(drawn[:, None], t) >= least
