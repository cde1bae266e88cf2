"""Nobody is timed who computes something else: contenders agree, and wrong ones are found."""

import numpy as np
import pytest

from benchmarks import book_manner, speed
from benchmarks.contenders import agree, agree_alone, named, peers, verdict
from benchmarks.networks import SUBJECTS, digits

# of torch's own code, where torch.compile uses it
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
OTHERS = ["book", "book, float32", *peers()]


def a_batch(subject, size=12):
    ((x, t),) = digits(subject.image, size, count=1)
    return x, t


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("key", SUBJECTS)
def test_every_contender_has_the_library_s_scores_and_gradients(key, who):
    assert agree(SUBJECTS[key], who, *a_batch(SUBJECTS[key], 6))["error"] < 1e-5


def test_two_workers_have_the_scores_and_gradients_of_a_plain_network():
    subject = SUBJECTS["mlp"]
    assert agree(subject, "library", *a_batch(subject, 20), workers=2)["error"] < 1e-5


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("key", ["two-layer", "mlp"])
def test_every_contender_takes_the_same_steps(key, who):
    x, t = a_batch(SUBJECTS[key])
    scores = []
    for one in (named("library")(SUBJECTS[key], 1), named(who)(SUBJECTS[key])):
        batch = one.batch(x, t)
        with one.ready():
            before = np.array(one.scores(x))
            for _ in range(3):
                one.step(*batch)
            scores.append(np.array(one.scores(x)))
        assert not np.allclose(before, scores[-1], atol=1e-4)
    np.testing.assert_allclose(*scores, atol=1e-3 * np.abs(scores[0]).max())


def test_a_contender_that_forgets_a_bias_is_not_timed(monkeypatch):
    class Hasty(book_manner.Affine):
        def backward(self, dout):
            dx = super().backward(dout)
            self.db = 0 * self.db
            return dx

    monkeypatch.setattr(book_manner, "Affine", Hasty)
    with pytest.raises(RuntimeError, match="book disagrees with the library on mlp"):
        agree(SUBJECTS["mlp"], "book", *a_batch(SUBJECTS["mlp"]))


@pytest.mark.parametrize(
    "found, complaint",
    [
        (np.array([1, np.nan, 1]), "book disagrees with the library on net"),
        (np.ones(2), r"expected an array of shape \(3,\), got \(2,\)"),
    ],
)
def test_scores_that_are_no_numbers_or_of_another_shape_disagree(found, complaint):
    with pytest.raises(RuntimeError, match=complaint):
        verdict("net", "book", {"scores": np.ones(3)}, {"scores": found})


@pytest.mark.parametrize("who, dtype", [("book", np.float64), ("book, float32", np.float32)])
def test_the_book_s_manner_is_float64_unless_told_otherwise(who, dtype):
    one = named(who)(SUBJECTS["mlp"])
    grads = one.gradient(*one.batch(*a_batch(SUBJECTS["mlp"])))
    assert {grad.dtype for grad in grads.values()} == {np.dtype(dtype)}


@pytest.mark.parametrize("who", ["book", *peers()[:1]])
@pytest.mark.parametrize("name", speed.LAYERS)
def test_every_layer_that_is_timed_alone_agrees(name, who):
    subject, x, dout = speed.example(name, size=4)
    if who != "book" or not name.startswith("BatchNorm"):
        assert agree_alone(subject, who, x, dout)["error"] < 1e-5


def test_a_tenth_of_the_gradients_stays_alive():
    every, some = speed.gradients(SUBJECTS["mlp"], np.random.default_rng(0))
    alive = np.concatenate([grad.ravel() for grad in some.values()]) != 0
    assert abs(alive.mean() - speed.ALIVE) < 0.01
    assert all(np.all(grad != 0) for grad in every.values())
