"""Who checks the checker? Every usual mistake must be caught, and called by its name.

Each class below is a sound layer with one mistake in it, such as readers make.
"""

import re

import numpy as np
import pytest

from dlscratch import (
    Affine,
    BatchNorm,
    Convolution,
    Dropout,
    IdentityWithLoss,
    Layer,
    MultiLayerNet,
    Network,
    Pooling,
    ReLU,
    Sigmoid,
    SoftmaxWithLoss,
    check_gradients,
)

RNG = np.random.default_rng(0)
X = RNG.standard_normal((6, 4))
LABELS = np.array([0, 3, 1, 1, 2, 0])
IMAGES = RNG.standard_normal((3, 2, 4, 4))


def square():
    return RNG.standard_normal((4, 4)), RNG.standard_normal(4)


class TooLarge(Affine):
    def backward(self, dout):
        return super().backward(dout) * 1.001


class OneElement(Affine):
    def weight_gradients(self, dout):
        super().weight_gradients(dout)
        self.dW[1, 2] *= 1.01


class WeightsTurned(Affine):
    def weight_gradients(self, dout):
        super().weight_gradients(dout)
        self.dW = self.dW.T


class InputTurned(Affine):
    def backward(self, dout):
        super().backward(dout)
        return dout @ self.W


class BiasNotAddedUp(Affine):
    def weight_gradients(self, dout):
        super().weight_gradients(dout)
        self.db = dout


class BiasAveraged(Affine):
    def weight_gradients(self, dout):
        super().weight_gradients(dout)
        self.db = dout.mean(axis=0)


class BiasForgotten(Affine):
    def weight_gradients(self, dout):
        rows, _ = self.saved()
        self.dW = rows.T @ dout


class NoScale(BatchNorm):
    def backward(self, dout):
        dx = super().backward(dout)
        self.dgamma = np.zeros_like(self.dgamma)
        return dx


class StatisticsAsConstants(BatchNorm):
    def backward(self, dout):
        super().backward(dout)
        _, scale, *_ = self.saved()
        return dout * self.gamma * scale


class IntoDout(ReLU):
    def backward(self, dout):
        (y,) = self.saved()
        dout[y <= 0] = 0
        return dout


class IntoX(ReLU):
    def forward(self, x, training=False):
        x[x < 0] = 0
        self.cache = (x,)
        return x


class StaleMask(ReLU):
    mask = None

    def forward(self, x, training=False):
        if self.mask is None:
            self.mask = x > 0
        return x * (x > 0)

    def backward(self, dout):
        return dout * self.mask


class NoMask(Dropout):
    def backward(self, dout):
        return dout


class Nothing(ReLU):
    def backward(self, dout):
        super().backward(dout)


class Flat(ReLU):
    def backward(self, dout):
        return super().backward(dout).ravel()


class TooShort(ReLU):
    def backward(self, dout):
        return super().backward(dout)[1:]


class ShapeTurned(Affine):
    def weight_gradients(self, dout):
        super().weight_gradients(dout)
        self.dW = self.dW.T


class NotANumber(Sigmoid):
    def backward(self, dout):
        return super().backward(dout) * np.nan


class WrongSign(Sigmoid):
    def backward(self, dout):
        return -super().backward(dout)


class FilterNotTurned(Convolution):
    def backward(self, dout):
        kept = self.W
        self.W = kept[:, :, ::-1, ::-1]
        dx = super().backward(dout)
        self.W = kept
        return dx


class ToAllPlaces(Pooling):
    def backward(self, dout):
        super().backward(dout)
        return dout.repeat(2, axis=2).repeat(2, axis=3)


class NoGradient(SoftmaxWithLoss):
    def backward(self, dout=1.0):
        return np.zeros_like(super().backward(dout))


class NotDivided(SoftmaxWithLoss):
    def backward(self, dout=1.0):
        return super().backward(dout) * len(X)


class DividedTwice(SoftmaxWithLoss):
    def backward(self, dout=1.0):
        return super().backward(dout) / len(X)


