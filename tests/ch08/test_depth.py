"""Plain against residual nets: they differ in the shortcuts alone, and claims follow the errors."""

import numpy as np
import pytest

from ch08 import depth, depth_training, resnet
from ch08.depth import claim_of_depth, claim_of_gradients
from ch08.depth_training import gradient_norms, load_images, mini_batches, trained
from ch08.resnet import deep_net
from dlscratch import Sequential
from dlscratch.book.experiment import run
from tests.bright_halves import bright_halves


@pytest.fixture
def few_images(monkeypatch):
    """40 images of clothes to train with, 20 to test: white at the top, or white at the bottom."""
    x, t = bright_halves(60)

    def load_fashion_mnist(flatten):
        assert not flatten
        return (x[:40], t[:40]), (x[40:], t[40:])

    monkeypatch.setattr(depth_training, "load_fashion_mnist", load_fashion_mnist)
    load_images.cache_clear()
    yield x
    load_images.cache_clear()


@pytest.fixture
def small_nets(few_images, monkeypatch):
    monkeypatch.setattr(depth, "DEPTHS", (8, 14))
    monkeypatch.setattr(depth, "ENDS", (8, 14))


def learn(kind, seed=0, steps=25, net_depth=8):
    return trained(kind, net_depth, steps, seed, lr=0.05, validate=False, quick=False)


# ---- images and batches


def test_a_pixel_is_the_mean_of_four_and_all_have_mean_0_and_variance_1(few_images):
    (x, _), (test, _) = load_images(validate=False, quick=False)
    assert x.shape == (40, 1, 14, 14) and test.shape == (20, 1, 14, 14)
    assert x.dtype == np.float32
    assert abs(x.mean()) < 1e-5 and abs(x.std() - 1) < 1e-5
    means = few_images[:, 0, 4:6, 10:12].mean(axis=(1, 2))
    spread = few_images[40, 0, :2, :2].mean() - few_images[41, 0, :2, :2].mean()
    scale = (test[0, 0, 0, 0] - test[1, 0, 0, 0]) / spread
    np.testing.assert_allclose(np.diff(x[:, 0, 2, 5]), scale * np.diff(means[:40]), atol=1e-4)


def test_validation_holds_back_training_images_and_leaves_the_test_images_alone(monkeypatch):
    def load_fashion_mnist(flatten):
        x = np.zeros((10010, 1, 28, 28), np.float32)
        x[:5000] = 1
        return (x, np.arange(10010) % 10), (None, None)

    monkeypatch.setattr(depth_training, "load_fashion_mnist", load_fashion_mnist)
    load_images.cache_clear()
    (x, t), (held, _) = load_images(validate=True, quick=False)
    load_images.cache_clear()
    assert len(x) == len(t) == 10 and len(held) == 10000


def test_one_epoch_follows_the_other_each_in_a_new_order():
    stream = mini_batches(np.arange(100), np.arange(100), np.random.default_rng(0))
    first, second = (np.concatenate([next(stream)[0] for _ in range(2)]) for _ in range(2))
    np.testing.assert_array_equal(np.sort(first), np.arange(100))
    np.testing.assert_array_equal(np.sort(second), np.arange(100))
    assert not np.array_equal(first, second)


# ---- a training


