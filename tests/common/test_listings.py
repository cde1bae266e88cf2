"""Code as a reader of chapters 4 to 8 types it runs here, and gives the library's numbers.

The listings below are our own, written after the book's descriptions: they use every class,
function and argument that its listings use, and import them the way those do. The `typed` fixture
runs them with `common` replaced by `dlscratch.common`, and nothing else changed.
"""

import numpy as np
import pytest

import dlscratch
from dlscratch import Affine, Convolution, Flatten, Network, Pooling, ReLU, Sigmoid
from dlscratch.common.layers import Dropout
from dlscratch.common.util import load_params

SIMPLE_NET = """
    import numpy as np
    from common.functions import softmax, cross_entropy_error
    from common.gradient import numerical_gradient

    class simpleNet:
        def __init__(self):
            self.W = np.array([[0.47355232, 0.9977393, 0.84668094],
                               [0.85557411, 0.03563661, 0.69422093]])

        def predict(self, x):
            return x @ self.W

        def loss(self, x, t):
            return cross_entropy_error(softmax(self.predict(x)), t)

    x, t = np.array([0.6, 0.9]), np.array([0, 0, 1])
    net = simpleNet()
    dW = numerical_gradient(lambda W: net.loss(x, t), net.W)
"""


def test_section_4_4_2_the_gradient_of_a_small_network(typed):
    """E14."""
    left = typed(SIMPLE_NET)
    net, x, t = left["net"], left["x"], left["t"]
    np.testing.assert_allclose(net.predict(x), [1.05414809, 0.63071653, 1.1328074], atol=1e-8)
    assert net.loss(x, t) == pytest.approx(0.92806853663411326, abs=3e-7)
    books = [[0.21924763, 0.14356247, -0.36281009], [0.32887144, 0.2153437, -0.54421514]]
    np.testing.assert_allclose(left["dW"], books, atol=2e-7)


CHAPTER_4 = """
    from common.functions import *
    from common.gradient import numerical_gradient

    class TwoLayerNet:
        def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
            self.params = {}
            for i, (n, m) in enumerate([(input_size, hidden_size), (hidden_size, output_size)]):
                self.params["W%d" % (i + 1)] = weight_init_std * np.random.randn(n, m)
                self.params["b%d" % (i + 1)] = np.zeros(m)

        def predict(self, x):
            p = self.params
            hidden = sigmoid(np.dot(x, p["W1"]) + p["b1"])
            return softmax(np.dot(hidden, p["W2"]) + p["b2"])

        def loss(self, x, t):
            return cross_entropy_error(self.predict(x), t)

        def accuracy(self, x, t):
            return np.mean(np.argmax(self.predict(x), axis=1) == np.argmax(t, axis=1))

        def numerical_gradient(self, x, t):
            loss_W = lambda W: self.loss(x, t)
            return {key: numerical_gradient(loss_W, self.params[key]) for key in self.params}

        def gradient(self, x, t):
            p = self.params
            a1 = np.dot(x, p["W1"]) + p["b1"]
            z1 = sigmoid(a1)
            dy = (softmax(np.dot(z1, p["W2"]) + p["b2"]) - t) / x.shape[0]
            da1 = sigmoid_grad(a1) * np.dot(dy, p["W2"].T)
            return {"W1": np.dot(x.T, da1), "b1": np.sum(da1, axis=0),
                    "W2": np.dot(z1.T, dy), "b2": np.sum(dy, axis=0)}

    net = TwoLayerNet(input_size=100, hidden_size=5, output_size=3, weight_init_std=0.1)
"""


def test_chapter_4_a_network_with_its_gradient_written_out(typed, digits):
    x, t = digits[0].reshape(60, 100), np.eye(3)[digits[1]]
    net = typed(CHAPTER_4)["net"]
    ours = Network(
        [Affine(net.params["W1"], net.params["b1"]), Sigmoid()]
        + [Affine(net.params["W2"], net.params["b2"])]
    ).astype(np.float64)
    assert net.accuracy(x, t) == ours.accuracy(x, t)
    assert net.loss(x, t) == pytest.approx(ours.loss(x, t), abs=1e-6)  # the book's 1e-7 in log
    measured, worked_out = net.numerical_gradient(x[:4], t[:4]), net.gradient(x[:4], t[:4])
    for name, grad in ours.gradient(x[:4], t[:4]).items():
        np.testing.assert_allclose(worked_out[name], grad, rtol=1e-5, atol=1e-9)
        np.testing.assert_allclose(measured[name], grad, rtol=1e-4, atol=1e-6)


