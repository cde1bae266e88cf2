"""What is said to what beginners type: what was expected, what came, and a cure that fits.

Each row is a slip that somebody made; a hint appears only where following it helps.
"""

import numpy as np
import pytest

from dlscratch import (
    SGD,
    Adam,
    Affine,
    BatchNorm,
    Convolution,
    CosineDecay,
    Dropout,
    Flatten,
    IdentityWithLoss,
    Momentum,
    MultiLayerNet,
    Network,
    Pooling,
    ReLU,
    RMSprop,
    Sequential,
    SoftmaxWithLoss,
    Trainer,
    check_gradients,
    shift,
)

X = np.random.default_rng(0).random((5, 784))
T = np.array([3, 1, 4, 1, 5])
IMAGES = X.reshape(5, 1, 28, 28)


def flat():
    return Network([Affine.init(784, 10, rng=0)])


def colours():
    """A network of images of three channels."""
    layers = [Convolution.init(3, 2, 3, rng=0), Flatten(), Affine.init(2 * 26 * 26, 10, rng=1)]
    return Network(layers)


def grey():
    return Network([Convolution.init(1, 2, 3, rng=0), Flatten(), Affine.init(2 * 26 * 26, 10)])


def fit(*arguments, **options):
    return lambda: Trainer(flat(), Adam(), rng=0).fit(*arguments, **options)