def test_plain_and_residual_begin_alike_and_see_the_same_batches(few_images, monkeypatch):
    seen = []

    def batches(x, t, size, rng):
        for rows in (rng.permutation(len(x)) for _ in range(2)):
            seen.append(rows)
            yield x[rows], t[rows]

    monkeypatch.setattr(depth_training, "batches", batches)

    def recorded(*args, **options):
        net = deep_net(*args, **options)
        seen.append(net.params.flat.copy())
        return net

    monkeypatch.setattr(depth_training, "deep_net", recorded)
    runs = []
    for kind in ("plain", "ResNet"):
        seen.clear()
        learn(kind, seed=4, steps=3)
        runs.append(list(seen))
    for one, other in zip(*runs, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kind", ["plain", "ResNet"])
def test_it_learns_and_the_same_seed_learns_the_same(few_images, kind):
    one, two = learn(kind, steps=50), learn(kind, steps=50)
    assert one == two
    assert len(one["curve"]) == 2  # means of 25 steps
    assert one["curve"][1] < 0.02 < one["curve"][0]
    assert one["train"] < 0.1 and one["test"] < 0.1
    assert learn(kind, seed=1, steps=50) != one


def test_the_curve_is_the_share_of_errors_before_each_step(few_images, monkeypatch):
    monkeypatch.setattr(depth_training, "EVERY", 1)
    x, t = load_images(False, False)[0]
    rng = np.random.default_rng(0)
    net = depth_training.deep_net(8, depth_training.BLOCKS["plain"], rng)
    x, t = next(mini_batches(x, t, rng))
    scores = net.forward(x, training=True)
    first = learn("plain", steps=2)["curve"][0]
    np.testing.assert_allclose(first, np.mean(scores.argmax(axis=1) != t))


# ---- gradients


def test_there_is_a_norm_for_every_convolution():
    rng = np.random.default_rng(0)
    x, t = rng.standard_normal((8, 1, 14, 14), dtype=np.float32), np.arange(8)
    norms = gradient_norms("ResNet", 14, 0, x, t)
    assert len(norms) == 13 and min(norms) > 0


def test_in_a_deep_plain_net_the_gradient_grows_on_its_way_back_and_shortcuts_tame_it():
    rng = np.random.default_rng(0)
    x, t = rng.standard_normal((32, 1, 14, 14), dtype=np.float32), np.arange(32) % 10
    plain, residual = (gradient_norms(kind, 32, 0, x, t) for kind in ("plain", "ResNet"))
    assert plain[0] > 5 * plain[-1]
    assert plain[0] > 3 * residual[0]


def test_without_batch_norm_it_does_not_grow(monkeypatch):
    class Nothing(Sequential):
        @classmethod
        def init(cls, features):
            return cls()

    monkeypatch.setattr(resnet, "BatchNorm", Nothing)
    rng = np.random.default_rng(0)
    x, t = rng.standard_normal((32, 1, 14, 14), dtype=np.float32), np.arange(32) % 10
    first, *_, last = gradient_norms("plain", 32, 0, x, t)
    assert 0 < first < 2 * last


# ---- claims


def table_of(few, many):
    """Test errors of 20 and of 56 layers, for three seeds each."""
    errors = {20: few, 56: many}
    return {
        (kind, depth, 800): [{"train": e, "test": e} for e in errors[depth]]
        for kind in ("plain", "ResNet")
        for depth in errors
    }


def test_plain_should_get_worse_and_residual_should_not():
    worse = table_of((0.14, 0.15, 0.16), (0.30, 0.33, 0.36))
    assert claim_of_depth(worse, "plain", 800).holds
    assert not claim_of_depth(worse, "ResNet", 800).holds
    better = table_of((0.14, 0.15, 0.16), (0.13, 0.14, 0.15))
    assert not claim_of_depth(better, "plain", 800).holds
    assert claim_of_depth(better, "ResNet", 800).holds


def test_a_rise_within_two_standard_errors_is_none_and_is_told_with_them():
    chance = claim_of_depth(table_of((0.14, 0.15, 0.16), (0.11, 0.15, 0.22)), "plain", 800)
    assert not chance.holds
    assert chance.ours == "training 15.00 to 16.00 %, test 15.00 to 16.00 %"
    assert chance.why == "the rise is 1.0 points, its standard error 2.6"


def test_the_claim_of_gradients_is_as_they_are():
    norms = {("plain", 8): [0.5], ("plain", 56): [0.4], ("ResNet", 56): [1.0]}
    assert claim_of_gradients(norms).holds
    assert not claim_of_gradients({**norms, ("plain", 56): [1000.0]}).holds
    assert not claim_of_gradients({**norms, ("plain", 56): [0.001]}).holds


# ---- the script


def script(out, *options):
    argv = ["--quick", "--out", str(out), *options]
    return [str(claim) for claim in run(depth.main, depth.__doc__, depth.options, argv)]


def test_a_run_that_was_stopped_goes_on_to_the_same_end(small_nets, tmp_path, capsys):
    whole = script(tmp_path)
    assert len(whole) == 5 and (tmp_path / "depth.png").exists()
    (results,) = tmp_path.glob("depth-*.jsonl")
    lines = results.read_bytes().splitlines(keepends=True)
    results.write_bytes(b"".join(lines[:5]))
    assert script(tmp_path, "--resume") == whole
    assert results.read_bytes().splitlines(keepends=True) == lines


def test_validation_trains_two_nets_once_and_draws_nothing(
    few_images, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(
        depth_training, "train_validation_split", lambda x, t, n, rng: ((x, t),) * 2
    )
    assert script(tmp_path, "--validate") == []
    assert not (tmp_path / "depth.png").exists()
    assert "plain-8" in (words := capsys.readouterr().out) and "plain-20" not in words


def test_a_rate_of_0_is_refused_in_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        script(tmp_path, "--lr", "0")
    assert "--lr" in capsys.readouterr().err
