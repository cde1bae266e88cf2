import numpy as np
import pytest
from PIL import Image

from ch08.deep_convnet import DeepConvNet
from ch08.misclassified_mnist import learned_net
from ch08.style_loss import Gram, RelativeError, TotalVariation
from ch08.style_pictures import (
    READY,
    as_ink,
    brightness,
    load_picture,
    with_brightness,
)
from ch08.style_transfer import PictureLoss, main, options, paint, stages
from dataset.landscape import PICTURE
from dlscratch import AveragePooling, Convolution, Sequential, Tanh, check_gradients
from dlscratch.book.experiment import run
from dlscratch.storage.files import DataError


def random(*shape, dtype=np.float64, seed=0):
    """Random numbers that nobody can write to."""
    array = np.random.default_rng(seed).standard_normal(shape).astype(dtype)
    array.flags.writeable = False
    return array


def smooth_stages(dtype=np.float64):
    """Six small stages without a bend, so that slopes can be measured to many digits."""
    channels = [1, 2, 3, 4, 3, 2, 2]
    sizes = zip(channels, channels[1:])
    convs = [Convolution.init(a, b, 3, pad=1, rng=a + b, dtype=dtype) for a, b in sizes]
    rows = [[conv, Tanh()] for conv in convs]
    rows[2].insert(0, AveragePooling(2, 2))
    return [Sequential(*row) for row in rows]


def picture_loss(dtype=np.float64, weight=0.5):
    content, style = random(1, 1, 8, 6, dtype=dtype), random(1, 1, 10, 12, dtype=dtype, seed=1)
    return PictureLoss(smooth_stages(dtype), content, style, weight)


# ---- the parts of the loss


@pytest.mark.parametrize("part", [Gram(), TotalVariation()])
def test_the_gradients_of_the_layers_are_right(part):
    assert check_gradients(part, random(4, 3, 5, 6), tolerance=1e-7)


def test_the_gradient_of_the_relative_error_is_right():
    x, t = random(4, 3), random(4, 3, seed=1)
    assert check_gradients(RelativeError(), x, t, tolerance=1e-7)


def test_the_gram_matrix_is_the_mean_product_of_every_two_maps():
    x = random(2, 3, 4, 5)
    G = Gram().forward(x)
    for n, i, j in np.ndindex(2, 3, 3):
        products = [x[n, i, h, w] * x[n, j, h, w] for h, w in np.ndindex(4, 5)]
        assert G[n, i, j] == pytest.approx(sum(products) / 20)


def test_the_gram_matrix_forgets_where_the_features_are():
    x = random(1, 3, 4, 5)
    moved = np.roll(x, (1, 2), axis=(2, 3))
    np.testing.assert_allclose(Gram().forward(moved), Gram().forward(x))
    assert RelativeError().forward(moved, x) > 1


def test_the_relative_error_does_not_depend_on_the_unit():
    x, t = random(3, 4), random(3, 4, seed=1)
    error = RelativeError().forward(x, t)
    assert error == pytest.approx(((x - t) ** 2).sum() / (t**2).sum())
    assert RelativeError().forward(1000 * x, 1000 * t) == pytest.approx(error)


def test_the_relative_error_to_an_empty_sheet_is_a_number():
    assert RelativeError().forward(np.zeros(3), np.zeros(3)) == 0


def test_the_total_variation_counts_every_pair_of_neighbours_once():
    x = random(2, 1, 4, 5)
    for image, variation in zip(x[:, 0], TotalVariation().forward(x)):
        right = sum((image[h, w + 1] - image[h, w]) ** 2 for h, w in np.ndindex(4, 4))
        down = sum((image[h + 1, w] - image[h, w]) ** 2 for h, w in np.ndindex(3, 5))
        assert variation == pytest.approx((right + down) / 20)


@pytest.mark.parametrize("part", [Gram(), TotalVariation()])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_layers_keep_the_dtype(part, dtype):
    y = part.forward(random(2, 3, 4, 5, dtype=dtype))
    assert y.dtype == part.backward(np.ones_like(y)).dtype == dtype


def test_the_relative_error_keeps_the_dtype():
    error = RelativeError()
    error.forward(random(3, dtype=np.float32), random(3, dtype=np.float32, seed=1))
    assert error.backward().dtype == np.float32


# ---- the loss of a picture


def test_the_gradient_of_the_whole_loss_is_right_in_the_pixels():
    """The batch is one picture, so the slope is measured here, along random directions."""
    loss, x, h = picture_loss(), random(1, 1, 8, 6, seed=2), 1e-5
    loss.forward(x)
    gradient = loss.backward(np.ones(1))
    for seed in range(3, 8):
        way = random(1, 1, 8, 6, seed=seed)
        slope = (loss.forward(x + h * way) - loss.forward(x - h * way)).item() / (2 * h)
        assert slope == pytest.approx(np.sum(gradient * way), rel=1e-7)


def test_the_loss_is_the_sum_of_style_content_and_smoothness():
    loss, x = picture_loss(weight=2.0), random(1, 1, 8, 6, seed=2)
    value = loss.forward(x)
    style, content = loss.distances
    assert style > 0 and content > 0
    variation = TotalVariation().forward(x)
    np.testing.assert_allclose(value, style + 2 * content + 0.3 * variation)


