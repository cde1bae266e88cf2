"""The book's Trainer: an accuracy for each epoch, and the library's numbers."""

from collections import OrderedDict

import numpy as np
import pytest

import dlscratch
from dlscratch.common.layers import Affine, Relu, SoftmaxWithLoss
from dlscratch.common.multi_layer_net import MultiLayerNet
from dlscratch.common.trainer import Trainer


@pytest.fixture
def data(rng):
    x = rng.standard_normal((50, 4))
    t = (x[:, 0] > 0).astype(int)
    return x[:40], t[:40], x[40:], t[40:]


def new_net():
    return MultiLayerNet(4, [8], 2, rng=np.random.default_rng(1))


class Typed:
    """A network as section 5.7.2 describes it, with weight decay, and a count of its passes."""

    def __init__(self):
        self.params = {name: array.copy() for name, array in new_net().params.items()}
        self.layers = OrderedDict()
        self.layers["Affine1"] = Affine(self.params["W1"], self.params["b1"])
        self.layers["Relu1"] = Relu()
        self.layers["Affine2"] = Affine(self.params["W2"], self.params["b2"])
        self.lastLayer = SoftmaxWithLoss()
        self.passes = 0

    def predict(self, x):
        self.passes += 1
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        decay = sum(np.sum(self.params[name] ** 2) for name in ("W1", "W2"))
        return self.lastLayer.forward(self.predict(x), t) + 0.5 * 0.1 * decay

    def accuracy(self, x, t):
        return np.mean(self.predict(x).argmax(axis=1) == t)

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.lastLayer.backward(1)
        for layer in reversed(self.layers.values()):
            dout = layer.backward(dout)
        grads = {}
        for i in ("1", "2"):
            layer = self.layers["Affine" + i]
            grads["W" + i], grads["b" + i] = layer.dW + 0.1 * layer.W, layer.db
        return grads


class Measuring(Typed):
    """Asks for the loss next to where it is as well, as `numerical_gradient` does."""

    def gradient(self, x, t):
        self.loss(x + 1e-4, t)
        self.loss(x - 1e-4, t)
        return super().gradient(x, t)


@pytest.mark.parametrize("examples, batch", [(40, 10), (40, 7), (33, 32), (5, 100)])
def test_there_are_exactly_as_many_accuracies_as_epochs(examples, batch, data):
    """The book's `i % (N / batch)` never holds where N / batch is no whole number."""
    x, t, x_test, t_test = data
    trainer = Trainer(
        new_net(), x[:examples], t[:examples], x_test, t_test, 4, batch, verbose=False
    )
    trainer.train()
    assert len(trainer.train_acc_list) == len(trainer.test_acc_list) == 4
    assert len(trainer.train_loss_list) == 4 * -(-examples // batch)


@pytest.mark.parametrize(
    "name, ours",
    [
        ("SGD", dlscratch.SGD),
        ("momentum", dlscratch.Momentum),
        ("Nesterov", dlscratch.Nesterov),
        ("AdaGrad", dlscratch.AdaGrad),
        ("RMSprop", dlscratch.RMSprop),
        ("adam", dlscratch.Adam),
    ],
)
def test_the_numbers_are_those_of_the_librarys_trainer(name, ours, data):
    x, t, x_test, t_test = data
    net, twin = new_net(), new_net().network
    trainer = Trainer(
        net,
        *data,
        epochs=3,
        mini_batch_size=16,
        optimizer=name,
        optimizer_param={"lr": 0.05},
        verbose=False,
        rng=np.random.default_rng(2),
    )
    trainer.train()
    history = dlscratch.Trainer(
        twin, ours(lr=0.05), rng=np.random.default_rng(2), batch_size=16
    ).fit((x, t), (x_test, t_test), epochs=3)
    assert trainer.train_loss_list == history.loss
    assert trainer.train_acc_list == history.train_accuracy
    assert trainer.test_acc_list == history.test_accuracy
    np.testing.assert_array_equal(net.params.flat, twin.params.flat)


@pytest.mark.parametrize("kind", [Typed, Measuring])
def test_a_network_typed_from_the_book_trains_to_the_same_numbers(kind, data):
    runs = []
    for net in (kind(), MultiLayerNet(4, [8], 2, weight_decay_lambda=0.1)):
        for name, array in new_net().params.items():
            net.params[name][...] = array
        trainer = Trainer(
            net, *data, epochs=3, mini_batch_size=16, verbose=False, rng=np.random.default_rng(2)
        )
        trainer.train()
        runs.append((trainer, dict(net.params)))
    (typed, typed_params), (ours, params) = runs
    np.testing.assert_allclose(typed.train_loss_list, ours.train_loss_list, rtol=1e-12)
    assert typed.test_acc_list == ours.test_acc_list
    for name, array in params.items():
        np.testing.assert_allclose(typed_params[name], array, rtol=1e-12)


def test_a_step_takes_one_forward_pass_even_with_a_typed_network(data):
    """The book's Trainer runs a second one, only to note the loss."""
    net = Typed()
    Trainer(net, *data, epochs=2, mini_batch_size=10, verbose=False).train()
    steps, evaluations = 2 * 4, 2 * 2
    assert net.passes == steps + evaluations
    assert "loss" not in vars(net)  # the network is left as it was typed


def test_a_library_network_with_float32_weights_trains_too(data):
    net = dlscratch.MultiLayerNet(4, [8], 2, rng=np.random.default_rng(1))
    trainer = Trainer(net, *data, epochs=2, optimizer="Adam", verbose=False)
    trainer.train()
    assert len(trainer.test_acc_list) == 2
    assert net.dtype == np.float32


def test_only_some_rows_are_measured_if_asked(data):
    x, t, x_test, t_test = data
    trainer = Trainer(
        new_net(), x, t, x_test, t_test, 1, evaluate_sample_num_per_epoch=3, verbose=False
    )
    trainer.train()
    assert trainer.train_acc_list[0] * 3 == pytest.approx(round(trainer.train_acc_list[0] * 3))
    assert trainer.train_acc_list == [trainer.network.accuracy(x[:3], t[:3])]
    assert trainer.test_acc_list == [trainer.network.accuracy(x_test[:3], t_test[:3])]


def test_verbose_prints_a_line_for_each_epoch_and_the_end(data, capsys):
    Trainer(new_net(), *data, epochs=2).train()
    first, second, end = capsys.readouterr().out.splitlines()
    assert first.startswith("epoch 1/2: loss ")
    assert second.startswith("epoch 2/2: loss ")
    assert end.startswith("done after epoch 2: test accuracy ")


def test_quiet_prints_nothing(data, capsys):
    Trainer(new_net(), *data, epochs=1, verbose=False).train()
    assert capsys.readouterr() == ("", "")


def test_ctrl_c_keeps_the_epochs_that_were_finished(data, capsys):
    class Interrupted(Typed):
        def gradient(self, x, t):
            if self.passes > 7:  # four steps and two evaluations an epoch: in the second one
                raise KeyboardInterrupt
            return super().gradient(x, t)

    trainer = Trainer(Interrupted(), *data, epochs=100, mini_batch_size=10)
    trainer.train()
    assert len(trainer.train_acc_list) == len(trainer.test_acc_list) == 1
    assert len(trainer.train_loss_list) == 4
    assert "stopped by Ctrl-C after epoch 1" in capsys.readouterr().out


def test_an_optimizer_that_nobody_knows_is_refused_with_those_that_are_known(data):
    with pytest.raises(ValueError, match="SGD, Momentum, Nesterov, AdaGrad, RMSprop, Adam.*'sgdd'"):
        Trainer(new_net(), *data, optimizer="sgdd")
