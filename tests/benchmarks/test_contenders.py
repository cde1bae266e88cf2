"""Nobody is timed who works out something else: contenders agree, and wrong ones are found."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import book_manner, layer_times
from benchmarks.contenders import (
    ALL,
    Book,
    BookFloat32,
    LibraryWorkers,
    agree,
    available,
    made,
    verdict,
)
from benchmarks.networks import SUBJECTS, digits
from benchmarks.update import ALIVE, denormals, gradients, warm

KINDS = available(LibraryWorkers, BookFloat32)
SMALL = [SUBJECTS[key] for key in ("two-layer", "mlp", "simple")]


def a_batch(subject, size=12):
    ((x, t),) = digits(subject.image, size, count=1)
    return x, t


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request):
    return request.param


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_every_contender_has_the_library_s_scores_and_gradients(subject, kind):
    assert agree(subject, kind, *a_batch(subject, 6))["error"] < 1e-5


def test_two_workers_have_the_scores_and_gradients_of_a_plain_network():
    subject = SUBJECTS["simple"]
    assert agree(subject, ALL["library"], *a_batch(subject), workers=2)["error"] < 1e-5


def test_every_contender_takes_the_same_steps(kind):
    """SGD for three steps, then the scores: the same as the library's."""
    subject = SUBJECTS["two-layer"]
    x, t = a_batch(subject)
    scores = []
    for one in (made(ALL["library"], subject, 1), made(kind, subject)):
        before = one.predict(x).copy()
        with one.training([(x, t)]) as step:
            for _ in range(3):
                step()
        scores.append(one.predict(x))
        assert not np.allclose(before, scores[-1], atol=1e-4)
    np.testing.assert_allclose(*scores, atol=1e-4)


def test_every_contender_s_adam_moves_the_parameters_alike(kind):
    subject = SUBJECTS["mlp"]
    grads, _ = gradients(subject, np.random.default_rng(0))
    # large ones: PyTorch adds its epsilon after the correction for starting at 0, the book before
    grads = {name: 1000 * grad for name, grad in grads.items()}
    x, _ = a_batch(subject)
    scores = []
    for one in (made(ALL["library"], subject), made(kind, subject)):
        with one.updating(grads) as call:
            for _ in range(20):
                call()
        scores.append(one.predict(x))
    np.testing.assert_allclose(*scores, atol=1e-3 * np.abs(scores[0]).max())


def test_every_contender_scores_what_it_is_asked_to(kind):
    subject = SUBJECTS["mlp"]
    x, _ = a_batch(subject)
    with made(kind, subject).inference(x) as call:
        call()  # it runs; that the scores are right, `agree` has shown


@pytest.mark.parametrize("subject", SMALL, ids=lambda subject: subject.key)
def test_a_contender_that_forgets_a_bias_is_not_timed(subject, monkeypatch):
    class Hasty(book_manner.Affine):
        def backward(self, dout):
            dx = super().backward(dout)
            self.db = 0 * self.db
            return dx

    monkeypatch.setattr(book_manner, "Affine", Hasty)
    with pytest.raises(RuntimeError, match=f"book disagrees with the library on {subject.key}"):
        agree(subject, Book, *a_batch(subject))


def test_numbers_that_are_none_disagree():
    wanted = {"scores": np.ones(3), "W1": np.ones(2)}
    with pytest.raises(RuntimeError, match="disagrees"):
        verdict("net", "book", wanted, {"scores": np.array([1, np.nan, 1]), "W1": np.ones(2)})


def test_arrays_of_another_shape_disagree():
    with pytest.raises(RuntimeError, match=r"expected an array of shape \(2, 1\), got \(2,\)"):
        verdict("net", "book", {"scores": np.ones((2, 1))}, {"scores": np.ones(2)})


def test_the_book_s_manner_is_float64_unless_told_otherwise():
    net = SUBJECTS["mlp"].network()
    for dtype in (np.float64, np.float32):
        theirs = book_manner.BookNetwork(net, dtype)
        x, t = a_batch(SUBJECTS["mlp"])
        assert {grad.dtype for grad in theirs.gradient(x, t).values()} == {np.dtype(dtype)}


@pytest.mark.parametrize("name", layer_times.LAYERS)
def test_every_layer_that_is_timed_alone_agrees(name, monkeypatch):
    monkeypatch.setattr(layer_times, "BATCH", 4)
    build, shape = layer_times.LAYERS[name]
    rng = np.random.default_rng(0)
    layer = build(rng=rng)
    x = layer_times.numbers(rng, shape)
    dout = layer_times.numbers(rng, layer.forward(x, training=True).shape[1:])
    checks = layer_times.agreements(name, layer, x, dout)
    assert {check["contender"] for check in checks} == set(layer_times.contenders(layer)) - {
        "library"
    }


def test_a_tenth_of_the_gradients_stays_alive():
    every, some = gradients(SUBJECTS["mlp"], np.random.default_rng(0))
    alive = np.concatenate([grad.ravel() for grad in some.values()]) != 0
    assert abs(alive.mean() - ALIVE) < 0.01
    assert all(np.all(grad != 0) for grad in every.values())


def test_the_library_s_adam_keeps_no_denormal_numbers_the_book_s_does():
    subject = replace(SUBJECTS["mlp"], build=SUBJECTS["two-layer"].build)
    every, some = gradients(subject, np.random.default_rng(0))
    found = {}
    for kind in (ALL["library"], BookFloat32):
        one = made(kind, subject)
        warm(one, every, 1)
        with np.errstate(under="ignore"):
            warm(one, some, 1000)
        found[kind.name] = denormals(one).value
    assert found["library"] == 0 and found["book, float32"] > 10_000
