"""Segmentation: both networks give each pixel its scores, and the committed weights do it well."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ch08 import segmentation, segmentation_training
from ch08.fcn import CLASSES, deconvolution, enlarge, fcn
from ch08.segmentation import masks_of
from ch08.segmentation_pictures import COLOURS, colours, number_in
from ch08.segmentation_training import HERE, NAMES, load_digits, loaded, trained, weights_of
from ch08.segnet import encoder, segnet, squares
from dlscratch import (
    Convolution,
    MaxUnpooling,
    Pooling,
    Sequential,
    SoftmaxWithLoss,
    check_gradients,
)
from dlscratch.book.experiment import run
from dlscratch.book.loop import Loop
from dlscratch.storage.files import DataError
from dlscratch.vision import BACKGROUND, resize

SMALL = ((3,), (4, 5), (5,))


def a_fcn(weights=None, blocks=SMALL, seed=0):
    return fcn(SoftmaxWithLoss(weights, axis=1), seed, blocks)


def a_segnet(weights=None, blocks=SMALL, seed=0):
    rng = np.random.default_rng(seed)
    return segnet(encoder(rng, blocks), SoftmaxWithLoss(weights, axis=1), rng, blocks)


both = pytest.mark.parametrize("build", [a_fcn, a_segnet])


def random(*shape, dtype=np.float64, seed=0):
    """Random numbers that nobody can write to."""
    array = np.random.default_rng(seed).standard_normal(shape).astype(dtype)
    array.flags.writeable = False
    return array


def random_masks(*shape):
    return np.random.default_rng(1).integers(0, CLASSES, shape)


@pytest.fixture
def few_digits(monkeypatch):
    def load_mnist(flatten):
        assert not flatten
        rng = np.random.default_rng(0)
        x = np.pad(rng.random((10060, 1, 6, 6), dtype=np.float32), ((0, 0), (0, 0), (2, 2), (2, 2)))
        t = rng.integers(0, 10, len(x))
        return (x[:10040], t[:10040]), (x[10040:], t[10040:])

    small = {"size": 24, "digits": (1, 3), "sides": (6, 8), "overlap": 0.5}
    for module in (segmentation, segmentation_training):
        monkeypatch.setattr(module, "SCENES", small)
    monkeypatch.setattr(segmentation_training, "load_mnist", load_mnist)


@pytest.fixture
def script(tmp_path):
    """Run the script in a folder of its own; its claims by name."""

    def script(folder, *options):
        argv = ["--out", str(tmp_path / folder), *options]
        claims = run(segmentation.main, segmentation.__doc__, segmentation.options, argv)
        return {claim.what: claim for claim in claims}

    return script


# ---- deconvolution


@given(st.integers(2, 5), st.integers(1, 9), st.integers(1, 9), st.integers(0, 99))
def test_a_picture_enlarged_by_deconvolution_is_interpolated_bilinearly(factor, H, W, seed):
    picture = random(H, W, dtype=np.float32, seed=seed)
    bilinear = resize(picture.astype(np.float64), factor * H, factor * W)
    np.testing.assert_allclose(enlarge(picture, factor), bilinear, atol=1e-6)


def test_a_bright_pixel_becomes_a_tent_by_hand():
    x = np.zeros((1, 1, 1, 3), np.float32)
    x[..., 1] = 16
    y = deconvolution(1, 2).forward(x)[0, 0]
    np.testing.assert_allclose(y, [[0, 3, 9, 9, 3, 0]] * 2)  # 16 * 3/4 along the height


# ---- the two networks


@both
def test_each_pixel_gets_its_scores_whatever_the_size_of_the_image(build):
    net = build()
    for H, W in ((48, 48), (16, 40)):
        assert net.forward(random(2, 1, H, W)).shape == (2, CLASSES, H, W)


@both
def test_the_gradients_of_the_whole_network_are_right(build):
    net = build(weights=np.arange(1, 12), blocks=((3,), (3,))).astype(np.float64)
    assert check_gradients(net, random(3, 1, 4, 4), random_masks(3, 4, 4))


@both
def test_the_same_seed_builds_the_same_network_in_float32(build):
    one, two = build(seed=3), build(seed=3)
    assert one.dtype == np.float32
    np.testing.assert_array_equal(one.params.flat, two.params.flat)


def test_fcn_adds_up_its_scores_from_the_deepest_to_the_first_by_hand():
    net = a_fcn().astype(np.float64)
    *first, last = net.layers
    own, deeper = last.branches
    *down, scores, _ = deeper.layers
    x = random(2, 1, 8, 8)
    maps = Sequential(*first).forward(x)
    below = Sequential(*down).forward(maps)
    coarse = sum(branch.forward(below) for branch in scores.branches)
    expected = own.forward(maps) + twice_as_large_with_zeros_around(coarse)
    np.testing.assert_allclose(net.forward(x), expected)


def twice_as_large_with_zeros_around(scores):
    """Bilinearly; beyond the edge there are zeros."""
    padded = np.pad(scores, ((0, 0), (0, 0), (1, 1), (1, 1)))
    return resize(padded, *(2 * side for side in padded.shape[2:]))[..., 2:-2, 2:-2]


def test_each_unpooling_of_segnet_is_the_partner_of_the_pooling_on_its_level():
    net = a_segnet()
    unpoolings = [layer for layer in net.layers if isinstance(layer, MaxUnpooling)]
    poolings = [layer for layer in net.layers if isinstance(layer, Pooling)]
    assert [unpooling.pooling for unpooling in unpoolings] == poolings[::-1]
    assert len(poolings) == len(SMALL) - 1


def test_the_maps_on_segnets_way_up_are_the_mirror_image_of_those_on_its_way_down():
    layers = [layer for layer in a_segnet().layers if isinstance(layer, Convolution)]
    maps = [(layer.W.shape[1], layer.W.shape[0]) for layer in layers]
    assert maps == [(1, 3), (3, 4), (4, 5), (5, 5), (5, 4), (4, 3), (3, CLASSES)]


def test_segnet_takes_over_what_its_encoder_has_learned_and_leaves_it_as_it_was():
    learned = encoder(0, SMALL)
    learned.forward(random(4, 1, 16, 16), training=True)  # moves the averages of BatchNorm
    before = learned.params.flat.copy()
    net = segnet(learned, SoftmaxWithLoss(axis=1), 0, SMALL)
    *shared, _, _ = learned.params  # without W and b of its scores
    for name in (*shared, *learned.buffers):
        arrays = [{**each.params, **each.buffers}[name] for each in (learned, net)]
        np.testing.assert_array_equal(*arrays)
    net.params.flat[:] = 0
    np.testing.assert_array_equal(learned.params.flat, before)


def test_a_square_has_the_class_of_its_digit_by_hand():
    masks = np.full((1, 4, 6), BACKGROUND, np.uint8)
    masks[0, 1, 1] = 7
    masks[0, 2:, 2:4] = [[5, 10], [5, 3]]
    assert squares(masks, side=2).tolist() == [[[7, 10, 10], [10, 3, 10]]]


def test_masks_are_the_best_class_of_each_pixel():
    net = a_fcn()
    x = random(19, 1, 8, 8, dtype=np.float32)
    masks = masks_of(net, x)
    assert masks.dtype == np.uint8
    np.testing.assert_array_equal(masks, net.forward(x).argmax(axis=1))


# ---- pictures


def test_every_class_has_its_own_colour_and_the_background_is_white():
    rgb = colours(np.arange(CLASSES, dtype=np.uint8)[None])
    assert rgb.shape == (1, CLASSES, 3) and rgb.dtype == np.uint8
    assert len(set(COLOURS)) == CLASSES
    assert rgb[0, BACKGROUND].tolist() == [255, 255, 255]
    assert rgb[0, 0].tolist() == [0x00, 0x72, 0xB2]


def test_the_number_beside_a_digit_is_that_of_most_pixels_in_its_box():
    mask = np.full((6, 6), BACKGROUND, np.uint8)
    mask[1, 1:4], mask[2, 1:3] = 7, 3
    assert number_in(mask, np.array([1.0, 1.0, 4.0, 3.0], np.float32)) == "7"
    assert number_in(mask, np.array([1.0, 2.0, 4.0, 3.0], np.float32)) == "3"
    assert number_in(mask, np.array([4.0, 4.0, 6.0, 6.0], np.float32)) == ""


# ---- the script


def test_a_run_leaves_weights_a_figure_and_claims(few_digits, script, tmp_path, capsys):
    claims = script("run", "--quick")
    assert claims["mean IoU, SegNet"].book.endswith("(quoted)")
    assert "SegNet encoder, step 6/6: loss " in capsys.readouterr().out
    assert (tmp_path / "run" / "segmentation.png").stat().st_size > 1000
    for name in NAMES:
        with np.load(tmp_path / "run" / f"{name.lower()}_params.npz") as arrays:
            assert {array.dtype for array in arrays.values()} == {np.dtype(np.float16)}


def test_a_training_that_was_stopped_and_resumed_ends_with_the_same_bits(
    few_digits, tmp_path, monkeypatch
):
    class Args:
        seed, quick, validate, resume, out = 0, True, False, False, tmp_path

    def arrays_after(folder, **changes):
        args = type("Args", (Args,), {"out": tmp_path / folder, **changes})
        args.out.mkdir(exist_ok=True)
        trained(args, "SegNet", load_digits(args)[0])
        with np.load(args.out / "SegNet-seed0.resume.npz") as checkpoint:
            return {name: checkpoint[name] for name in checkpoint if name != "state"}

    monkeypatch.setattr(segmentation_training, "BATCH", 2)
    whole = arrays_after("whole")
    with monkeypatch.context() as patch:
        update, steps = Loop.update, []

        def stop_in_the_ninth(self, name):
            steps.append(name)
            if len(steps) == 9:  # the third behind the encoder's six
                raise KeyboardInterrupt
            update(self, name)

        patch.setattr(Loop, "update", stop_in_the_ninth)
        with pytest.raises(KeyboardInterrupt):
            arrays_after("stopped")
    resumed = arrays_after("stopped", resume=True)
    assert "net/W1" in whole
    for name, array in whole.items():
        np.testing.assert_array_equal(resumed[name], array)


def test_with_validate_no_test_digit_is_looked_at(few_digits):
    class Args:
        validate = True

    (x, _), (x_held, _) = load_digits(Args)
    assert (len(x), len(x_held)) == (40, 10000)


def test_evaluate_and_validate_do_not_go_together(script, capsys):
    with pytest.raises(SystemExit, match="2"):
        script("out", "--evaluate", "--validate")
    assert "leave --validate out" in capsys.readouterr().err


# ---- the committed weights


@pytest.fixture
def hundred_scenes(monkeypatch):
    monkeypatch.setattr(segmentation, "JUDGED", 100)


def test_the_committed_weights_reach_the_mean_iou_that_is_told(hundred_scenes, script):
    claims = script("out", "--evaluate")
    assert float(claims["mean IoU, FCN"].ours) >= 0.82
    assert float(claims["mean IoU, SegNet"].ours) >= 0.75


def test_the_committed_files_are_small_and_fit_only_their_own_network():
    files = [weights_of(name, HERE) for name in NAMES]
    assert sum(file.stat().st_size for file in files) < 1_200_000
    with pytest.raises(DataError, match="does not fit this network"):
        loaded("FCN").load(files[1])