CHAPTER_5 = """
    import numpy as np
    from collections import OrderedDict
    from common.layers import *
    from common.gradient import numerical_gradient

    class TwoLayerNet:
        def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
            W1 = weight_init_std * np.random.randn(input_size, hidden_size)
            W2 = weight_init_std * np.random.randn(hidden_size, output_size)
            self.params = dict(W1=W1, b1=np.zeros(hidden_size), W2=W2, b2=np.zeros(output_size))
            self.layers = OrderedDict()
            self.layers["Affine1"] = Affine(self.params["W1"], self.params["b1"])
            self.layers["Relu1"] = Relu()
            self.layers["Affine2"] = Affine(self.params["W2"], self.params["b2"])
            self.lastLayer = SoftmaxWithLoss()

        def predict(self, x):
            for layer in self.layers.values():
                x = layer.forward(x)
            return x

        def loss(self, x, t):
            return self.lastLayer.forward(self.predict(x), t)

        def accuracy(self, x, t):
            labels = t if t.ndim == 1 else np.argmax(t, axis=1)
            return np.sum(np.argmax(self.predict(x), axis=1) == labels) / float(x.shape[0])

        def numerical_gradient(self, x, t):
            loss_W = lambda W: self.loss(x, t)
            return {key: numerical_gradient(loss_W, self.params[key]) for key in self.params}

        def gradient(self, x, t):
            self.loss(x, t)
            dout = self.lastLayer.backward(1)
            order = list(self.layers.values())
            order.reverse()
            for layer in order:
                dout = layer.backward(dout)
            first, second = self.layers["Affine1"], self.layers["Affine2"]
            return {"W1": first.dW, "b1": first.db, "W2": second.dW, "b2": second.db}

    net = TwoLayerNet(input_size=100, hidden_size=5, output_size=3)
"""

GRADIENT_CHECK = """
    import numpy as np

    grad_numerical = net.numerical_gradient(x_train[:3], t_train[:3])
    grad_backprop = net.gradient(x_train[:3], t_train[:3])
    differences = {
        key: np.average(np.abs(grad_backprop[key] - grad_numerical[key])) for key in grad_numerical
    }
"""

TRAIN_NEURALNET = """
    import numpy as np

    iters_num, batch_size, learning_rate = 60, 20, 0.1
    chosen, losses = [], []
    for i in range(iters_num):
        batch_mask = np.random.choice(x_train.shape[0], batch_size)
        chosen.append(batch_mask)
        x_batch, t_batch = x_train[batch_mask], t_train[batch_mask]
        grad = net.gradient(x_batch, t_batch)
        for key in ("W1", "b1", "W2", "b2"):
            net.params[key] -= learning_rate * grad[key]
        losses.append(net.loss(x_batch, t_batch))
"""


@pytest.mark.parametrize("one_hot", [False, True])
def test_chapter_5_gradient_check(typed, digits, one_hot):
    """Trap 1 of the book: 1e-13 .. 1e-10, for a loss without 1e-7 in its logarithm."""
    x, t = digits[0].reshape(60, 100), np.eye(3)[digits[1]] if one_hot else digits[1]
    net = typed(CHAPTER_5)["net"]
    differences = typed(GRADIENT_CHECK, net=net, x_train=x, t_train=t)["differences"]
    assert list(differences) == ["W1", "b1", "W2", "b2"]
    assert max(differences.values()) < 1e-9
    assert any(net.gradient(x, t)["W1"].ravel())


