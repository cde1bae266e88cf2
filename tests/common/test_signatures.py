"""The book's names answer with the book's arguments, in its order, with its defaults."""

import importlib
import inspect

import pytest

import dlscratch
from dlscratch.common import functions, gradient, layers, multi_layer_net, optimizer

NET = "input_size, hidden_size_list, output_size, activation='relu', weight_init_std='relu', "
NET += "weight_decay_lambda=0"

SIGNATURES = {
    "functions.identity_function": "x",
    "functions.step_function": "x",
    "functions.sigmoid": "x",
    "functions.sigmoid_grad": "x",
    "functions.relu": "x",
    "functions.relu_grad": "x",
    "functions.mean_squared_error": "y, t",
    "functions.sum_squared_error": "y, t",
    "functions.cross_entropy_error": "y, t",
    "functions.softmax_loss": "X, t",
    "gradient.numerical_gradient": "f, x",
    "layers.Relu": "",
    "layers.Sigmoid": "",
    "layers.Affine": "W, b",
    "layers.SoftmaxWithLoss": "",
    "layers.SoftmaxWithLoss.forward": "self, x, t",
    "layers.Dropout": "dropout_ratio=0.5",
    "layers.Dropout.forward": "self, x, train_flg=True",
    "layers.BatchNormalization": "gamma, beta, momentum=0.9, running_mean=None, running_var=None",
    "layers.BatchNormalization.forward": "self, x, train_flg=True",
    "layers.Convolution": "W, b, stride=1, pad=0",
    "layers.Pooling": "pool_h, pool_w, stride=1, pad=0",
    "optimizer.SGD": "lr=0.01",
    "optimizer.Momentum": "lr=0.01, momentum=0.9",
    "optimizer.Nesterov": "lr=0.01, momentum=0.9",
    "optimizer.AdaGrad": "lr=0.01",
    "optimizer.RMSprop": "lr=0.01, decay_rate=0.99",
    "optimizer.Adam": "lr=0.001, beta1=0.9, beta2=0.999",
    "optimizer.SGD.update": "self, params, grads",
    "multi_layer_net.MultiLayerNet": NET,
    "multi_layer_net.MultiLayerNet.predict": "self, x",
    "multi_layer_net.MultiLayerNet.loss": "self, x, t",
    "multi_layer_net.MultiLayerNet.accuracy": "self, x, t",
    "multi_layer_net.MultiLayerNet.gradient": "self, x, t",
    "multi_layer_net.MultiLayerNet.numerical_gradient": "self, x, t",
    "multi_layer_net_extend.MultiLayerNetExtend": NET
    + ", use_dropout=False, dropout_ration=0.5, use_batchnorm=False",
    "multi_layer_net_extend.MultiLayerNetExtend.predict": "self, x, train_flg=False",
    "multi_layer_net_extend.MultiLayerNetExtend.loss": "self, x, t, train_flg=False",
    "convnet.ConvNet.numerical_gradient": "self, x, t",
    "convnet.ConvNet.load_params": "self, file_name='params.pkl'",
    "convnet.ConvNet.save_params": "self, file_name='params.pkl'",
    "trainer.Trainer": "network, x_train, t_train, x_test, t_test, epochs=20, "
    "mini_batch_size=100, optimizer='SGD', optimizer_param={'lr': 0.01}, "
    "evaluate_sample_num_per_epoch=None, verbose=True",
    "trainer.Trainer.train": "self",
    "util.im2col": "input_data, filter_h, filter_w, stride=1, pad=0",
    "util.col2im": "col, input_shape, filter_h, filter_w, stride=1, pad=0",
    "util.conv_output_size": "input_size, filter_size, stride=1, pad=0",
    "util.shuffle_dataset": "x, t",
    "util.smooth_curve": "x",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_are_the_books(name):
    module, *path = name.split(".")
    found = importlib.import_module(f"dlscratch.common.{module}")
    for part in path:
        found = getattr(found, part)
    expected = eval(f"inspect.signature(lambda {SIGNATURES[name]}: 0)")
    parameters = list(inspect.signature(found).parameters.values())
    for parameter, wanted in zip(parameters, expected.parameters.values(), strict=False):
        assert (parameter.name, parameter.default) == (wanted.name, wanted.default)
        assert parameter.kind == wanted.kind
    for extra in parameters[len(expected.parameters) :]:
        assert extra.default is not inspect.Parameter.empty  # never in the way of a listing
    assert len(parameters) >= len(expected.parameters)


@pytest.mark.parametrize(
    "books, ours",
    [
        (functions.softmax, dlscratch.softmax),
        (functions.sum_squared_error, dlscratch.mean_squared_error),
        (gradient.numerical_gradient, dlscratch.numerical_gradient),
        (layers.Relu, dlscratch.ReLU),
        (layers.Sigmoid, dlscratch.Sigmoid),
        (optimizer.Adam, dlscratch.Adam),
    ],
)
def test_what_differs_in_nothing_is_the_librarys_own(books, ours):
    assert books is ours


@pytest.mark.parametrize(
    "books, ours",
    [
        (layers.Affine, dlscratch.Affine),
        (layers.Convolution, dlscratch.Convolution),
        (layers.SoftmaxWithLoss, dlscratch.SoftmaxWithLoss),
        (layers.Dropout, dlscratch.Dropout),
        (layers.BatchNormalization, dlscratch.BatchNorm),
        (layers.Pooling, dlscratch.Pooling),
    ],
)
def test_what_differs_is_built_on_the_librarys_and_says_where_to_read_on(books, ours):
    assert issubclass(books, ours)
    assert f"Read `dlscratch.{ours.__name__}`" in books.__doc__
    assert "difference" in books.__doc__


@pytest.mark.parametrize("module", [functions, layers, optimizer])
def test_a_star_import_brings_numpy_along_as_the_books_listings_expect(module):
    assert "np" in module.__all__
    assert all(hasattr(module, name) for name in module.__all__)


def test_a_network_of_the_book_shows_its_layers_by_name():
    net = multi_layer_net.MultiLayerNet(4, [3], 2)
    assert repr(net).splitlines() == [
        "MultiLayerNet(",
        "    Affine1: Affine(W=(4, 3), b=(3,))",
        "    Activation_function1: ReLU()",
        "    Affine2: Affine(W=(3, 2), b=(2,))",
        "    SoftmaxWithLoss()",
        ")",
    ]
