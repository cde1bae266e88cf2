"""`from dlscratch import ...`: every public name, documented, with the book's arguments."""

import builtins
import importlib
import inspect
import types

import numpy as np
import pytest

import dlscratch

NAMES = dlscratch.__all__


def test_import_star_gives_what_a_reader_expects():
    found = {}
    exec("from dlscratch import *", found)
    assert set(NAMES) <= set(found)
    assert {"Affine", "Convolution", "Network", "Trainer", "Adam", "check_gradients"} <= set(NAMES)
    assert not set(NAMES) & set(dir(builtins))


def test_every_name_that_the_package_imports_is_public():
    imported = {
        name
        for name, value in vars(dlscratch).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert imported == set(NAMES) and len(NAMES) == len(set(NAMES))


# What a module defines for the library's own use, besides what anybody can import from dlscratch.
INSIDE = """
    accuracy check_labels check_targets CheckFailed Comparison diverges expect_each_once
    expect_no_loss expect_rate expect_rows expect_unmasked generator label_index
    normal rate_at running_mean
""".split()


@pytest.mark.parametrize(
    "module",
    """data functions gradcheck history initializers layers multi_layer_net network optimizers
    parameters schedules trainer""".split(),
)
def test_every_public_name_of_a_module_can_be_imported_from_dlscratch_itself(module):
    loaded = importlib.import_module(f"dlscratch.{module}")
    defined = {
        name
        for name, value in vars(loaded).items()
        if callable(value) and not name.startswith("_")
        if value.__module__.startswith(f"dlscratch.{module}")
    }
    assert defined and defined - set(INSIDE) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_is_documented_with_its_methods(name):
    value = getattr(dlscratch, name)
    assert inspect.getdoc(value)
    if inspect.isclass(value):
        for method, function in inspect.getmembers(value, inspect.isfunction):
            if not method.startswith("_") and function.__module__.startswith("dlscratch"):
                assert inspect.getdoc(getattr(value, method)), method


SIGNATURES = {
    "Affine": "W, b",
    "Convolution": "W, b, stride=1, pad=0",
    "Pooling": "pool_h, pool_w, stride=None, pad=0",
    "AveragePooling": "pool_h, pool_w, stride=None, pad=0",
    "BatchNorm": "gamma, beta, momentum=0.9, eps=1e-05",
    "Dropout": "ratio=0.5, *, rng=None",
    "SGD": "lr=0.01",
    "Momentum": "lr=0.01, momentum=0.9",
    "Nesterov": "lr=0.01, momentum=0.9",
    "AdaGrad": "lr=0.01",
    "RMSprop": "lr=0.01, decay_rate=0.99",
    "Adam": "lr=0.001, beta1=0.9, beta2=0.999",
    "numerical_diff": "f, x, h=0.0001",
    "numerical_gradient": "f, x, h=0.0001",
    "affine": "n_in, n_out, std='he', *, rng=None, dtype=<class 'numpy.float32'>",
    "convolution": "channels, filters, size, stride=1, pad=0, std='he', *, rng=None, "
    "dtype=<class 'numpy.float32'>",
    "batch_norm": "features, momentum=0.9, *, dtype=<class 'numpy.float32'>",
    "output_size": "size, filter_size, stride=1, pad=0",
    "im2col": "images, filter_h, filter_w, stride=1, pad=0",
    "col2im": "col, input_shape, filter_h, filter_w, stride=1, pad=0",
    "cross_entropy_error": "y, t",
    "mean_squared_error": "y, t",
    "MultiLayerNet": "input_size, hidden_size_list, output_size, activation='relu', "
    "weight_init_std=None, weight_decay_lambda=0.0, use_dropout=False, dropout_ratio=0.5, "
    "use_batchnorm=False, rng=None",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_have_the_names_the_order_and_the_defaults_of_the_book(name):
    signature = inspect.signature(getattr(dlscratch, name))
    plain = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in signature.parameters.values()
    ]
    signature = signature.replace(parameters=plain, return_annotation=inspect.Signature.empty)
    assert str(signature) == f"({SIGNATURES[name]})"


@pytest.mark.parametrize(
    "name", ["affine", "convolution", "Dropout", "MultiLayerNet", "Trainer", "check_gradients"]
)
def test_whatever_draws_takes_a_generator_and_needs_none(name):
    parameter = inspect.signature(getattr(dlscratch, name)).parameters["rng"]
    assert parameter.default is None


def test_nothing_that_is_printed_at_the_prompt_is_an_address():
    """The repr of each kind of object says what it is."""
    x, t = np.zeros((2, 4)), np.array([0, 1])
    net = dlscratch.MultiLayerNet(4, [3], 2, use_batchnorm=True, use_dropout=True)
    trainer = dlscratch.Trainer(net, dlscratch.Adam(), workers=1)
    history = trainer.fit((x, t), epochs=1)
    verdict = dlscratch.check_gradients(dlscratch.Tanh(), x + 1)
    shown = [net, net.params, *net.layers, net.last_layer, trainer.optimizer, history, verdict]
    assert not [thing for thing in shown if " at 0x" in repr(thing)]