def test_chapter_5_a_training_loop_goes_the_librarys_way(typed, digits):
    x, t = digits[0].reshape(60, 100), digits[1]
    net = typed(CHAPTER_5)["net"]
    arrays = {name: array.copy() for name, array in net.params.items()}
    ours = Network([Affine(arrays["W1"], arrays["b1"]), ReLU(), Affine(arrays["W2"], arrays["b2"])])
    left = typed(TRAIN_NEURALNET, net=net, x_train=x, t_train=t)
    sgd = dlscratch.SGD(0.1)
    for rows in left["chosen"]:
        sgd.update(ours.params, ours.gradient(x[rows], t[rows]))
    assert net.params["W1"] is net.layers["Affine1"].W
    for name, array in ours.params.items():
        np.testing.assert_allclose(net.params[name], array, rtol=1e-9, atol=1e-12)
    assert net.accuracy(x, t) == ours.accuracy(x, t)
    assert left["losses"][-1] < left["losses"][0]


OPTIMIZER_COMPARE_NAIVE = """
    from common.optimizer import *

    def df(x, y):
        return x / 10.0, 2.0 * y

    paths = {}
    for optimizer in SGD(lr=0.95), Momentum(lr=0.1), AdaGrad(lr=1.5), Adam(lr=0.3):
        params, grads = {"x": -7.0, "y": 2.0}, {"x": 0, "y": 0}
        path = []
        for i in range(30):
            path.append((params["x"], params["y"]))
            grads["x"], grads["y"] = df(params["x"], params["y"])
            optimizer.update(params, grads)
        paths[type(optimizer).__name__] = np.array(path)
"""


@pytest.mark.parametrize(
    "name, end, flips",
    [
        ("SGD", (-0.387, -0.094), 29),
        ("Momentum", (0.814, 0.273), 4),
        ("AdaGrad", (-0.136, 0.000), 0),
        ("Adam", (0.020, 0.322), 2),
    ],
)
def test_section_6_1_7_plain_numbers_go_downhill_to_the_books_end_points(typed, name, end, flips):
    path = typed(OPTIMIZER_COMPARE_NAIVE)["paths"][name]
    np.testing.assert_allclose(path[-1], end, atol=6e-4)
    assert np.sum(np.diff(np.sign(path[:, 1])) != 0) == flips


OPTIMIZER_COMPARE_MNIST = """
    from common.util import smooth_curve
    from common.multi_layer_net import MultiLayerNet
    from common.optimizer import *

    optimizers = {"SGD": SGD(), "Momentum": Momentum(), "AdaGrad": AdaGrad(), "Adam": Adam()}
    optimizers["RMSprop"], optimizers["Nesterov"] = RMSprop(), Nesterov()
    networks, train_loss = {}, {}
    for key in optimizers:
        networks[key] = MultiLayerNet(
            input_size=100, hidden_size_list=[20, 20], output_size=3)
        train_loss[key] = []

    for i in range(30):
        batch_mask = np.random.choice(x_train.shape[0], 16)
        for key in optimizers:
            grads = networks[key].gradient(x_train[batch_mask], t_train[batch_mask])
            optimizers[key].update(networks[key].params, grads)
            train_loss[key].append(networks[key].loss(x_train[batch_mask], t_train[batch_mask]))
    curves = {key: smooth_curve(train_loss[key]) for key in optimizers}
"""


def test_section_6_1_8_every_optimizer_trains_every_network(typed, digits):
    left = typed(OPTIMIZER_COMPARE_MNIST, x_train=digits[0].reshape(60, 100), t_train=digits[1])
    for curve in left["curves"].values():
        assert len(curve) == 30
        assert curve[-1] < curve[0]


WEIGHT_INIT_COMPARE = """
    from common.multi_layer_net import MultiLayerNet
    from common.optimizer import SGD

    weight_init_types = {"std=0.01": 0.01, "Xavier": "sigmoid", "He": "relu"}
    spreads = {}
    for key, weight_type in weight_init_types.items():
        net = MultiLayerNet(input_size=100, hidden_size_list=[100, 100], output_size=3,
                            weight_init_std=weight_type)
        SGD(lr=0.01).update(net.params, net.gradient(x_train, t_train))
        spreads[key] = net.params["W2"].std()
"""


def test_section_6_2_4_rules_named_after_their_activation(typed, digits):
    left = typed(WEIGHT_INIT_COMPARE, x_train=digits[0].reshape(60, 100), t_train=digits[1])
    expected = {"std=0.01": 0.01, "Xavier": 0.1, "He": 0.02**0.5}
    assert left["spreads"] == pytest.approx(expected, rel=0.03)


