"""The ensemble: one network and its recipe, the mean of several, and each ingredient left out."""

import copy
import types

import numpy as np
import pytest

from ch07.images import load_images
from ch08 import ensemble, ensemble_ablation, ensemble_member
from ch08.ensemble_ablation import KINDS, ONCE, WHOLE, errors
from ch08.ensemble_member import PLACES, build, learn, moved, probabilities, rising_and_falling
from ch08.ensemble_reading import Ensemble, accuracies
from dlscratch import BatchNorm, Dropout, Network, check_gradients
from dlscratch.book.experiment import run


@pytest.fixture
def few_images(monkeypatch):
    """60 digits: a bright half at the top or at the bottom. The first 40 are to train with."""
    rng = np.random.default_rng(0)
    t = np.arange(60) % 2
    x = rng.random((60, 1, 28, 28), dtype=np.float32) / 2
    x[t == 0, :, :14] += 0.5
    x[t == 1, :, 14:] += 0.5

    def load_images(few):
        return (x[:40], t[:40]), (x[40:], t[40:])

    monkeypatch.setattr(ensemble, "load_images", load_images)
    monkeypatch.setattr(ensemble_ablation, "load_images", load_images)
    monkeypatch.setattr(ensemble_member, "BATCH", 10)
    monkeypatch.setattr(ensemble_ablation, "BATCH", 10)
    return x, t


# ---- one network


def test_a_network_has_82490_parameters_and_BatchNorm_after_each_convolution():
    net = build(rng=0)
    assert net.params.flat.size == 82_490
    assert sum(isinstance(layer, BatchNorm) for layer in net.layers) == 6
    without = build(rng=0, batch_norm=False)
    assert without.params.flat.size == 82_490 - 2 * 2 * (16 + 32 + 64)
    assert not any(isinstance(layer, BatchNorm) for layer in without.layers)


def test_the_gradient_of_a_narrow_network_is_right(monkeypatch):
    narrow = (2, 1), (2, 1), (3, 1), (3, 2), (4, 1), (4, 1)
    monkeypatch.setattr(ensemble_member, "FILTERS", narrow)
    net = build(rng=0).astype(np.float64)
    x = np.random.default_rng(2).random((2, 1, 28, 28))  # no kink in reach of the measuring step
    assert check_gradients(net, x, np.array([3, 1]))


def test_where_a_maximum_changes_within_the_measuring_step_a_smaller_step_agrees():
    net = build(rng=0).astype(np.float64)
    net = Network([layer for layer in net.layers if not isinstance(layer, Dropout)])
    x, t = np.random.default_rng(1).random((2, 1, 28, 28)), np.array([3, 1])
    place = (1, 0, 3, 14)  # the slopes left and right of it, 1e-6 away, differ by 0.4 %

    def loss(step):
        moved = x.copy()
        moved[place] += step
        return copy.deepcopy(net).loss_and_gradient(moved, t)[0]

    measured = (loss(1e-7) - loss(-1e-7)) / 2e-7
    net.last_layer.forward(net.forward(x, training=True), t)
    dx = net.backward(net.last_layer.backward(1.0))
    assert dx[place] == pytest.approx(measured, rel=1e-5)


def test_the_rate_rises_for_an_epoch_and_falls_to_nothing():
    rate = rising_and_falling(epochs=10, steps=100, highest=0.5)
    assert rate(1) == pytest.approx(0.005)
    assert rate(50) < rate(100) == pytest.approx(0.5 * (1 + np.cos(0.099 * np.pi)) / 2)
    assert rate(500) == pytest.approx(0.25, rel=0.01)
    assert rate(1000) < 1e-5


