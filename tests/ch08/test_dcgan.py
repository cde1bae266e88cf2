"""DCGAN: two networks learn against each other, stop, resume; the committed one makes digits."""

from types import SimpleNamespace

import numpy as np
import pytest

from ch08 import dcgan, dcgan_pictures, gan_training
from ch08.gan_training import (
    discriminator,
    follow,
    generate,
    generator,
    learn_to_fool,
    learn_to_tell,
    noise,
    trained,
)
from ch08.generated_score import class_score, read_and_features, sure_share
from dlscratch import SGD
from dlscratch.book.experiment import run
from dlscratch.book.loop import Loop


def read_only(array):
    array.flags.writeable = False
    return array


def random(*shape, seed=0):
    return read_only(np.random.default_rng(seed).standard_normal(shape))


@pytest.fixture
def script(tmp_path):
    """Run the script in a folder of its own; its claims by name."""

    def script(*options, folder="out"):
        argv = ["--out", str(tmp_path / folder), *options]
        claims = run(dcgan.main, dcgan.__doc__, dcgan.options, argv)
        return {claim.what: claim for claim in claims}

    return script


@pytest.fixture
def pair():
    """A generator and a discriminator in float64."""
    return generator(0).astype(np.float64), discriminator(1).astype(np.float64)


# ---- the networks


def test_the_generator_makes_images_of_noise_and_the_discriminator_gives_each_one_score():
    z = noise(3, np.random.default_rng(0))
    images = generate(generator(0), z)
    assert z.dtype == images.dtype == np.float32
    assert images.shape == (3, 1, 28, 28)
    assert 0 <= images.min() < 0.5 < images.max() <= 1
    assert discriminator(0).forward(images).shape == (3, 1)


# ---- a step


def test_the_discriminators_loss_is_the_sum_over_both_kinds_and_real_ones_count_as_nine_tenths(
    pair,
):
    _, D = pair
    real, fake = random(4, 1, 28, 28), random(4, 1, 28, 28, seed=1)
    sure = [1 / (1 + np.exp(-D.forward(x, training=True))) for x in (real, fake)]
    expected = -np.mean(0.9 * np.log(sure[0]) + 0.1 * np.log(1 - sure[0])) - np.mean(
        np.log(1 - sure[1])
    )
    assert learn_to_tell(D, real, fake) == pytest.approx(expected)


def slope_along(net, way, loss):
    """How loss() changes as the weights of the network move along `way`, measured."""
    h, start = 1e-8, net.params.flat.copy()  # so small that hardly a LeakyReLU is at its bend
    values = []
    for step in (h, -h):
        net.params.flat[...] = start + step * way
        values.append(loss())
    net.params.flat[...] = start
    return (values[0] - values[1]) / (2 * h)


def test_the_gradients_of_the_discriminator_are_right(pair):
    _, D = pair
    real, fake = random(4, 1, 28, 28), random(4, 1, 28, 28, seed=1)
    learn_to_tell(D, real, fake)
    grads = D.grads.flat.copy()
    for seed in (2, 3, 4):
        way = random(grads.size, seed=seed)
        slope = slope_along(D, way, lambda: learn_to_tell(D, real, fake))
        assert slope == pytest.approx(grads @ way, rel=1e-5)


def test_the_gradients_of_the_generator_are_right_through_the_discriminator(pair):
    G, D = pair
    z = random(4, gan_training.NOISE)

    def loss():
        return learn_to_fool(G, D, G.forward(z, training=True))

    value = loss()
    grads = G.grads.flat.copy()
    sure = 1 / (1 + np.exp(-D.forward(G.forward(z, training=True), training=True)))
    assert value == pytest.approx(-np.log(sure).mean())  # not log(1 - sure): its slope vanishes
    for seed in (2, 3, 4):
        way = random(grads.size, seed=seed)
        assert slope_along(G, way, loss) == pytest.approx(grads @ way, rel=1e-5)


def test_a_step_of_each_makes_its_own_loss_smaller(pair):
    G, D = pair
    real, z = random(8, 1, 28, 28), random(8, gan_training.NOISE, seed=1)
    fake = G.forward(z, training=True)
    before = learn_to_tell(D, real, fake)
    SGD(0.01).update(D.params, D.grads)
    assert learn_to_tell(D, real, fake) < before
    before = learn_to_fool(G, D, fake)
    weights = D.params.flat.copy()
    SGD(0.01).update(G.params, G.grads)
    assert learn_to_fool(G, D, G.forward(z, training=True)) < before
    np.testing.assert_array_equal(D.params.flat, weights)  # the discriminator only looked on