BATCH_NORM_TEST = """
    import numpy as np
    from common.multi_layer_net_extend import MultiLayerNetExtend
    from common.optimizer import SGD, Adam

    def train(weight_init_std):
        bn_network = MultiLayerNetExtend(
            input_size=100, hidden_size_list=[20, 20, 20], output_size=3,
            weight_init_std=weight_init_std, use_batchnorm=True)
        network = MultiLayerNetExtend(
            input_size=100, hidden_size_list=[20, 20, 20], output_size=3,
            weight_init_std=weight_init_std)
        optimizer = SGD(lr=0.1)
        accuracies = []
        for i in range(40):
            batch_mask = np.random.choice(x_train.shape[0], 20)
            x_batch, t_batch = x_train[batch_mask], t_train[batch_mask]
            for _network in (bn_network, network):
                grads = _network.gradient(x_batch, t_batch)
                optimizer.update(_network.params, grads)
        return bn_network.accuracy(x_train, t_train), network.accuracy(x_train, t_train)

    with_norm, without = train(0.01)
"""


def test_section_6_3_2_batch_normalization_learns_where_the_plain_network_does_not(typed, digits):
    left = typed(BATCH_NORM_TEST, x_train=digits[0].reshape(60, 100), t_train=digits[1])
    assert left["with_norm"] > 0.9
    assert left["without"] < 0.5


OVERFIT = """
    from common.multi_layer_net import MultiLayerNet
    from common.multi_layer_net_extend import MultiLayerNetExtend
    from common.optimizer import SGD
    from common.trainer import Trainer

    decayed = MultiLayerNet(input_size=100, hidden_size_list=[20] * 6, output_size=3,
                            weight_decay_lambda=0.1)
    SGD(lr=0.01).update(decayed.params, decayed.gradient(x_train, t_train))

    use_dropout, dropout_ratio = True, 0.2
    network = MultiLayerNetExtend(input_size=100, hidden_size_list=[20] * 6, output_size=3,
                                  use_dropout=use_dropout, dropout_ration=dropout_ratio)
    trainer = Trainer(network, x_train, t_train, x_test, t_test,
                      epochs=5, mini_batch_size=20,
                      optimizer="sgd", optimizer_param={"lr": 0.01}, verbose=True)
    trainer.train()
    train_acc_list, test_acc_list = trainer.train_acc_list, trainer.test_acc_list
"""


def test_section_6_4_weight_decay_and_dropout_with_a_trainer(typed, digits, capsys):
    x, t = digits[0].reshape(60, 100), digits[1]
    left = typed(OVERFIT, x_train=x[:45], t_train=t[:45], x_test=x[45:], t_test=t[45:])
    assert len(left["train_acc_list"]) == len(left["test_acc_list"]) == 5
    assert capsys.readouterr().out.count("train accuracy") == 5
    net = left["decayed"]
    squares = sum((net.params[f"W{i}"] ** 2).sum() for i in range(1, 8))
    plain = net.last_layer.forward(net.predict(x), t)
    assert net.loss(x, t) == pytest.approx(plain + 0.5 * 0.1 * squares)


HYPERPARAMETERS = """
    import numpy as np
    from common.multi_layer_net import MultiLayerNet
    from common.util import shuffle_dataset
    from common.trainer import Trainer

    x_train, t_train = shuffle_dataset(x_train, t_train)
    validation_num = int(x_train.shape[0] * 0.20)
    x_val, t_val = x_train[:validation_num], t_train[:validation_num]
    x_train, t_train = x_train[validation_num:], t_train[validation_num:]

    def __train(lr, weight_decay, epocs=3):
        network = MultiLayerNet(input_size=100, hidden_size_list=[20] * 6,
                                output_size=3, weight_decay_lambda=weight_decay)
        trainer = Trainer(network, x_train, t_train, x_val, t_val,
                          epochs=epocs, mini_batch_size=20,
                          optimizer="sgd", optimizer_param={"lr": lr}, verbose=False)
        trainer.train()
        return trainer.test_acc_list, trainer.train_acc_list

    results = [__train(10 ** np.random.uniform(-6, -2), 10 ** np.random.uniform(-8, -4))
               for _ in range(2)]
"""