class IgnoresDout(SoftmaxWithLoss):
    def backward(self, dout=1.0):
        return super().backward(1.0)


class IntoTargets(IdentityWithLoss):
    def backward(self, dout=1.0):
        x, t = self.cache
        np.subtract(x, t, out=t)
        return t * (dout / len(x))


def norm(kind):
    return kind(RNG.standard_normal(4), RNG.standard_normal(4))


def conv(kind):
    return kind(RNG.standard_normal((2, 2, 3, 3)), RNG.standard_normal(2))


# layer, its arguments, the array that must be blamed, a part of the hint
MISTAKES = [
    (TooLarge(*square()), (X,), "x", "a factor, the gradient is 1.001 times what it should be"),
    (OneElement(*square()), (X,), "W", "Derive dW again"),
    (WeightsTurned(*square()), (X,), "W", "a missing transpose"),
    (InputTurned(*square()), (X,), "x", "a missing transpose"),
    (BiasAveraged(*square()), (X,), "b", r"a factor of 1/N \(N = 6 rows\)"),
    (norm(NoScale), (X,), "gamma", "gradient of gamma is never computed"),
    (
        norm(StatisticsAsConstants),
        (X,),
        "x",
        "mean and variance are treated as constants",
    ),
    (StaleMask(), (X,), "x", "an old mask"),
    (NoMask(0.5, rng=np.random.default_rng(0)), (X,), "x", "dx is just dout"),
    (WrongSign(), (X,), "x", "the wrong sign"),
    (conv(FilterNotTurned), (IMAGES,), "x", "not rotated by 180 degrees"),
    (ToAllPlaces(2, 2), (IMAGES,), "x", "a missing or wrong mask"),
    (NoGradient(), (X, LABELS), "x", "gradient of x is never computed"),
    (NotDivided(), (X, LABELS), "x", r"a factor of N \(N = 6 rows\): divide by N just once"),
    (DividedTwice(), (X, LABELS), "x", r"a factor of 1/N \(N = 6 rows\): divide by N just once"),
    (IgnoresDout(), (X, LABELS), "x", "dout is not used"),
]

# layer, its arguments, what the verdict says: there are no numbers to compare
BROKEN = [
    (BiasNotAddedUp(*square()), (X,), r"db has shape \(6, 4\), expected .* sum over the batch"),
    (BiasForgotten(*square()), (X,), r"backward set no db: it must return .* shape \(4,\)"),
    (NotANumber(), (X,), "dx contains inf or nan"),
    (Nothing(), (X,), r"backward returned no dx: it must return an array of shape \(6, 4\)"),
    (Flat(), (X,), r"dx has shape \(24,\), expected the shape of x, \(6, 4\)\. .*\.reshape\(x"),
    (TooShort(), (X,), r"dx has shape \(5, 4\), expected the shape of x, \(6, 4\)\.$"),
    (
        ShapeTurned(RNG.standard_normal((4, 3)), np.zeros(3)),
        (X,),
        r"dW has shape \(3, 4\), expected .* \(4, 3\)\. Likely cause: a missing transpose\.$",
    ),
    (IntoDout(), (X,), "backward writes into its input: make a new array"),
    (IntoX(), (X,), "forward writes into its input: make a new array"),
    (IntoTargets(), (X, X + 1), "backward writes into its input"),
]


def name_of(case):
    return type(case).__name__ if hasattr(case, "forward") else ""


@pytest.mark.parametrize("layer, arguments, array, hint", MISTAKES, ids=name_of)
def test_a_mistake_is_caught_and_named(layer, arguments, array, hint):
    verdict = check_gradients(layer, *arguments)
    assert not verdict and verdict.array == array, verdict
    assert re.search(hint, verdict.hint), verdict


@pytest.mark.parametrize("layer, arguments, message", BROKEN, ids=name_of)
def test_a_backward_without_numbers_to_compare_is_refused(layer, arguments, message):
    verdict = check_gradients(layer, *arguments)
    assert not verdict
    assert re.search(message, str(verdict)), verdict


