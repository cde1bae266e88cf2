"""The measures of images without labels, against numbers worked by hand."""

import numpy as np
import pytest

from ch08 import generated_score
from ch08.generated_score import (
    class_score,
    frechet_distance,
    nearest,
    read_and_features,
    sure_share,
)
from ch08.misclassified_mnist import learned_net
from dlscratch import softmax
from dlscratch.book.experiment import run


def random(*shape, seed=0):
    array = np.random.default_rng(seed).standard_normal(shape)
    array.flags.writeable = False
    return array


def test_the_score_is_exp_of_the_mean_divergence_from_the_mean():
    p = softmax(3 * random(20, 4))
    divergence = 0
    for row in p:
        divergence += sum(row[k] * np.log(row[k] / p[:, k].mean()) for k in range(4)) / 20
    assert class_score(p) == pytest.approx(np.exp(divergence))


def test_the_score_counts_the_classes_that_are_read_surely():
    for classes in (1, 2, 10):
        p = np.zeros((100, 10), np.float32)
        p[np.arange(100), np.arange(100) % classes] = 1
        assert class_score(p) == pytest.approx(classes)


def test_unsure_readings_score_1_however_many():
    assert class_score(np.full((50, 10), 0.1, np.float32)) == pytest.approx(1)


def test_sure_is_above_nine_tenths():
    assert sure_share(np.array([[0.9, 0.1], [0.05, 0.95], [0.5, 0.5], [0.91, 0.09]])) == 0.5


def test_the_frechet_distance_of_a_moved_and_stretched_set():
    """In one direction: (difference of means)^2 + (difference of standard deviations)^2."""
    a = random(500, 3)
    q, _ = np.linalg.qr(random(3, 3, seed=1))
    b = 5 + (a @ q) * 2
    means = np.square(b.mean(axis=0) - a.mean(axis=0)).sum()
    A, B = np.cov(a.T), np.cov(b.T)
    roots = np.sqrt(np.linalg.eigvals(A @ B).real).sum()  # of the matrix itself, as a second oracle
    assert frechet_distance(a, b) == pytest.approx(means + np.trace(A) + np.trace(B) - 2 * roots)
    line, stretched = random(500, 2), np.array([4, 0]) + random(500, 2) * np.array([3, 1])
    spread = 2 * line[:, 0].std(ddof=1)
    shift = 4 + 2 * line[:, 0].mean() * 0  # both have the mean of `line`, but for 4 + 2 mean
    shift = 4 + 2 * line[:, 0].mean()
    correlated = frechet_distance(line, stretched)
    assert correlated == pytest.approx(shift**2 + spread**2, rel=0.02)


def test_the_frechet_distance_of_a_set_to_itself_is_0_also_where_a_feature_never_fires():
    a = random(50, 4).copy()
    a[:, 2] = 0
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-9)


def test_the_distance_does_not_depend_on_which_comes_first():
    a, b = random(60, 5), 2 + 3 * random(70, 5, seed=1)
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a))


def test_the_nearest_image_is_found_and_a_copy_is_at_0():
    among = random(30, 1, 4, 4)
    x = np.concatenate([among[[7]], among[[3]] + 0.01, random(5, 1, 4, 4, seed=1)])
    x.flags.writeable = False
    places, distances = nearest(x, among, block=3)
    each = np.sqrt(np.square(x[:, None] - among[None]).mean(axis=(2, 3, 4)))  # (7, 30)
    np.testing.assert_array_equal(places, each.argmin(axis=1))
    np.testing.assert_allclose(distances, each.min(axis=1))
    assert places[:2].tolist() == [7, 3] and distances[0] == 0


def test_the_features_are_the_50_numbers_behind_the_first_affine_layer():
    x = np.random.default_rng(0).random((7, 1, 28, 28), dtype=np.float32)
    x.flags.writeable = False
    p, features = read_and_features(x, batch_size=3)
    net = learned_net()
    np.testing.assert_allclose(p, softmax(net.predict(x)), rtol=1e-4, atol=1e-6)
    assert features.shape == (7, 50) and features.min() == 0
    scores = features @ net.layers["Affine2"].W + net.layers["Affine2"].b
    np.testing.assert_allclose(softmax(scores), p, rtol=1e-4, atol=1e-6)


def test_the_script_tells_digits_from_what_is_none(tmp_path, capsys):
    run(generated_score.main, "a lesson", argv=["--quick", "--out", str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()
    scores = [float(line.split("score ")[1].split()[0]) for line in lines]
    assert scores[-1] > 9 and max(scores[:-1]) < 6
