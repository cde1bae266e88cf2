"""What holds for each layer: its gradient, its dtype, and that its arguments stay as they are."""

import copy
import inspect

import numpy as np
import pytest

from dlscratch import (
    LSTM,
    RNN,
    Add,
    Affine,
    AttentionLSTM,
    AveragePooling,
    BatchNorm,
    BinaryAffine,
    Concat,
    Convolution,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling,
    Layer,
    LeakyReLU,
    LocalResponseNorm,
    MaxUnpooling,
    Pooling,
    ReLU,
    Reshape,
    Sequential,
    Sigmoid,
    Sign,
    Tanh,
    TransposedConvolution,
    check_gradients,
)

IMAGES = (4, 2, 5, 7)  # odd sides, more wide than high


def weights(shape):
    return np.random.default_rng(sum(shape)).standard_normal(shape)


def convolution(FH, FW, stride=1, pad=0):
    return Convolution(weights((3, 2, FH, FW)), weights((3,)), stride, pad)


def transposed(FH, FW, stride=1, pad=0):
    return TransposedConvolution(weights((2, 3, FH, FW)), weights((3,)), stride, pad)


def unpooling(*arguments):
    """A pooling and its partner, with a layer in between."""
    pooling = Pooling(*arguments)
    return Sequential(pooling, Tanh(), MaxUnpooling(pooling))


class LooksBack(AttentionLSTM):
    """Attention with one input (N, T + 4, D): T steps, then the 4 places of a memory."""

    def forward(self, x, training=False):
        return super().forward(x[:, :-4], training, memory=x[:, -4:])

    def backward(self, dout):
        return np.concatenate([super().backward(dout), self.dmemory], axis=1)


def attention():
    shapes = (5, 3), (3, 20), (3, 20), (5, 20), (20,)  # Wq, Wx, Wz, Wh, b
    return LooksBack(*[weights(shape) for shape in shapes])