@pytest.mark.parametrize("case", MISTAKES + BROKEN, ids=lambda case: name_of(case[0]))
def test_the_same_layer_without_the_mistake_passes(case):
    """So that each mistake above fails for what it is, and not for how it is asked."""
    layer, arguments, *_ = case
    layer.__class__ = type(layer).__bases__[0]
    verdict = check_gradients(layer, *arguments)
    assert verdict, verdict


def test_the_verdict_names_the_worst_entry_and_both_values():
    layer = OneElement(*square())
    verdict = check_gradients(layer, X)
    assert (verdict.subject, verdict.array, verdict.index) == ("OneElement", "W", (1, 2))
    assert verdict.analytic == pytest.approx(1.01 * verdict.numeric, rel=1e-6)
    assert verdict.error == pytest.approx(0.01 / 1.01, rel=1e-4)
    said, measured = f"{verdict.analytic:.9g}", f"{verdict.numeric:.9g}"
    words = f"WRONG: OneElement, worst at dW[1, 2]: backward says {said}, measured {measured} "
    assert repr(verdict).startswith(words)


def test_one_wrong_element_among_thousands_is_seen_along_a_random_direction():
    layer = OneElement(RNG.standard_normal((60, 50)), np.zeros(50))
    verdict = check_gradients(layer, RNG.standard_normal((5, 60)))
    assert not verdict and verdict.array == "W"


def test_a_sound_layer_gets_a_verdict_that_is_true_and_shows_how_close_it_was():
    verdict = check_gradients(Affine(*square()), X)
    assert verdict and verdict.ok and verdict.error <= 1e-6 and verdict.hint == ""
    assert repr(verdict).startswith("right: Affine, worst at d")


def test_a_gradient_is_not_hidden_by_a_much_larger_one():
    class Small(Affine):
        def weight_gradients(self, dout):
            super().weight_gradients(dout)
            self.db = self.db * 2

    layer = Small(1e-3 * RNG.standard_normal((4, 4)), np.zeros(4))
    verdict = check_gradients(layer, 1e5 * X)  # dW is a hundred thousand times db
    assert not verdict and verdict.array == "b"


def test_the_tolerance_decides():
    class Nearly(Sigmoid):
        def backward(self, dout):
            return super().backward(dout) * (1 + 1e-5)

    assert not check_gradients(Nearly(), X)
    assert check_gradients(Nearly(), X, tolerance=1e-4)


def test_a_check_can_be_repeated():
    layer = TooLarge(*square())
    assert check_gradients(layer, X) == check_gradients(layer, X)


@pytest.mark.parametrize("rng", [None, np.random.default_rng(0)], ids=["default", "given"])
def test_dout_is_not_the_input_even_if_both_come_from_seed_0(rng):
    """With dout = x the gradient x^T . x is symmetric, and a missing transpose would pass."""
    x = np.random.default_rng(0).standard_normal((6, 4))
    assert not check_gradients(WeightsTurned(*square()), x, rng=rng)


def test_another_generator_asks_along_other_directions():
    layer = Sigmoid()
    one, other = (check_gradients(layer, X, rng=np.random.default_rng(i)) for i in (1, 2))
    assert one and other and one != other


def test_the_layer_and_its_arguments_stay_as_they_were():
    layer = BatchNorm(np.ones(4, np.float32), np.zeros(4, np.float32))
    dropout = Dropout(0.5, rng=np.random.default_rng(0))
    x, state = X.copy(), dropout.rng.bit_generator.state
    assert check_gradients(layer, x) and check_gradients(dropout, x)
    assert layer.cache is None and not hasattr(layer, "dgamma")
    assert layer.gamma.dtype == np.float32 and np.all(layer.running_mean == 0)
    assert dropout.rng.bit_generator.state == state
    np.testing.assert_array_equal(x, X)


def test_float32_layers_are_checked_in_float64():
    W, b = square()
    assert check_gradients(Affine(W.astype(np.float32), b.astype(np.float32)), X.astype(np.float32))