def test_the_average_follows_weights_and_running_averages():
    average, G = generator(0), generator(1)
    G.buffers["running_var1"][...] = 3
    start, end = average.params["W1"].copy(), G.params["W1"].copy()
    follow(average, G, 0.75)
    np.testing.assert_allclose(average.params["W1"], 0.75 * start + 0.25 * end, atol=1e-7)
    np.testing.assert_allclose(average.buffers["running_var1"], 1.5)
    np.testing.assert_array_equal(G.params["W1"], end)


# ---- the training


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(gan_training, "BATCH", 4)


def train(folder, resume=False):
    folder.mkdir(exist_ok=True)
    args = SimpleNamespace(out=folder, seed=0, resume=resume)
    x = read_only(np.random.default_rng(0).random((30, 1, 28, 28), dtype=np.float32))
    z = read_only(noise(2, np.random.default_rng(1)))
    return trained(args, x, 6, [3, 6], z)


def test_a_training_that_was_stopped_goes_on_to_the_same_bit(small, tmp_path, monkeypatch, capsys):
    G, films, history = train(tmp_path / "whole")
    with monkeypatch.context() as patch:
        whole_update, updates = Loop.update, []

        def update(loop, name):
            updates.append(name)
            if len(updates) == 10:
                raise KeyboardInterrupt
            whole_update(loop, name)

        patch.setattr(Loop, "update", update)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "stopped")
    assert updates[:2] == ["discriminator", "generator"]
    assert "--resume goes on from step 4" in capsys.readouterr().out
    resumed, again, losses = train(tmp_path / "stopped", resume=True)
    for name, array in {**G.params, **G.buffers}.items():
        np.testing.assert_array_equal({**resumed.params, **resumed.buffers}[name], array)
    np.testing.assert_array_equal(films, again)
    assert history == losses and films.shape == (2, 2, 28, 28)
    assert (films[1] != films[0]).any()


# ---- the pictures


def test_digits_are_sorted_by_what_is_read_and_what_is_missing_stays_black():
    x = np.arange(1, 13, dtype=np.float32).reshape(12, 1, 1, 1) * np.ones((1, 28, 28), np.float32)
    p = np.eye(10)[[3] * 11 + [0]]
    rows = dcgan_pictures.by_reading(x, p)[:, 0, 0].reshape(10, 10)
    assert rows[3].tolist() == list(range(1, 11)) and rows[0].tolist() == [12] + 9 * [0]
    assert not rows[[1, 2, 4, 5, 6, 7, 8, 9]].any()


def test_a_walk_goes_from_noise_to_noise_and_is_as_long_as_noise_all_the_way():
    a, b = np.float32([[3, 0]]), np.float32([[0, 3]])
    way = dcgan_pictures.walk(a, b, 5)
    assert way.shape == (1, 5, 2) and way.dtype == np.float32
    np.testing.assert_allclose(way[0, [0, -1]], [[3, 0], [0, 3]], atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(way, axis=-1), 3, rtol=1e-6)


# ---- the script


def test_the_held_back_images_are_none_of_those_to_learn_from(monkeypatch):
    x = np.arange(10_020, dtype=np.float32).reshape(-1, 1, 1, 1)
    monkeypatch.setattr(dcgan, "load_mnist", lambda flatten: ((x, np.zeros(10_020)), None))
    train, held = dcgan.load_images(quick=False)
    assert (len(train), len(held)) == (20, 10_000)
    assert sorted([*train.ravel(), *held.ravel()]) == list(range(10_020))


def test_the_committed_generator_makes_digits_of_all_ten_kinds():
    G = generator(0)
    G.load(dcgan.WEIGHTS)
    p, _ = read_and_features(generate(G, noise(1000, np.random.default_rng(0))))
    assert class_score(p) > 8.5 and sure_share(p) > 0.85
    assert np.bincount(p.argmax(axis=1), minlength=10).min() > 40


def test_the_committed_file_is_smaller_than_600_kilobytes():
    assert dcgan.WEIGHTS.stat().st_size < 600_000


def test_evaluate_measures_the_committed_weights_and_a_run_those_that_it_leaves(script, tmp_path):
    evaluated = script("--quick", "--evaluate")
    assert (tmp_path / "out" / "dcgan_walk.png").exists()
    assert float(evaluated["score, share read surely"].ours.split()[0]) > 7
    trained_ = script("--quick", "--steps", "10", folder="run")
    assert float(trained_["score, share read surely"].ours.split()[0]) < 3
    with np.load(tmp_path / "run" / "dcgan_params.npz") as arrays:
        assert {array.dtype for array in arrays.values()} == {np.dtype(np.float16)}


def test_too_few_steps_are_refused_in_one_line(script, capsys):
    with pytest.raises(SystemExit, match="2"):
        script("--steps", "3")
    assert "expected a whole number at least 10" in capsys.readouterr().err


def test_evaluate_and_resume_do_not_go_together(script, capsys):
    with pytest.raises(SystemExit, match="2"):
        script("--evaluate", "--resume")
    assert "choose one" in capsys.readouterr().err
