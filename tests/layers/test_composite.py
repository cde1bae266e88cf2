"""Layers made of layers: in a row, added, side by side, and inside each other."""

import copy

import numpy as np
import pytest

from dlscratch import (
    Add,
    Affine,
    BatchNorm,
    Concat,
    Convolution,
    Dropout,
    Flatten,
    Layer,
    Network,
    Pooling,
    ReLU,
    Sequential,
    Tanh,
    check_gradients,
)
from dlscratch.layers.base import named_arrays


def conv(channels, filters, size=3, pad=1):
    rng = np.random.default_rng(10 * channels + filters)
    return Convolution.init(channels, filters, size, pad=pad, rng=rng, dtype=np.float64)


def norm(features):
    return BatchNorm.init(features, dtype=np.float64)


def affine(n_in, n_out):
    return Affine.init(n_in, n_out, rng=n_in, dtype=np.float64)


def residual_block():
    body = Sequential(conv(2, 2), norm(2), ReLU(), conv(2, 2), norm(2))
    return Sequential(Add(body, Sequential()), ReLU())


def inception_block():
    return Concat(
        conv(2, 3, size=1, pad=0),
        Sequential(conv(2, 2, size=1, pad=0), ReLU(), conv(2, 3)),
        Sequential(Pooling(3, 3, stride=1, pad=1), conv(2, 1, size=1, pad=0)),
    )


CASES = {
    "nothing in a row": (Sequential(), (4, 5)),
    "three in a row": (Sequential(affine(5, 4), Tanh(), affine(4, 3)), (4, 5)),
    "nothing that learns": (Sequential(ReLU(), Tanh()), (4, 5)),
    "a residual block": (residual_block(), (3, 2, 5, 4)),
    "an inception block": (inception_block(), (3, 2, 5, 4)),
    "one branch": (Add(affine(5, 3)), (4, 5)),
    "three branches": (Add(affine(5, 5), Tanh(), Sequential()), (4, 5)),
    "blocks in blocks": (
        Sequential(Concat(residual_block(), Add(inception_block(), conv(2, 7))), Flatten()),
        (3, 2, 4, 4),
    ),
}
every_case = pytest.mark.parametrize("name", CASES)
both_modes = pytest.mark.parametrize("training", [False, True], ids=["evaluating", "training"])


def case(name, dtype=np.float64):
    layer, shape = CASES[name]
    layer = copy.deepcopy(layer)
    for kind in ("param_names", "buffer_names"):
        for owner, attribute in named_arrays([layer], kind).values():
            setattr(owner, attribute, getattr(owner, attribute).astype(dtype))
    return layer, np.random.default_rng(1).standard_normal(shape).astype(dtype)


def gradients(layer):
    named = named_arrays([layer], "param_names")
    return {key: getattr(owner, f"d{name}") for key, (owner, name) in named.items()}


@every_case
@both_modes
def test_the_gradient_is_right(name, training):
    verdict = check_gradients(*case(name), training=training, tolerance=1e-7)
    assert verdict, verdict


@pytest.mark.parametrize("kind, join", [(Add, np.add), (Concat, lambda a, b: np.hstack([a, b]))])
def test_branches_receive_the_same_input_and_their_outputs_are_joined(kind, join):
    x = np.random.default_rng(0).standard_normal((4, 5))
    f, g = affine(5, 3), Affine(np.full((5, 3), 0.5), np.ones(3))
    np.testing.assert_array_equal(kind(f, g).forward(x), join(f.forward(x), g.forward(x)))


def test_what_branches_share_receives_the_sum_of_their_gradients():
    """y = x W1 + x W2 + x: dx = dy W1^T + dy W2^T + dy."""
    x, dout = np.random.default_rng(0).standard_normal((2, 4, 5))
    f, g = affine(5, 5), Affine(np.full((5, 5), 0.5), np.ones(5))
    layer = Add(f, g, Sequential())
    layer.forward(x)
    np.testing.assert_allclose(layer.backward(dout), dout @ f.W.T + dout @ g.W.T + dout)


@every_case
@both_modes
def test_no_argument_is_written_to(name, training):
    layer, x = case(name)
    x.flags.writeable = False
    y = layer.forward(x, training)
    kept = y.copy()
    dout = np.random.default_rng(2).standard_normal(y.shape)
    dout.flags.writeable = False
    layer.backward(dout)
    np.testing.assert_array_equal(y, kept)


@every_case
@both_modes
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_dtype_is_kept(name, training, dtype):
    layer, x = case(name, dtype)
    y = layer.forward(x, training)
    found = [y, layer.backward(np.ones_like(y)), *gradients(layer).values()]
    assert {array.dtype for array in found} == {np.dtype(dtype)}


@every_case
@both_modes
def test_weight_gradients_alone_are_those_of_backward(name, training):
    layer, x = case(name)
    y = layer.forward(x, training)
    layer.backward(np.ones_like(y))
    expected = copy.deepcopy(gradients(layer))
    layer.forward(2 * x, training)
    layer.forward(x, training)
    layer.weight_gradients(np.ones_like(y))
    for key, gradient in gradients(layer).items():
        np.testing.assert_array_equal(gradient, expected[key])