def test_an_image_moves_down_and_right_and_what_moves_in_is_0():
    x = np.arange(1.0, 10).reshape(1, 1, 3, 3)
    np.testing.assert_array_equal(moved(x, 1, 0)[0, 0], [[0, 0, 0], [1, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(moved(x, 0, -1)[0, 0], [[2, 3, 0], [5, 6, 0], [8, 9, 0]])
    np.testing.assert_array_equal(moved(x, 0, 0), x)


def test_probabilities_are_those_of_the_moved_images():
    net, x = build(rng=0), np.random.default_rng(1).random((3, 1, 28, 28), dtype=np.float32)
    x.flags.writeable = False
    p = probabilities(net.predict, x)
    assert p.shape == (len(PLACES), 3, 10)
    np.testing.assert_allclose(p.sum(axis=2), 1, rtol=1e-5)
    down = net.predict(moved(x, *PLACES[2])).argmax(axis=1)
    np.testing.assert_array_equal(p[2].argmax(axis=1), down)


def test_one_seed_trains_the_same_network_and_it_learns(few_images):
    x, t = few_images
    nets = [learn(3, (x[:40], t[:40]), epochs=6) for _ in range(2)]
    np.testing.assert_array_equal(nets[0].params.flat, nets[1].params.flat)
    read = probabilities(nets[0].predict, x[40:]).mean(axis=0).argmax(axis=1)
    assert (read == t[40:]).mean() > 0.8


# ---- several networks


def test_a_network_that_is_sure_outvotes_one_that_is_not():
    p = np.array([[[0.6, 0.4]], [[0.1, 0.9]]])  # (networks, N, 2)
    assert accuracies(p, np.array([1])) == {1: [0.0, 1.0], 2: [1.0]}


def test_accuracies_has_every_choice_of_so_many_networks():
    p = np.random.default_rng(0).random((5, 20, 10))
    found = accuracies(p, np.zeros(20, int))
    assert [len(choices) for choices in found.values()] == [5, 10, 10, 5, 1]


def test_an_ensemble_returns_from_its_file_rounded_to_float16(tmp_path, few_images):
    x, _ = few_images
    first = Ensemble([build(rng=1), build(rng=2)])
    first.nets[0].layers[1].running_mean += 0.25
    first.save(tmp_path / "weights.npz")
    second = Ensemble([build(rng=3), build(rng=4)])
    second.load(tmp_path / "weights.npz")
    for a, b in zip(first.arrays().values(), second.arrays().values()):
        np.testing.assert_array_equal(a.astype(np.float16), b)
    assert second.nets[0].layers[1].running_mean[0] == 0.25
    np.testing.assert_allclose(first.read(x[:4]), second.read(x[:4]), atol=0.01)


def test_a_member_that_was_stopped_goes_on_to_the_same_weights(tmp_path, few_images):
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    for folder in (whole, halves):
        folder.mkdir()
    ensemble.trained(5, 2, str(whole), resume=False, quick=False)

    def stop_after_one(*args, on_epoch, **options):
        def stop(trainer):
            on_epoch(trainer)
            if trainer.history.epochs == 2:
                raise OSError("the power went")  # before the checkpoint of this epoch

        return learn(*args, on_epoch=stop, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ensemble, "learn", stop_after_one)
        with pytest.raises(OSError, match="power"):
            ensemble.trained(5, 2, str(halves), resume=False, quick=False)
    assert not (halves / "ensemble-seed5.npz").exists()
    assert ensemble.trained(5, 2, str(halves), resume=True, quick=False) == "ensemble-seed5.npz"
    names = "ensemble-seed5.npz"
    with np.load(whole / names) as a, np.load(halves / names) as b:
        assert set(a) == set(b)
        for name in a:
            np.testing.assert_array_equal(a[name], b[name])


# ---- ingredients left out


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != WHOLE])
def test_each_kind_leaves_out_one_ingredient(kind):
    assert sum(a != b for a, b in zip(KINDS[kind], KINDS[WHOLE])) == 1


def test_the_ablation_reads_no_test_image(few_images, monkeypatch):
    x, t = few_images
    monkeypatch.setattr(ensemble_ablation, "load_images", lambda few: ((x[:40], t[:40]), None))
    monkeypatch.setattr(
        ensemble_ablation, "train_validation_split", lambda x, t, held, rng: ((x, t), (x, t))
    )
    found = ensemble_ablation.trained(True, "shifted", "constant", seed=0, quick=True)
    assert set(found) == {"five", "once"} and 0 <= found["once"] <= 1


def test_errors_are_percent_and_reading_once_is_of_the_same_networks():
    table = errors({WHOLE: [{"five": 0.99, "once": 0.98}], "as they are": [{"five": 0.9}]})
    assert table[WHOLE] == pytest.approx([1]) and table[ONCE] == pytest.approx([2])
    assert table["as they are"] == pytest.approx([10])


def test_a_claim_needs_a_cost_of_more_than_two_standard_errors():
    table = {WHOLE: np.array([1.0, 1.1, 0.9]), "a": np.array([1.5, 1.7, 1.4])}
    table["b"] = np.array([1.2, 0.9, 1.0])
    assert ensemble_ablation.claim(table, "a").holds
    assert not ensemble_ablation.claim(table, "b").holds


def test_evaluate_needs_the_committed_file_only(monkeypatch, few_images, tmp_path):
    monkeypatch.setattr(ensemble, "MEMBERS", 2)
    monkeypatch.setattr(ensemble, "WEIGHTS", tmp_path / "ensemble_params.npz")
    Ensemble([build(rng=1), build(rng=2)]).save(tmp_path / "ensemble_params.npz")
    saved = []
    args = types.SimpleNamespace(
        quick=False, evaluate=True, out=tmp_path, save=lambda fig, name: saved.append(name)
    )
    claims = ensemble.main(args)
    assert saved == ["ensemble.png", "ensemble_errors.png"]
    assert [claim.what for claim in claims][-1] == "2 networks"


def test_the_committed_networks_read_the_first_six_hundred_test_images():
    _, (x, t) = load_images(few=False)
    five = Ensemble([build(rng=0) for _ in range(ensemble.MEMBERS)])
    five.load(ensemble.WEIGHTS)
    p = np.mean([probabilities(net.predict, x[:600], places=[(0, 0)])[0] for net in five.nets], 0)
    assert (p.argmax(axis=1) == t[:600]).mean() >= 0.995  # at most 3 errors
    assert ensemble.WEIGHTS.stat().st_size < 1_000_000


# ---- the scripts


def script(module, out, *options):
    argv = ["--quick", "--out", str(out), *options]
    return [str(claim) for claim in run(module.main, module.__doc__, module.options, argv)]


def test_a_quick_run_ends_with_the_same_line_each_time(few_images, tmp_path):
    first = script(ensemble, tmp_path)
    assert first[-1].startswith("2 networks")
    assert (tmp_path / "ensemble.png").exists() and (tmp_path / "ensemble_errors.png").exists()
    assert script(ensemble, tmp_path) == first


def test_an_ablation_that_was_stopped_goes_on_to_the_same_end(few_images, tmp_path, monkeypatch):
    monkeypatch.setattr(
        ensemble_ablation, "train_validation_split", lambda x, t, held, rng: ((x, t), (x, t))
    )
    whole = script(ensemble_ablation, tmp_path)
    assert len(whole) == len(KINDS) and (tmp_path / "ensemble_ablation.png").exists()
    (results,) = tmp_path.glob("ensemble_ablation-*.jsonl")
    lines = results.read_bytes().splitlines(keepends=True)
    results.write_bytes(b"".join(lines[:7]))
    assert script(ensemble_ablation, tmp_path, "--resume") == whole
    assert results.read_bytes().splitlines(keepends=True) == lines


@pytest.mark.parametrize("option", ["--epochs", "--processes"])
def test_none_at_all_is_refused_in_one_line(option, tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        script(ensemble, tmp_path, option, "0")
    assert option in capsys.readouterr().err