SLIPS = {
    # one example, or an array that is none
    "one example": (lambda: flat().predict(X[0]), "one example of shape (784,): use x[None]"),
    "part of an example": (
        lambda: flat().predict(X[0, :100]),
        "expected a batch (N, 784), got an array of shape (100,)",
    ),
    "a number": (
        lambda: flat().predict(3.0),
        "expected a batch (N, 784), got an array of shape ()",
    ),
    "one label": (lambda: flat().accuracy(X, T[0]), "labels for 5 examples, got the single value"),
    # shapes, by the number of axes and by the axis that is wrong
    "too narrow": (
        lambda: flat().predict(X[:, :700]),
        "got an array of shape (5, 700): the last axis must hold 784 numbers",
    ),
    "examples as columns": (
        lambda: flat().predict(X.T[:, :3]),
        "got an array of shape (784, 3): its columns are the examples, use x.T",
    ),
    "images for rows": (lambda: flat().predict(IMAGES), "(5, 1, 28, 28): put Flatten() before it"),
    "maps of another size": (
        lambda: flat().predict(np.zeros((5, 2, 26, 26))),
        "Flatten() before it would give 1352 numbers per image, not 784",
    ),
    "layers that do not fit": (
        lambda: Network([Affine.init(784, 50), ReLU(), Affine.init(60, 10)]).predict(X),
        "(N, 60), got an array of shape (5, 50): the last axis must hold 60 numbers",
    ),
    "channels last": (
        lambda: colours().predict(np.zeros((5, 28, 28, 3))),
        "the channels are last, use x.transpose(0, 3, 1, 2)",
    ),
    "one image, channels last": (
        lambda: colours().predict(np.zeros((28, 28, 3))),
        "the channels are last, use x.transpose(2, 0, 1)[None] for one image",
    ),
    "wrong channels": (lambda: colours().predict(IMAGES), "axis 1 must hold 3 channels"),
    "one image": (
        lambda: colours().predict(np.zeros((3, 28, 28))),
        "use x[None] for one image (C, H, W)",
    ),
    "grey images": (lambda: grey().predict(IMAGES[:, 0]), "use x[:, None] for grey images"),
    "rows for images": (lambda: grey().predict(X), "use x.reshape(-1, 1, 28, 28)"),
    "rows that are no images": (
        lambda: colours().predict(X),
        "(5, 784): an image has three axes: channels, height, width",
    ),
    "features": (
        lambda: BatchNorm.init(3).forward(np.zeros((5, 8, 8, 3))),
        "the channels are last",
    ),
    # fit
    "fit(x, t)": (
        fit(X, T),
        "fit expects train as one pair (x, t), got an array of shape (5, 784)",
    ),
    "fit((t, x))": (fit((T, X)), "inputs first, got arrays of shape (5,) and (5, 784): swap"),
    "fit(.., 5)": (fit((X, T), 5), "test as one pair (x, t), got 5: write epochs=5"),
    "epochs": (fit((X, T), epochs=2.5), "epochs must be a whole number, 0 or more, got 2.5"),
    "evaluate": (fit((X, T), evaluate=-1), "evaluate must be a whole number, 1 or more, got -1"),
    # objects in the wrong place
    "loss as a layer": (
        lambda: Network([Affine.init(784, 10), SoftmaxWithLoss()]),
        "SoftmaxWithLoss() is a loss, not a layer: write Network(layers, SoftmaxWithLoss())",
    ),
    "loss without ()": (
        lambda: Network([Affine.init(784, 10)], SoftmaxWithLoss),
        "last_layer must be a loss, got the class SoftmaxWithLoss: write SoftmaxWithLoss()",
    ),
    "layer as the loss": (
        lambda: Network([Affine.init(784, 10)], ReLU()),
        "last_layer must be a loss, got the layer ReLU(): put it into the list",
    ),
    "number as the loss": (
        lambda: Network([Affine.init(784, 10)], 0.1),
        "a loss such as SoftmaxWithLoss(), got 0.1: write weight_decay=..",
    ),
    "layer without ()": (lambda: Network([Affine.init(784, 10), ReLU]), "number 2: write ReLU()"),
    "no list": (lambda: Network(Affine.init(784, 10)), "expects a list of layers, got Affine("),
    "a list too much": (lambda: Sequential([ReLU()]), "number 1: write Sequential(*layers)"),
    "optimizer without ()": (lambda: Trainer(flat(), Adam), "got the class Adam: write Adam(..)"),
    "swapped": (lambda: Trainer(Adam(), flat()), "expects the network first: swap the two"),
    "sizes for arrays": (
        lambda: Affine(784, 50),
        "Affine expects an array as W, got 784: use np.array(..), or Affine.init(..)",
    ),
    # numbers
    "lr": (lambda: SGD(-1), "lr, unless it is a schedule, must be a number above 0, got -1"),
    "lr as text": (lambda: SGD(lr="0.01"), "must be a number above 0, got '0.01'"),
    "lr of a schedule": (lambda: CosineDecay(-1, 5), "lr must be a number above 0, got -1"),
    "momentum": (lambda: Momentum(0.1, 5), "momentum must be a number at least 0 and at most 1"),
    "beta1": (lambda: Adam(beta1=1), "beta1 must be a number at least 0 and below 1, got 1"),
    "beta2": (lambda: Adam(beta2=-1), "beta2 must be a number at least 0 and below 1, got -1"),
    "decay_rate": (lambda: RMSprop(decay_rate=1), "decay_rate must be a number at least 0 and"),
    "stride": (lambda: Pooling(2, 2, stride=0), "stride must be a whole number, 1 or more, got 0"),
    "stride of a filter": (
        lambda: Convolution.init(1, 2, 3, stride=1.5),
        "stride must be a whole number, 1 or more, got 1.5",
    ),
    "size": (
        lambda: Affine.init(28 * 28 / 4, 5),
        "n_in must be a whole number, 1 or more, got 196",
    ),
    "ratio": (
        lambda: Dropout("a"),
        "dropout ratio must be a number at least 0 and below 1, got 'a",
    ),
    "weight decay": (
        lambda: Network([ReLU()], weight_decay=-1),
        "weight_decay must be a number at least 0, got -1",
    ),
    "batch size": (lambda: flat().predict(X, batch_size=0), "batch_size must be a whole number, 1"),
    "rng": (
        lambda: Affine.init(4, 3, rng="a"),
        "rng must be a generator, such as np.random.default_rng(0), or its seed",
    ),
    "rng of a trainer": (lambda: Trainer(flat(), SGD(), rng=np.random), "rng must be a generator"),
    # files
    "folder": (lambda: flat().save("/no/such/folder/net.npz"), "no such folder: '/no/such/folder'"),
    # what has no meaning
    "accuracy of numbers": (
        lambda: Network([ReLU()], IdentityWithLoss()).accuracy(X, X),
        "IdentityWithLoss() has no accuracy",
    ),
    # the checker
    "class": (lambda: check_gradients(ReLU, X), "got the class ReLU: write ReLU()"),
    "no targets": (
        lambda: check_gradients(SoftmaxWithLoss(), X),
        "SoftmaxWithLoss takes targets as well: write check_gradients(.., x, t)",
    ),
    "no labels": (lambda: check_gradients(flat(), X), "Network takes targets as well"),
    "targets": (lambda: check_gradients(ReLU(), X, T), "ReLU.forward takes no targets"),
    "no layer": (lambda: check_gradients(3, X), "expects forward(x) and backward(dout), int lacks"),
    "no batch": (lambda: check_gradients(ReLU(), 5.0), "a batch x of two or more rows, got 5.0"),
}