def test_section_6_5_3_hyperparameters_are_tried_on_a_validation_split(typed, digits):
    x, t = digits[0].reshape(60, 100), digits[1]
    left = typed(HYPERPARAMETERS, x_train=x, t_train=t)
    assert [len(part) for pair in left["results"] for part in pair] == [3, 3, 3, 3]
    assert sorted([*left["t_val"], *left["t_train"]]) == sorted(t)


BATCH_OF_ONE = """
    import numpy as np
    from common.multi_layer_net_extend import MultiLayerNetExtend

    network = MultiLayerNetExtend(input_size=100, hidden_size_list=[4, 3], output_size=3,
                                  activation=activation, use_batchnorm=True)
    backprop = network.gradient(x_train[:1], t_train[:1])
    measured = network.numerical_gradient(x_train[:1], t_train[:1])
    differences = {key: np.average(np.abs(backprop[key] - measured[key])) for key in measured}
"""


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_section_6_3_a_network_with_batch_norm_is_checked_on_a_batch_of_one(
    typed, digits, activation
):
    """As batch_norm_gradient_check.py does, where only beta2, W3 and b3 have a gradient at all.

    With ReLU the difference at beta2 is large there and here: beta is 0, the corner of ReLU.
    """
    x, t = digits[0].reshape(60, 100), np.eye(3)[digits[1]]
    left = typed(BATCH_OF_ONE, x_train=x, t_train=t, activation=activation)
    assert len(left["differences"]) == 10
    for name, difference in left["differences"].items():
        assert difference < 1e-9 or (activation, name) == ("relu", "beta2")
    learning = {name for name, grad in left["backprop"].items() if grad.any()}
    assert learning == ({"b3"} if activation == "relu" else {"beta2", "W3", "b3"})


SIMPLE_CONVNET = """
    import pickle
    import numpy as np
    from collections import OrderedDict
    from common.layers import *
    from common.gradient import numerical_gradient

    class SimpleConvNet:
        def __init__(self, input_dim=(1, 28, 28),
                     conv_param={"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1},
                     hidden_size=100, output_size=10, weight_init_std=0.01):
            number, size = conv_param["filter_num"], conv_param["filter_size"]
            pad, stride = conv_param["pad"], conv_param["stride"]
            conv_output_size = (input_dim[1] - size + 2 * pad) / stride + 1
            pool_output_size = int(number * (conv_output_size / 2) * (conv_output_size / 2))

            draw = lambda *shape: weight_init_std * np.random.randn(*shape)
            self.params = {"W1": draw(number, input_dim[0], size, size), "b1": np.zeros(number),
                           "W2": draw(pool_output_size, hidden_size), "b2": np.zeros(hidden_size),
                           "W3": draw(hidden_size, output_size), "b3": np.zeros(output_size)}
            p = self.params
            self.layers = OrderedDict()
            self.layers["Conv1"] = Convolution(p["W1"], p["b1"], stride, pad)
            self.layers["Relu1"] = Relu()
            self.layers["Pool1"] = Pooling(pool_h=2, pool_w=2, stride=2)
            self.layers["Affine1"] = Affine(p["W2"], p["b2"])
            self.layers["Relu2"] = Relu()
            self.layers["Affine2"] = Affine(p["W3"], p["b3"])
            self.last_layer = SoftmaxWithLoss()

        def predict(self, x):
            for layer in self.layers.values():
                x = layer.forward(x)
            return x

        def loss(self, x, t):
            return self.last_layer.forward(self.predict(x), t)

        def accuracy(self, x, t, batch_size=100):
            hits = 0.0
            for i in range(0, len(x), batch_size):
                y = np.argmax(self.predict(x[i:i + batch_size]), axis=1)
                hits += np.sum(y == t[i:i + batch_size])
            return hits / len(x)

        def numerical_gradient(self, x, t):
            loss_w = lambda w: self.loss(x, t)
            return {name: numerical_gradient(loss_w, self.params[name]) for name in self.params}

        def gradient(self, x, t):
            self.loss(x, t)
            dout = self.last_layer.backward(1)
            for layer in reversed(list(self.layers.values())):
                dout = layer.backward(dout)
            grads = {}
            for i, name in enumerate(("Conv1", "Affine1", "Affine2")):
                grads["W%d" % (i + 1)] = self.layers[name].dW
                grads["b%d" % (i + 1)] = self.layers[name].db
            return grads

        def save_params(self, file_name="params.pkl"):
            with open(file_name, "wb") as f:
                pickle.dump(dict(self.params), f)

    network = SimpleConvNet(
        input_dim=(1, 10, 10),
        conv_param={"filter_num": 4, "filter_size": 3, "pad": 0, "stride": 1}, hidden_size=8,
        output_size=3, weight_init_std=0.1)
"""