# (layer in float64, shape of its input)
CASES = {
    "Affine": (Affine(weights((5, 3)), weights((3,))), (4, 5)),
    "Affine, one row": (Affine(weights((5, 3)), weights((3,))), (1, 5)),
    "Affine, sequences": (Affine(weights((5, 3)), weights((3,))), (4, 2, 5)),
    "ReLU": (ReLU(), (4, 5)),
    "ReLU, images": (ReLU(), IMAGES),
    "Sigmoid": (Sigmoid(), (4, 5)),
    "Tanh": (Tanh(), (4, 5)),
    "LeakyReLU": (LeakyReLU(), (4, 5)),
    "LeakyReLU 0.2, images": (LeakyReLU(0.2), IMAGES),
    "Sign": (Sign(), (4, 5)),
    "Sign, images": (Sign(), IMAGES),
    "BinaryAffine": (BinaryAffine(weights((5, 3)), weights((3,))), (4, 5)),
    "BinaryAffine, sequences": (BinaryAffine(weights((5, 3)), weights((3,))), (4, 2, 5)),
    "Embedding": (Embedding(weights((7, 3))), (4, 5)),
    "Embedding, three axes": (Embedding(weights((7, 3))), (4, 2, 3)),
    "RNN": (RNN(weights((3, 5)), weights((5, 5)), weights((5,))), (4, 6, 3)),
    "RNN, two steps": (RNN(weights((3, 5)), weights((5, 5)), weights((5,))), (4, 2, 3)),
    "LSTM": (LSTM(weights((3, 20)), weights((5, 20)), weights((20,))), (4, 6, 3)),
    "LSTM, one sequence": (LSTM(weights((3, 20)), weights((5, 20)), weights((20,))), (1, 6, 3)),
    "AttentionLSTM": (attention(), (4, 10, 3)),
    "AttentionLSTM, two steps": (attention(), (4, 6, 3)),
    "Reshape": (Reshape(3, 5, 2), (4, 30)),
    "Reshape, images": (Reshape(7, -1), IMAGES),
    "Flatten": (Flatten(), IMAGES),
    "Dropout 0": (Dropout(0.0, rng=np.random.default_rng(0)), (4, 5)),
    "Dropout 0.3": (Dropout(0.3, rng=np.random.default_rng(0)), (4, 5)),
    "Dropout 0.9, images": (Dropout(0.9, rng=np.random.default_rng(0)), IMAGES),
    "BatchNorm": (BatchNorm(weights((5,)), weights((5,))), (6, 5)),
    "BatchNorm, images": (BatchNorm(weights((2,)), weights((2,))), IMAGES),
    "BatchNorm, one image": (BatchNorm(weights((2,)), weights((2,))), (1, 2, 5, 7)),
    "Convolution 1x1": (convolution(1, 1), IMAGES),
    "Convolution 3x3": (convolution(3, 3), IMAGES),
    "Convolution 3x3, pad 1": (convolution(3, 3, pad=1), IMAGES),
    "Convolution 2x4": (convolution(2, 4), IMAGES),
    "Convolution 5x7, the whole image": (convolution(5, 7), IMAGES),
    "Convolution 3x3, stride 2": (convolution(3, 3, stride=2), IMAGES),
    "Convolution 1x1, stride 2": (convolution(1, 1, stride=2), IMAGES),
    "Convolution 3x1, stride 2, pad 1": (convolution(3, 1, stride=2, pad=1), IMAGES),
    "Convolution 2x3, stride 3, pad 1": (convolution(2, 3, stride=3, pad=1), (2, 2, 6, 7)),
    "Convolution 1x2, pad wider than the filter": (convolution(1, 2, pad=3), IMAGES),
    "Convolution 3x3, stride 2, pad 1, on even sides": (
        convolution(3, 3, stride=2, pad=1),
        (4, 2, 6, 8),
    ),
    "Convolution 2x2, stride 2, with a row and a column left over": (
        convolution(2, 2, stride=2),
        IMAGES,
    ),
    "Convolution, one image": (convolution(3, 3), (1, 2, 5, 7)),
    "Pooling 2x2": (Pooling(2, 2), (3, 2, 4, 6)),
    "Pooling 2x2, with a row and a column left over": (Pooling(2, 2), IMAGES),
    "Pooling 1x7": (Pooling(1, 7), IMAGES),
    "Pooling 3x3, overlapping": (Pooling(3, 3, stride=2), IMAGES),
    "Pooling 2x3, overlapping": (Pooling(2, 3, stride=1), IMAGES),
    "Pooling 1x1, with gaps": (Pooling(1, 1, stride=2), IMAGES),
    "Pooling 3x3, padded": (Pooling(3, 3, stride=2, pad=1), IMAGES),
    "AveragePooling 2x2": (AveragePooling(2, 2), (3, 2, 4, 6)),
    "AveragePooling 2x2, with a row and a column left over": (AveragePooling(2, 2), IMAGES),
    "AveragePooling 2x3, overlapping": (AveragePooling(2, 3, stride=1), IMAGES),
    "AveragePooling 3x3, padded": (AveragePooling(3, 3, stride=2, pad=1), IMAGES),
    "GlobalAveragePooling": (GlobalAveragePooling(), IMAGES),
    "LocalResponseNorm": (LocalResponseNorm(), IMAGES),
    "LocalResponseNorm, strong": (LocalResponseNorm(3, alpha=2.0, beta=1.5), (4, 7, 2, 3)),
    "MaxUnpooling 2x2": (unpooling(2, 2), (3, 2, 4, 6)),
    "MaxUnpooling 2x2, with a row and a column left over": (unpooling(2, 2), IMAGES),
    "MaxUnpooling 2x3, padded": (unpooling(2, 3, None, 1), IMAGES),
    "TransposedConvolution 2x2, stride 2": (transposed(2, 2, stride=2), IMAGES),
    "TransposedConvolution 3x4, stride 2, pad 1": (transposed(3, 4, stride=2, pad=1), IMAGES),
    "TransposedConvolution 2x3, with gaps": (transposed(2, 3, stride=4), (4, 2, 2, 3)),
    "TransposedConvolution 1x2, pad wider than the filter": (transposed(1, 2, 2, pad=2), IMAGES),
    "Add": (Add(Tanh(), Sequential()), (4, 5)),
    "Concat": (Concat(Tanh(), Sequential()), IMAGES),
}


class HardTanh(Sign):
    """clip(x, -1, 1), whose derivative Sign borrows."""

    def forward(self, x, training=False):
        super().forward(x)
        return np.clip(x, -1, 1)