@pytest.mark.parametrize("typed", SLIPS)
def test_a_slip_is_told_what_was_expected(typed):
    slip, said = SLIPS[typed]
    with pytest.raises((ValueError, TypeError, OSError)) as error:
        slip()
    assert said in str(error.value)


@pytest.mark.parametrize(
    "typed",
    ["part of an example", "a number", "too narrow", "layers that do not fit", "wrong channels"],
)
def test_a_hint_appears_only_where_it_fits(typed):
    slip, _ = SLIPS[typed]
    with pytest.raises(ValueError) as error:
        slip()
    for hint in ("x[None]", "load_mnist", "Flatten", "reshape", "transpose"):
        assert hint not in str(error.value)


def test_the_hints_lead_to_what_they_promise():
    assert flat().predict(X[0][None]).shape == (1, 10)
    assert grey().predict(IMAGES[:, 0][:, None]).shape == (5, 10)
    assert grey().predict(X.reshape(-1, 1, 28, 28)).shape == (5, 10)
    last = np.zeros((5, 28, 28, 3))
    assert colours().predict(last.transpose(0, 3, 1, 2)).shape == (5, 10)
    assert colours().predict(last[0].transpose(2, 0, 1)[None]).shape == (1, 10)
    assert Network([Flatten(), Affine.init(784, 10)]).predict(IMAGES).shape == (5, 10)


def test_an_int_stands_for_a_generator():
    """Everywhere, and with the numbers of that seed."""

    def weights(rng):
        net = MultiLayerNet(784, [4], 10, use_dropout=True, rng=rng)
        Trainer(net, SGD(), rng=rng).fit((X, T), epochs=1)
        return net.params.flat

    def seven():
        return np.random.default_rng(7)

    assert np.array_equal(Affine.init(4, 3, rng=7).W, Affine.init(4, 3, rng=seven()).W)
    assert np.array_equal(shift(IMAGES, 2, 7), shift(IMAGES, 2, seven()))
    assert np.array_equal(weights(7), weights(7)) and not np.array_equal(weights(7), weights(8))
    made = Dropout(0.5, rng=7).forward(X, training=True)
    assert np.array_equal(made, Dropout(0.5, rng=seven()).forward(X, training=True))
    assert check_gradients(ReLU(), X, rng=7) == check_gradients(ReLU(), X, rng=seven())


def test_the_history_of_a_regression_has_no_accuracy():
    net = Network([Affine.init(784, 1, rng=0)], IdentityWithLoss())
    history = Trainer(net, SGD(1e-3), rng=0).fit((X, T[:, None]), (X, T[:, None]), epochs=2)
    assert history.train_accuracy == history.test_accuracy == []
    assert "accuracy" not in repr(history) and "loss" in repr(history)
    assert [ax.get_ylabel() for ax in history.plot().axes] == ["loss"]


def test_a_training_that_diverges_is_told_and_its_history_kept():
    trainer = Trainer(flat(), SGD(1e30), rng=0, batch_size=1)
    with pytest.warns(
        RuntimeWarning, match=r"has diverged: the loss of step \d+ is .*; try a smal"
    ):
        history = trainer.fit((X, T), epochs=2)
    assert history.diverged and len(history.loss) == 10
