"""Chapter 5's network: proved, compared with the measured gradient, and trained."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ch05 import gradient_check, train_neuralnet
from ch05.two_layer_net import TwoLayerNet
from dlscratch import check_gradients
from dlscratch.book.experiment import run


def small_net(seed=0):
    net = TwoLayerNet(4, 5, 3, weight_init_std=1.0, rng=np.random.default_rng(seed))
    return net.astype(np.float64)


def batch():
    rng = np.random.default_rng(1)
    return rng.standard_normal((6, 4)), rng.integers(3, size=6)


def test_its_gradients_are_proved():
    verdict = check_gradients(small_net(), *batch())
    assert verdict, verdict


def test_backpropagation_and_measurement_agree_at_every_weight():
    net, (x, t) = small_net(), batch()
    measured, derived = net.numerical_gradient(x, t), net.gradient(x, t)
    assert list(measured) == list(derived) == ["W1", "b1", "W2", "b2"]
    for name in derived:
        assert np.abs(derived[name]).max() > 1e-3
        assert_allclose(derived[name], measured[name], atol=1e-8, err_msg=name)


def test_measuring_leaves_the_weights_as_they_were():
    net, (x, t) = small_net(), batch()
    before = net.params.flat.copy()
    net.numerical_gradient(x, t)
    assert_array_equal(net.params.flat, before)


def test_one_hot_labels_and_classes_mean_the_same():
    net, (x, t) = small_net(), batch()
    assert net.loss(x, t) == net.loss(x, np.eye(3)[t])
    assert net.accuracy(x, t) == net.accuracy(x, np.eye(3)[t])


def test_the_book_s_weights_have_a_standard_deviation_of_0_01():
    net = TwoLayerNet(784, 50, 10, rng=np.random.default_rng(0))
    assert net.params["W1"].std() == pytest.approx(0.01, rel=0.05)
    assert not net.params["b1"].any()
    assert net.dtype == np.float32


def test_the_gradient_check_compares_four_arrays_and_all_hold(tmp_path, capsys):
    claims = run(gradient_check.main, "", argv=["--quick", "--out", str(tmp_path)])
    assert [claim.what for claim in claims] == [f"mean difference {n}" for n in gradient_check.BOOK]
    assert all(claim.holds for claim in claims)
    assert "right: TwoLayerNet" in capsys.readouterr().out


def test_the_gradient_check_fails_on_a_wrong_gradient(tmp_path, monkeypatch):
    class Wrong(TwoLayerNet):
        def loss_and_gradient(self, x, t):
            loss, grads = super().loss_and_gradient(x, t)
            grads["b2"][3] *= 1.001
            return loss, grads

    monkeypatch.setattr(gradient_check, "TwoLayerNet", Wrong)
    with pytest.raises(AssertionError, match="backpropagation is wrong"):
        run(gradient_check.main, "", argv=["--quick", "--out", str(tmp_path)])


def test_one_epoch_reads_nine_of_ten_test_images_and_leaves_its_figure(tmp_path, capsys):
    argv = ["--epochs", "1", "--out", str(tmp_path)]
    claims = run(train_neuralnet.main, "", train_neuralnet.options, argv=argv)
    assert float(claims[1].ours) > 0.9
    assert "600 steps in" in capsys.readouterr().out
    assert (tmp_path / "train_neuralnet.png").exists()


@pytest.mark.parametrize("text", ["hee", "-1", "nan"])
def test_a_size_of_weights_that_is_none_is_refused_in_one_line(text, tmp_path, capsys):
    argv = ["--std", text, "--out", str(tmp_path)]
    with pytest.raises(SystemExit) as stop:
        run(train_neuralnet.main, "", train_neuralnet.options, argv=argv)
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_ctrl_c_leaves_the_figure_of_the_epochs_that_were_finished(tmp_path, monkeypatch, capsys):
    def interrupt(trainer):
        raise KeyboardInterrupt

    monkeypatch.setattr(train_neuralnet, "report", interrupt)
    argv = ["--epochs", "3", "--out", str(tmp_path)]
    with pytest.raises(SystemExit) as stop:
        run(train_neuralnet.main, "", train_neuralnet.options, argv=argv)
    assert stop.value.code == 130
    assert (tmp_path / "train_neuralnet.png").exists()