def test_an_input_on_which_every_gradient_vanishes_proves_nothing():
    """BatchNorm on equal rows, or ReLU on negative numbers: any backward would pass."""
    verdict = check_gradients(ReLU(), -np.ones((3, 2)))
    assert not verdict and "Every gradient is 0 here, which proves nothing" in verdict.hint


def test_batch_norm_on_a_batch_of_one_is_not_taken_for_a_proof():
    with pytest.raises(ValueError, match="use a batch of two or more"):
        check_gradients(norm(BatchNorm), X[:1])


def test_any_object_with_both_passes_can_be_checked():
    """A layer as the book writes it: no base class, its parameters known by W and dW."""

    class BookAffine:
        def __init__(self, W, b):
            self.W, self.b = W, b

        def forward(self, x):
            self.x = x
            return x @ self.W + self.b

        def backward(self, dout):
            self.dW = self.x.T @ dout
            self.db = dout.sum(axis=0)
            return dout @ self.W.T

    assert check_gradients(BookAffine(*square()), X)

    class Wrong(BookAffine):
        def backward(self, dout):
            dx = super().backward(dout)
            self.dW = self.dW / len(dout)
            return dx

    verdict = check_gradients(Wrong(*square()), X)
    assert not verdict and verdict.array == "W" and "1/N" in verdict.hint


def test_a_parameter_that_is_a_plain_number_is_refused_with_the_cure():
    class Leaky(Layer):
        param_names = ("a",)
        a = 0.1

        def forward(self, x, training=False):
            self.cache = (x,)
            return np.where(x > 0, x, self.a * x)

        def backward(self, dout):
            (x,) = self.saved()
            self.da = np.sum(dout * np.minimum(x, 0))
            return np.where(x > 0, dout, self.a * dout)

    verdict = check_gradients(Leaky(), X)
    assert not verdict and "make it an array of shape (1,)" in verdict.hint


def test_an_error_of_the_layer_itself_is_not_swallowed():
    with pytest.raises(ValueError, match="expects a batch"):
        check_gradients(Affine(*square()), X[:, :2])


# ---- whole networks


def small_net(**options):
    return MultiLayerNet(4, [5, 3], 4, rng=np.random.default_rng(0), **options)


def test_a_whole_network_is_checked_with_all_that_it_has():
    net = small_net(use_batchnorm=True, use_dropout=True, weight_decay_lambda=0.1)
    verdict = check_gradients(net, X, LABELS)
    assert verdict, verdict
    assert net.dtype == np.float32 and net.layers[0].cache is None


def test_a_network_without_the_gradient_of_its_weight_decay_is_refused():
    class NoDecay(MultiLayerNet):
        def loss_and_gradient(self, x, t):
            loss, grads = super().loss_and_gradient(x, t)
            for name in self._decayed():
                grads[name] -= self.weight_decay * self.params[name]
            return loss, grads

    net = NoDecay(4, [5], 4, weight_decay_lambda=0.1, rng=np.random.default_rng(0))
    verdict = check_gradients(net, X, LABELS)
    assert not verdict and verdict.array in ("W1", "W2")


@pytest.mark.parametrize(
    "layer, hint",
    [
        (TooLarge(*square()), "a factor"),
        (WeightsTurned(*square()), "missing transpose"),
        (OneElement(*square()), "Derive"),
    ],
    ids=name_of,
)
def test_a_mistake_inside_a_network_is_found(layer, hint):
    net = Network([Affine.init(4, 4, rng=np.random.default_rng(0)), Sigmoid(), copied(layer)])
    verdict = check_gradients(net, X, LABELS)
    assert not verdict and hint in verdict.hint, verdict


def copied(layer):
    """The layer in float32, as its neighbours."""
    return type(layer)(layer.W.astype(np.float32), layer.b.astype(np.float32))


def test_a_network_without_parameters_has_nothing_to_check():
    verdict = check_gradients(Network([ReLU()]), X, LABELS)
    assert not verdict and "nothing to check" in verdict.hint


def test_a_network_is_only_checked_in_training():
    with pytest.raises(ValueError, match="a network is always checked in training mode"):
        check_gradients(small_net(), X, LABELS, training=False)