class SignsAsWeights(BinaryAffine):
    """x . W + b, whose gradient BinaryAffine passes straight through: W is +1 and -1 here."""

    def forward(self, x, training=False):
        super().forward(x)
        return x @ self.W + self.b


# What is differentiated in the place of a layer whose backward is not the derivative of its forward
STAND_INS = {
    Sign: (HardTanh(), (4, 5)),
    BinaryAffine: (SignsAsWeights(np.sign(weights((5, 3))), weights((3,))), (4, 5)),
}
every_case = pytest.mark.parametrize("name", CASES)
both_modes = pytest.mark.parametrize("training", [False, True], ids=["evaluating", "training"])
each_dtype = pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])


def case(name, dtype=np.float64):
    """A layer with arrays of this dtype, and an input that has no ties for pooling."""
    layer, shape = CASES[name]
    layer = copy.deepcopy(layer)
    for key in layer.param_names + layer.buffer_names:
        setattr(layer, key, getattr(layer, key).astype(dtype))
    rng = np.random.default_rng(1)
    if layer.takes_integers:
        return layer, rng.integers(4, size=shape)  # and twice as much is a word too
    return layer, rng.standard_normal(shape).astype(dtype)


def differentiable(name):
    """A layer in float64 and its input, for those who measure slopes."""
    layer, x = case(name)
    if type(layer) not in STAND_INS:
        return layer, x
    layer, shape = STAND_INS[type(layer)]
    return layer, np.random.default_rng(1).standard_normal(shape)


def passes(layer, x, training, dout=None):
    """Forward, then backward: every array that comes out, by name."""
    layer = copy.deepcopy(layer)  # Dropout draws the same mask each time
    y = layer.forward(x, training=training)
    if dout is None:
        dout = np.random.default_rng(2).standard_normal(y.shape).astype(y.dtype)
    results = {"y": y, "dx": layer.backward(dout)}
    results |= {f"d{name}": getattr(layer, f"d{name}") for name in layer.param_names}
    return results


def same_numbers(these, those):
    assert these.keys() == those.keys()
    for name in these:
        np.testing.assert_allclose(these[name], those[name], rtol=1e-12, atol=1e-13, err_msg=name)


def test_every_kind_of_layer_is_here():
    def kinds(kind):
        for below in kind.__subclasses__():
            public = below.__name__[0] != "_" and not inspect.isabstract(below)
            if below.__module__.startswith("dlscratch.layers") and public:
                yield below
            yield from kinds(below)

    found = {type(inner) for layer, _ in CASES.values() for inner in layer.walk()}
    found = {AttentionLSTM if kind is LooksBack else kind for kind in found}
    assert found == set(kinds(Layer))


@every_case
@both_modes
def test_the_gradient_is_right(name, training):
    layer, x = differentiable(name)
    verdict = check_gradients(layer, x, training=training, tolerance=1e-7)
    assert verdict, verdict


@every_case
@both_modes
def test_no_argument_and_no_parameter_is_written_to(name, training):
    layer, x = case(name)
    x.flags.writeable = False
    for key in layer.param_names:
        getattr(layer, key).flags.writeable = False
    y = layer.forward(x, training=training)
    dout = np.random.default_rng(2).standard_normal(y.shape)
    dout.flags.writeable = False
    layer.backward(dout)


@every_case
@both_modes
def test_what_forward_returned_stays_the_same_through_backward(name, training):
    layer, x = case(name)
    y = layer.forward(x, training=training)
    kept = y.copy()
    layer.backward(np.ones_like(y))
    np.testing.assert_array_equal(y, kept)


@every_case
@both_modes
@each_dtype
def test_the_dtype_is_kept(name, training, dtype):
    layer, x = case(name, dtype)
    dtypes = {key: array.dtype for key, array in passes(layer, x, training).items()}
    assert dtypes == dict.fromkeys(dtypes, np.dtype(dtype))
    layer.forward(x, training=training)
    assert {getattr(layer, key).dtype for key in layer.buffer_names} <= {np.dtype(dtype)}


@every_case
@both_modes
def test_float32_comes_close_to_float64(name, training):
    exact = passes(*case(name), training)
    rough = passes(*case(name, np.float32), training)
    for key in exact:
        size = np.abs(exact[key]).max()
        np.testing.assert_allclose(rough[key], exact[key], rtol=1e-4, atol=1e-5 * size)