def test_layers_before_the_first_that_learns_are_not_asked_for_a_gradient():
    class Silent(ReLU):
        def backward(self, dout):
            raise AssertionError("nobody needs this dx")

    layer = Sequential(Sequential(Silent(), Silent()), affine(5, 3), Tanh())
    layer.forward(np.ones((4, 5)))
    layer.weight_gradients(np.ones((4, 3)))


def test_walk_goes_through_everything_inside_depth_first():
    layer, _ = CASES["blocks in blocks"]
    kinds = [type(inner).__name__ for inner in layer.walk()]
    assert kinds[:6] == ["Sequential", "Concat", "Sequential", "Add", "Sequential", "Convolution"]
    assert kinds[-1] == "Flatten" and len(kinds) == len(set(map(id, layer.walk())))


def test_names_are_counted_in_that_order():
    layer, _ = CASES["blocks in blocks"]
    names = list(named_arrays([layer], "param_names"))
    assert names[:8] == "W1 b1 gamma1 beta1 W2 b2 gamma2 beta2".split()
    assert names[-1] == "b7" and len(names) == 18


@pytest.mark.parametrize("key", ["x", "W1", "gamma1", "W2", "beta2"])
def test_a_wrong_gradient_inside_a_bare_composite_is_found_and_named(key):
    layer, x = case("a residual block")
    owner, attribute = named_arrays([layer], "param_names").get(key, (None, ""))
    spoil = owner or list(layer.walk())[3]  # its first convolution: what comes out is the dx

    class Spoilt(type(spoil)):
        def backward(self, dout):
            dx = super().backward(dout)
            if not attribute:
                return dx * 17
            setattr(self, f"d{attribute}", getattr(self, f"d{attribute}") * 17)
            return dx

    spoil.__class__ = Spoilt
    verdict = check_gradients(layer, x)
    assert not verdict and verdict.array == key, verdict
    if attribute:
        assert verdict.layer == repr(spoil)
        assert "the gradient is 17 times what it should be" in verdict.hint


def test_the_repr_shows_what_is_inside():
    assert repr(Sequential()) == "Sequential()"
    assert repr(Add(Sequential(affine(5, 4), ReLU()), Sequential())) == (
        "Add(\n"
        "    Sequential(\n"
        "        Affine(W=(5, 4), b=(4,))\n"
        "        ReLU()\n"
        "    )\n"
        "    Sequential()\n"
        ")"
    )


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: Sequential(ReLU), r"got <class .*ReLU'> as number 1: write ReLU\(\)"),
        (lambda: Add(ReLU(), 3), "Add expects layers, got 3 as number 2"),
    ],
)
def test_what_is_no_layer_is_refused_with_the_cure(make, message):
    with pytest.raises(TypeError, match=message):
        make()


def test_branches_that_cannot_be_joined_are_refused_with_their_shapes():
    x = np.ones((4, 5))
    with pytest.raises(ValueError, match=r"outputs of the same shape, got \(4, 3\), \(4, 5\)"):
        Add(affine(5, 3), Sequential()).forward(x)
    images = np.ones((4, 2, 6, 6))
    shapes = r"got \(4, 2, 3, 3\), \(4, 2, 6, 6\): pad or pool"
    with pytest.raises(ValueError, match=shapes):
        Concat(Pooling(2, 2), Sequential()).forward(images)
    for kind in (Add, Concat):
        with pytest.raises(ValueError, match="expects one branch or more"):
            kind()


def test_a_layer_that_children_leaves_out_is_told_not_ignored():
    class Forgets(Layer):
        def __init__(self, *inner):
            self.inner = inner

        def forward(self, x, training=False):
            return self.inner[0].forward(x, training)

        def backward(self, dout):
            return self.inner[0].backward(dout)

    message = r"Forgets holds Affine.* as .inner, but its children\(\) does not return it"
    with pytest.raises(ValueError, match=message):
        Network([affine(5, 5), Sequential(Forgets(affine(5, 3)))])
    with pytest.raises(ValueError, match=message):
        check_gradients(Forgets(affine(5, 3)), np.ones((4, 5)))


def test_a_composite_of_the_readers_own_is_walked_through_too():
    class Twice(Layer):
        """y = f(f(x))."""

        def __init__(self, first, second):
            self.first, self.second = first, second

        def children(self):
            return self.first, self.second

        def forward(self, x, training=False):
            return self.second.forward(self.first.forward(x, training), training)

        def backward(self, dout):
            return self.first.backward(self.second.backward(dout))

    layer = Twice(affine(5, 5), Sequential(Dropout(0.0), affine(5, 3)))
    assert list(named_arrays([layer], "param_names")) == ["W1", "b1", "W2", "b2"]
    assert check_gradients(layer, np.random.default_rng(0).standard_normal((4, 5)))