TRAIN_CONVNET = """
    from common.trainer import Trainer

    trainer = Trainer(network, x_train, t_train, x_test, t_test,
                      epochs=4, mini_batch_size=10,
                      optimizer="Adam", optimizer_param={"lr": 0.01},
                      evaluate_sample_num_per_epoch=30)
    trainer.train()
    network.save_params("params.pkl")
"""


def library_convnet(params):
    """The network of section 7.5 from the library's layers, on copies of the same arrays."""
    p = {name: np.array(array) for name, array in params.items()}
    return Network(
        [Convolution(p["W1"], p["b1"]), ReLU(), Pooling(2, 2, stride=2)]
        + [Flatten(), Affine(p["W2"], p["b2"]), ReLU(), Affine(p["W3"], p["b3"])]
    )


def test_section_7_5_a_convolutional_network_trains_as_the_librarys_and_its_weights_move_over(
    typed, digits, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    x, t = digits
    network = typed(SIMPLE_CONVNET)["network"]
    ours = library_convnet(network.params)
    np.testing.assert_allclose(network.predict(x), ours.predict(x), rtol=1e-12)
    assert network.loss(x, t) == pytest.approx(ours.loss(x, t))
    for name, grad in ours.gradient(x, t).items():
        np.testing.assert_allclose(network.gradient(x, t)[name], grad, rtol=1e-9, atol=1e-12)

    left = typed(TRAIN_CONVNET, network=network, x_train=x, t_train=t, x_test=x, t_test=t)
    assert len(left["trainer"].test_acc_list) == 4
    assert network.accuracy(x, t, batch_size=7) == 1.0  # 60 is no multiple of 7
    load_params(ours, "params.pkl")  # the reader's own pickle.dump
    np.testing.assert_allclose(ours.predict(x), network.predict(x), rtol=1e-12)


CONVNET_GRADIENT_CHECK = """
    import numpy as np

    X = np.random.rand(100).reshape((1, 1, 10, 10))
    T = np.array([1]).reshape((1, 1))
    grad_num = network.numerical_gradient(X, T)
    grad = network.gradient(X, T)
    differences = {key: np.abs(grad_num[key] - grad[key]).mean() for key in grad_num}
"""


def test_section_7_5_a_convolutional_network_is_checked_with_labels_in_a_column(typed):
    """As the gradient_check.py of chapter 7 does."""
    left = typed(CONVNET_GRADIENT_CHECK, network=typed(SIMPLE_CONVNET)["network"])
    assert list(left["differences"]) == ["W1", "b1", "W2", "b2", "W3", "b3"]
    assert max(left["differences"].values()) < 1e-7
    assert all(array.any() for array in left["grad"].values())


APPLY_FILTER = """
    import numpy as np
    from common.layers import Convolution

    maps = []
    for i in range(4):
        w = network.params["W1"][i]
        b = 0
        w = w.reshape(1, *w.shape)
        out = Convolution(w, b).forward(img.reshape(1, 1, *img.shape))
        maps.append(out.reshape(out.shape[2], out.shape[3]))
"""


def test_section_7_6_a_filter_without_bias_is_applied_to_a_picture(typed, digits):
    network, img = typed(SIMPLE_CONVNET)["network"], digits[0][0, 0]
    maps = typed(APPLY_FILTER, network=network, img=img)["maps"]
    ours = Convolution(network.params["W1"], np.zeros(4)).forward(img[None, None].astype(float))
    np.testing.assert_allclose(maps, ours[0], rtol=1e-6)


DEEP_CONVNET = """
    import numpy as np
    from common.layers import *

    class DeepConvNet:
        def __init__(self, input_dim=(1, 28, 28), filter_nums=(16, 16), hidden_size=50,
                     output_size=10):
            self.params, self.layers = {}, []
            channels, size = input_dim[0], input_dim[1]
            for i, filter_num in enumerate(filter_nums):
                he = np.sqrt(2.0 / (channels * 3 * 3))
                self.params["W%d" % (i + 1)] = he * np.random.randn(filter_num, channels, 3, 3)
                self.params["b%d" % (i + 1)] = np.zeros(filter_num)
                self.layers.append(Convolution(self.params["W%d" % (i + 1)],
                                               self.params["b%d" % (i + 1)], stride=1, pad=1))
                self.layers.append(Relu())
                channels = filter_num
            self.layers.append(Pooling(pool_h=2, pool_w=2, stride=2))
            sizes = [channels * (size // 2) ** 2, hidden_size, output_size]
            for i in (3, 4):
                n, m = sizes[i - 3], sizes[i - 2]
                self.params["W%d" % i] = np.sqrt(2.0 / n) * np.random.randn(n, m)
                self.params["b%d" % i] = np.zeros(m)
                self.layers.append(Affine(self.params["W%d" % i], self.params["b%d" % i]))
                if i == 3:
                    self.layers.append(Relu())
                self.layers.append(Dropout(0.5))
            self.last_layer = SoftmaxWithLoss()

        def predict(self, x, train_flg=False):
            for layer in self.layers:
                if isinstance(layer, Dropout):
                    x = layer.forward(x, train_flg)
                else:
                    x = layer.forward(x)
            return x

        def loss(self, x, t):
            return self.last_layer.forward(self.predict(x, train_flg=True), t)

        def accuracy(self, x, t):
            return np.mean(np.argmax(self.predict(x), axis=1) == t)

        def gradient(self, x, t):
            self.loss(x, t)
            dout = self.last_layer.backward(1)
            backwards = self.layers.copy()
            backwards.reverse()
            for layer in backwards:
                dout = layer.backward(dout)
            learners = [layer for layer in self.layers if isinstance(layer, (Convolution, Affine))]
            grads = {}
            for i, layer in enumerate(learners):
                grads["W%d" % (i + 1)], grads["b%d" % (i + 1)] = layer.dW, layer.db
            return grads

    network = DeepConvNet(input_dim=(1, 10, 10), filter_nums=(3, 4), hidden_size=6, output_size=3)
"""


class TestChapter8:
    @pytest.fixture
    def network(self, typed):
        return typed(DEEP_CONVNET)["network"]

    def test_without_the_train_flag_dropout_scales_and_draws_nothing(self, network, digits):
        x, _ = digits
        p = network.params
        ours = Network(
            [Convolution(p["W1"], p["b1"], pad=1), ReLU(), Convolution(p["W2"], p["b2"], pad=1)]
            + [ReLU(), Pooling(2, 2), Flatten(), Affine(p["W3"], p["b3"]), ReLU(), Dropout(0.5)]
            + [Affine(p["W4"], p["b4"]), Dropout(0.5)]
        ).astype(np.float64)
        np.testing.assert_allclose(network.predict(x), ours.predict(x), rtol=1e-12)
        np.testing.assert_array_equal(network.predict(x), network.predict(x, train_flg=False))

    def test_with_the_train_flag_another_half_of_the_scores_is_dropped_each_time(
        self, network, digits
    ):
        x, _ = digits
        first, second = network.predict(x, train_flg=True), network.predict(x, train_flg=True)
        assert np.mean(first == 0) > 0.4
        assert np.any((first == 0) != (second == 0))

    def test_it_trains_with_a_trainer(self, network, digits, typed):
        x, t = digits
        network.save_params = lambda file_name: None
        left = typed(TRAIN_CONVNET, network=network, x_train=x, t_train=t, x_test=x, t_test=t)
        losses = left["trainer"].train_loss_list
        assert np.mean(losses[-6:]) < np.mean(losses[:6])

    def test_half_floats_stay_half_floats(self, network, digits):
        """Section 8.3.4, with the weights really cast: the layers are given the new arrays."""
        x, _ = digits
        full = network.predict(x)
        for layer in network.layers:
            if hasattr(layer, "W"):
                layer.W, layer.b = layer.W.astype(np.float16), layer.b.astype(np.float16)
        half = network.predict(x.astype(np.float16))
        assert half.dtype == np.float16
        np.testing.assert_allclose(half, full, atol=0.02)