@every_case
@both_modes
def test_how_the_arrays_lie_in_memory_does_not_matter(name, training):
    layer, x = case(name)
    expected = passes(layer, x, training)
    dout = np.random.default_rng(2).standard_normal(expected["y"].shape)
    for arranged in (np.asfortranarray, apart, backwards, rows_first):
        same_numbers(passes(layer, arranged(x), training, arranged(dout)), expected)


def apart(a):
    """The same numbers with a gap after each."""
    wide = np.zeros((*a.shape, 2), a.dtype)
    wide[..., 0] = a
    return wide[..., 0]


def backwards(a):
    """The same numbers, the last first in memory."""
    return a[::-1, ..., ::-1].copy()[::-1, ..., ::-1]


def rows_first(a):
    """The memory order of `dlscratch.layers.sliding_windows`."""
    order = {4: (2, 1, 3, 0), 3: (1, 2, 0), 2: (1, 0)}[a.ndim]
    return np.ascontiguousarray(a.transpose(order)).transpose(np.argsort(order))


@every_case
def test_each_example_is_worked_out_by_itself(name):
    """Outside of training, for all layers: the batch an example comes in does not matter."""
    layer, x = case(name)
    whole = passes(layer, x, training=False)
    dout = np.random.default_rng(2).standard_normal(whole["y"].shape)
    for i in range(len(x)):
        alone = passes(layer, x[i : i + 1], False, dout[i : i + 1])
        np.testing.assert_allclose(alone["y"][0], whole["y"][i], rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(alone["dx"][0], whole["dx"][i], rtol=1e-12, atol=1e-13)


@every_case
def test_gradients_are_new_at_each_pass_and_do_not_add_up(name):
    layer, x = case(name)
    y = layer.forward(x)
    dout = np.ones_like(y)
    layer.backward(dout)
    first = {key: getattr(layer, f"d{key}") for key in layer.param_names}
    kept = copy.deepcopy(first)
    layer.backward(2 * dout)
    for key in first:
        np.testing.assert_allclose(getattr(layer, f"d{key}"), 2 * kept[key], rtol=1e-12)
        np.testing.assert_array_equal(first[key], kept[key])


@every_case
@both_modes
def test_weight_gradients_alone_are_those_of_backward(name, training):
    layer, x = case(name)
    expected = passes(layer, x, training)
    y = layer.forward(x, training=training)
    layer.weight_gradients(np.random.default_rng(2).standard_normal(y.shape))
    for key in layer.param_names:
        np.testing.assert_array_equal(getattr(layer, f"d{key}"), expected[f"d{key}"])


@every_case
def test_backward_before_forward_says_so(name):
    layer, x = case(name)
    names = "|".join(type(inner).__name__ for inner in layer.walk())
    with pytest.raises(RuntimeError, match=f"({names}).backward needs a forward pass"):
        layer.backward(x)


@every_case
def test_a_copy_has_a_cache_of_its_own(name):
    layer, x = case(name)
    y = layer.forward(x)
    other = copy.deepcopy(layer)
    other.forward(2 * x)
    same_numbers({"dx": layer.backward(y)}, {"dx": passes(layer, x, False, y)["dx"]})


@every_case
def test_the_repr_names_the_layer(name):
    layer, _ = case(name)
    assert repr(layer).startswith(f"{type(layer).__name__}(") and repr(layer).endswith(")")


@every_case
def test_the_checker_sees_a_thousandth_too_much_in_any_gradient(name):
    layer, x = differentiable(name)
    for key in layer.param_names if layer.takes_integers else ("x", *layer.param_names):
        verdict = check_gradients(sabotaged(layer, key), x, training=True)
        assert not verdict and verdict.array == key, verdict
        assert "a factor, the gradient is 1.001 times" in verdict.hint


def sabotaged(layer, key):
    """A copy whose gradient with respect to `key` is off by 0.1 %."""

    class Sabotaged(type(layer)):
        def backward(self, dout):
            dx = super().backward(dout)
            if key == "x":
                return dx * 1.001
            setattr(self, f"d{key}", getattr(self, f"d{key}") * 1.001)
            return dx

    twin = copy.deepcopy(layer)
    twin.__class__ = Sabotaged
    return twin