def test_the_content_itself_has_no_distance_to_the_content_and_the_style_none_to_the_style():
    content, style = random(1, 1, 8, 6), random(1, 1, 10, 12, seed=1)
    loss = picture_loss()
    loss.forward(content)
    assert loss.distances[0] > 0 and loss.distances[1] == 0
    itself = PictureLoss(smooth_stages(), style, style, 0.5)
    itself.forward(style)
    assert itself.distances == (0, 0)


def test_the_whole_loss_keeps_float32():
    loss = picture_loss(np.float32)
    value = loss.forward(random(1, 1, 8, 6, dtype=np.float32, seed=2))
    assert value.dtype == loss.backward(np.ones_like(value)).dtype == np.float32


# ---- the network


def test_the_stages_are_the_networks_convolutions_for_images_of_any_size():
    x = np.abs(random(1, 1, 20, 28, dtype=np.float32))
    maps = PictureLoss(stages(DeepConvNet(rng=0)), x, x, 0.1).features(x)
    sizes = [(16, 20, 28)] * 2 + [(32, 10, 14)] * 2 + [(64, 5, 7)] * 2
    assert [F.shape[1:] for F in maps] == sizes


def test_the_first_stages_see_what_the_learned_network_sees():
    net, x = learned_net(), np.abs(random(1, 1, 28, 28, dtype=np.float32))
    ours = theirs = x
    for stage in stages(net)[:2]:
        ours = stage.forward(ours)
    for layer in net.layers[:4]:  # up to the first pooling
        theirs = layer.forward(theirs)
    np.testing.assert_array_equal(ours, theirs)


# ---- the loop


def test_painting_comes_nearer_to_the_style_and_leaves_its_start_as_it_was():
    x = np.abs(random(1, 1, 8, 6))
    x.flags.writeable = False
    frames, distances = paint(picture_loss(), x, steps=12, name="test")
    assert [step for step, _, _ in distances] == [0, 5, 10, 12]
    np.testing.assert_array_equal(frames[0], x)
    assert all(0 <= frame.min() and frame.max() <= 1 for frame in frames[1:])
    assert distances[-1][1] < distances[0][1]


# ---- the pictures


@pytest.mark.parametrize("name", READY)
def test_a_style_is_a_picture_with_dark_and_light_that_its_seed_decides(name):
    picture = READY[name](3)
    assert (picture.shape, picture.dtype) == ((160, 160), np.float32)
    assert 0 <= picture.min() < 0.2 and 0.8 < picture.max() <= 1
    np.testing.assert_array_equal(READY[name](np.random.default_rng(3)), picture)
    assert not np.array_equal(READY[name](4), picture)


def test_a_pixel_of_the_mosaic_has_the_grey_of_its_stone_or_is_joint():
    greys, counts = np.unique(READY["mosaic"](0), return_counts=True)
    stones = (counts > 20) & (greys > 0)
    assert 150 < stones.sum() < 400 and greys[stones].min() >= 0.45
    assert 0.5 < counts[stones].sum() / 160**2 < 0.9  # the rest is joints, and their edges


def test_a_picture_keeps_its_proportions_and_its_colours(tmp_path):
    Image.new("RGB", (200, 100), (200, 40, 40)).save(tmp_path / "red.png")
    picture = load_picture(tmp_path / "red.png", 50)
    grey = brightness(picture)
    assert grey.shape == (25, 50)
    again = with_brightness(picture, grey)
    assert np.abs(again.astype(int) - (200, 40, 40)).max() <= 2
    darker = with_brightness(picture, 0.5 * grey).astype(int)
    assert (darker[..., 0] > darker[..., 1] + 60).all() and darker.sum() < again.astype(int).sum()


def test_ink_is_one_on_white_paper():
    ink = as_ink(np.array([[1.0, 0.25]], np.float32))
    assert (ink.shape, ink.dtype) == ((1, 1, 1, 2), np.float32)
    assert ink.ravel().tolist() == [0, 0.75]


def test_a_file_that_is_no_picture_is_refused_in_one_line(tmp_path):
    path = tmp_path / "holiday.jpg"
    path.write_text("no picture")
    with pytest.raises(DataError, match="holiday.jpg is no picture that Pillow can read"):
        load_picture(path, 50)


# ---- the script


def test_any_two_pictures_can_be_given(tmp_path, capsys):
    style = tmp_path / "stripes.png"
    Image.fromarray(np.tile(np.array([0, 255], np.uint8), (40, 30))).save(style)
    words = ["--content", PICTURE, "--style", style, "--quick", "--steps", "3", "--out", tmp_path]
    claims = run(main, "a lesson", options, [str(word) for word in words])
    assert [claim.what for claim in claims] == ["stripes, content", "stripes, style"]
    assert (tmp_path / "style_transfer.gif").exists()
    assert (tmp_path / "fig_8-23_style_transfer.png").exists()


def test_a_picture_that_is_not_there_ends_in_one_line(tmp_path):
    words = ["--content", str(tmp_path / "nowhere.png"), "--quick", "--out", str(tmp_path)]
    with pytest.raises(SystemExit, match="nowhere.png: No such file"):
        run(main, "a lesson", options, words)
