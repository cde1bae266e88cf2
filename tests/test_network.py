"""A network: its passes, its names, its arrays, its copies and its files."""

import copy
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlscratch import (
    SGD,
    Affine,
    AveragePooling,
    BatchNorm,
    Convolution,
    DataError,
    Dropout,
    Flatten,
    IdentityWithLoss,
    Network,
    Pooling,
    ReLU,
    Sigmoid,
    SoftmaxWithLoss,
    Tanh,
    check_gradients,
    numerical_gradient,
)
from dlscratch.layers.fast_order import fast_order

DTYPES = [np.float16, np.float32, np.float64]


def two_layer(rng):
    return Network([Affine.init(6, 5, rng=rng), Sigmoid(), Affine.init(5, 3, rng=rng)])


def regression(rng):
    layers = [Affine.init(6, 5, rng=rng), Tanh(), Affine.init(5, 3, rng=rng)]
    return Network(layers, IdentityWithLoss(), weight_decay=0.01)


def with_everything(rng):
    layers = [
        Convolution.init(2, 3, 3, pad=1, rng=rng),
        BatchNorm.init(3),
        ReLU(),
        Pooling(2, 2),
        Convolution.init(3, 4, 2, rng=rng),
        ReLU(),
        AveragePooling(1, 2),
        Flatten(),
        Affine.init(4, 5, rng=rng),
        BatchNorm.init(5),
        Tanh(),
        Dropout(0.3, rng=rng),
        Affine.init(5, 3, rng=rng),
    ]
    return Network(layers, weight_decay=0.1)


def no_learner_first(rng):
    """Pooling and Dropout come before the first layer that learns."""
    layers = [Pooling(2, 2), Dropout(0.2, rng=rng), Flatten(), Affine.init(2 * 2 * 3, 3, rng=rng)]
    return Network(layers)


NETS = {
    two_layer: (8, 6),
    regression: (8, 6),
    with_everything: (8, 2, 4, 6),
    no_learner_first: (8, 2, 4, 6),
}  # with the shape of a batch for it
every_net = pytest.mark.parametrize("make", NETS, ids=lambda make: make.__name__)


def example(make):
    """A network and a batch for it."""
    rng = np.random.default_rng(0)
    net, x = make(rng), rng.standard_normal(NETS[make])
    t = rng.standard_normal((8, 3)) if make is regression else rng.integers(0, 3, 8)
    return net, x, t


def snapshot(net):
    """Every array of the network, copied."""
    return {name: array.copy() for name, array in {**net.params, **net.buffers}.items()}


def assert_same(these, those):
    assert list(these) == list(those)
    for name in these:
        np.testing.assert_array_equal(these[name], those[name], err_msg=name)
        assert these[name].dtype == those[name].dtype


# ---- loss and gradient


def test_a_net_of_two_two_one_worked_by_hand():
    """x = (1, 2): a = (1+2-1, -2+1) = (2, -1), z = (2, 0), y = 1 + 2/2 = 2, and t = 1:
    the loss is 1/2, dy = 1, dz = (1/2, 3), of which ReLU passes the first."""
    net = Network(
        [
            Affine(np.array([[1.0, -2.0], [1.0, 0.5]]), np.array([-1.0, 0.0])),
            ReLU(),
            Affine(np.array([[0.5], [3.0]]), np.array([1.0])),
        ],
        IdentityWithLoss(),
    )
    x, t = np.array([[1.0, 2.0]]), np.array([[1.0]])
    np.testing.assert_array_equal(net.predict(x), [[2]])
    loss, grads = net.loss_and_gradient(x, t)
    assert loss == net.loss(x, t) == 0.5
    np.testing.assert_array_equal(grads["W2"], [[2], [0]])
    np.testing.assert_array_equal(grads["b2"], [1])
    np.testing.assert_array_equal(grads["W1"], [[0.5, 0], [1, 0]])
    np.testing.assert_array_equal(grads["b1"], [0.5, 0])
    SGD(lr=0.1).update(net.params, grads)
    # W1 = (0.95, -2), (0.9, 0.5), b1 = (-1.05, 0), W2 = 0.3, 3, b2 = 0.9: y = 0.3 * 1.7 + 0.9
    assert net.loss(x, t) == pytest.approx((0.3 * 1.7 + 0.9 - 1) ** 2 / 2, rel=1e-14)


@every_net
def test_every_gradient_is_right(make):
    verdict = check_gradients(*example(make))
    assert verdict, verdict


@pytest.mark.parametrize("make", [two_layer, regression], ids=lambda make: make.__name__)
def test_every_single_number_of_the_gradient_agrees_with_the_numerical_one(make):
    """The way of section 4.4.2: the loss is a function of W, which lies in the network."""
    net, x, t = example(make)
    net = net.astype(np.float64)
    for name, gradient in net.gradient(x, t).items():
        slow = numerical_gradient(lambda _: net.loss(x, t), net.params[name])
        np.testing.assert_allclose(gradient, slow, rtol=1e-6, atol=1e-8)


@every_net
def test_loss_and_gradient_come_from_one_forward_and_one_backward(make):
    net, x, t = example(make)
    forwards, backwards = [], []

    def counted(method, calls, i):
        def call(*args, **options):
            calls.append(i)
            return method(*args, **options)

        return call

    for i, layer in enumerate([*net.layers, net.last_layer]):
        layer.forward = counted(layer.forward, forwards, i)
        layer.backward = counted(layer.backward, backwards, i)
    net.loss_and_gradient(x, t)
    order = [net.layers.index(layer) for layer in fast_order(net.layers)] + [len(net.layers)]
    assert sorted(order) == list(range(len(order)))
    assert forwards == order
    first = next(n for n, i in enumerate(order[:-1]) if net.layers[i].param_names)
    # the first layer that learns is asked for its weights' gradients alone, those before nothing
    assert backwards == order[:first:-1]


@pytest.mark.parametrize("options", [{}, {"stride": 1}, {"stride": 2, "pad": 1}], ids=str)
def test_a_pooling_before_its_relu_comes_to_the_same_bits(options):
    rng = np.random.default_rng(0)
    conv = Convolution.init(2, 3, 3, rng=rng)
    layers = [conv, ReLU(), Pooling(2, 2, **options), ReLU()]
    quick = [layers[i] for i in (0, 2, 1, 3)]
    assert fast_order(layers) == quick
    x = rng.integers(-2, 3, (4, 2, 8, 8)).astype(np.float32)  # whole numbers: many are equal
    conv.W[...] = rng.integers(-1, 2, conv.W.shape)

    def both_passes(layers):
        y = x
        for layer in layers:
            y = layer.forward(y)
        dout = np.arange(y.size, dtype=np.float32).reshape(y.shape)
        for layer in reversed(layers[1:]):
            dout = layer.backward(dout)
        conv.weight_gradients(dout)
        return [y, dout, conv.dW, conv.db]

    # the gradients behind the convolution, too, for -0 and 0 are one number
    for in_order, sooner in zip(both_passes(layers), both_passes(quick), strict=True):
        assert np.array_equal(in_order, sooner)


@every_net
def test_the_loss_of_training_is_the_loss_that_is_differentiated(make):
    net, x, t = example(make)
    twin = copy.deepcopy(net)  # with the same dropout masks to come
    assert net.loss_and_gradient(x, t)[0] == twin.loss(x, t, training=True)


@every_net
def test_gradients_are_a_new_set_at_each_call(make):
    net, x, t = example(make)
    first = net.gradient(x, t)
    kept = first.flat.copy()
    net.gradient(2 * x, t)
    np.testing.assert_array_equal(first.flat, kept)
    assert first.shapes() == net.params.shapes()


@every_net
def test_the_gradients_of_a_step_are_overwritten_by_the_next_one(make):
    net, x, t = example(make)
    twin = copy.deepcopy(net)
    for batch in (2 * x, x):
        loss, grads = net.loss_and_gradient(batch, t)
        assert grads is net.grads
        np.testing.assert_array_equal(grads.flat, twin.gradient(batch, t).flat)


@every_net
def test_forward_and_backward_give_dx_and_the_gradients_of_a_step(make):
    net, x, t = example(make)
    net = net.astype(np.float64)
    net.weight_decay = 0.0
    twin = copy.deepcopy(net)  # with the same dropout masks to come
    net.last_layer.forward(net.forward(x, training=True), t)
    dx = net.backward(net.last_layer.backward())
    np.testing.assert_array_equal(net.grads.flat, twin.gradient(x, t).flat)
    direction = np.random.default_rng(1).standard_normal(x.shape)

    def loss(h):
        probe = copy.deepcopy(twin0)
        return probe.loss(x + h * direction, t, training=True)

    twin0 = example(make)[0].astype(np.float64)
    twin0.weight_decay = 0.0
    slope = (loss(1e-6) - loss(-1e-6)) / 2e-6
    assert np.sum(dx * direction) == pytest.approx(slope, rel=1e-5)


@every_net
def test_a_layer_used_by_itself_does_not_write_into_the_gradients_of_its_network(make):
    net, x, t = example(make)
    grads = net.gradient(x, t)
    kept = grads.flat.copy()
    layer = next(layer for layer in net.layers if layer.param_names)
    y = layer.forward(np.ones((8, 2, 4, 6) if layer.W.ndim == 4 else (8, len(layer.W))))
    layer.backward(np.ones_like(y))
    np.testing.assert_array_equal(grads.flat, kept)


def test_weight_decay_counts_every_weight_and_nothing_else():
    net, x, t = example(with_everything)
    net = net.astype(np.float64)
    plain = copy.deepcopy(net)
    plain.weight_decay = 0.0
    squares = sum(np.sum(net.params[name] ** 2) for name in ("W1", "W2", "W3", "W4"))
    assert net.loss(x, t) - plain.loss(x, t) == pytest.approx(0.1 / 2 * squares)
    grads, without = net.gradient(x, t), plain.gradient(x, t)
    for name in grads:
        extra = 0.1 * net.params[name] if name[0] == "W" else 0
        np.testing.assert_allclose(grads[name] - without[name], extra, atol=1e-12)


def test_weight_decay_in_float16_does_not_overflow():
    net = Network([Affine.init(300, 300, std=1.0)], weight_decay=0.1).astype(np.float16)
    assert net.loss(np.zeros((2, 300)), np.array([0, 1])) == pytest.approx(4500, rel=0.1)


# ---- predict, loss and accuracy in chunks


@every_net
@pytest.mark.parametrize("batch_size", [1, 3, 8, 100])
def test_chunks_do_not_change_what_is_predicted(make, batch_size):
    net, x, t = example(make)
    net = net.astype(np.float64)
    net.gradient(x, t)  # so that running averages are not those of the start
    np.testing.assert_allclose(net.predict(x, batch_size), net.predict(x), rtol=1e-12)
    assert net.loss(x, t, batch_size=batch_size) == pytest.approx(net.loss(x, t), rel=1e-12)


def test_no_chunk_is_larger_than_asked():
    net, x, t = example(two_layer)
    seen = []
    forward = net.layers[0].forward
    net.layers[0].forward = lambda x, training: (seen.append(len(x)), forward(x, training))[1]
    net.predict(x, batch_size=3)
    net.loss(x, t, batch_size=5)
    net.accuracy(x, t, batch_size=7)
    assert seen == [3, 3, 2, 5, 3, 7, 1]


@every_net
def test_predicting_changes_nothing_and_draws_nothing(make):
    net, x, t = example(make)
    before = snapshot(net)
    states = [layer.rng.bit_generator.state for layer in net.layers if layer.rng is not None]
    first = net.predict(x)
    net.loss(x, t)
    np.testing.assert_array_equal(net.predict(x), first)
    assert_same(snapshot(net), before)
    after = [layer.rng.bit_generator.state for layer in net.layers if layer.rng is not None]
    assert after == states


@pytest.mark.parametrize("rows", [1, 50, 100, 150, 250])
def test_a_perfect_network_scores_one_whatever_the_number_of_rows(rows):
    """A last short chunk that is dropped would score 0.667 at 150 rows and 0 at 50."""
    net = Network([Affine(np.eye(3), np.zeros(3))])
    t = np.random.default_rng(0).integers(0, 3, rows)
    assert net.accuracy(np.eye(3)[t], t) == 1.0
    assert net.accuracy(np.eye(3)[t], np.eye(3)[t]) == 1.0
    assert net.accuracy(np.eye(3)[t], (t + 1) % 3) == 0.0


def test_accuracy_counts_the_right_rows():
    net = Network([Affine(np.eye(2), np.zeros(2))])
    x = np.array([[2.0, 1.0], [0.0, 3.0], [5.0, 4.0]])
    assert net.accuracy(x, [0, 1, 1]) == 2 / 3
    assert net.accuracy(x, np.array([[1, 0], [1, 0], [1, 0]])) == 2 / 3
    assert type(net.accuracy(x, np.array([0, 1, 1], np.uint8))) is float


@pytest.mark.parametrize(
    "t, message",
    [
        ([[0], [1], [1]], r"labels of shape \(3, 1\) do not fit outputs of shape \(3, 2\)"),
        ([0, 1], "a label for each example, got 2 for 3 examples"),
        ([0.0, 1.0, 1.0], "must be integers"),
        ([0, 1, 2], "labels must be classes 0 .. 1"),
    ],
)
def test_labels_that_do_not_fit_are_refused(t, message):
    net, x = Network([Affine(np.eye(2), np.zeros(2))]), np.ones((3, 2))
    with pytest.raises(ValueError, match=message):
        net.accuracy(x, np.array(t))
    for method in (net.loss, net.gradient):
        with pytest.raises(ValueError, match="labels"):
            method(x, np.array(t))


def test_lists_are_taken_as_arrays_everywhere():
    net, x, t = example(two_layer)
    for method in (net.loss, net.accuracy, lambda *pair: net.loss_and_gradient(*pair)[0]):
        assert method(x.tolist(), t.tolist()) == pytest.approx(method(x, t))


def test_a_masked_array_is_refused_before_it_loses_its_mask():
    net, x, t = example(two_layer)
    hidden_x, hidden_t = np.ma.masked_array(x, x > 0), np.ma.masked_array(t, t == t[0])
    for method in (net.loss, net.accuracy, net.loss_and_gradient):
        with pytest.raises(ValueError, match=r"x is a masked array, \d+ numbers of it hidden"):
            method(hidden_x, t)
        with pytest.raises(ValueError, match=r"t is a masked array, .* use t.filled"):
            method(x, hidden_t)
    assert net.accuracy(np.ma.masked_array(x), t) == net.accuracy(x, t)  # nothing is hidden


def test_an_empty_batch_is_refused():
    net, x, t = example(two_layer)
    for method in (net.loss, net.accuracy, net.gradient):
        with pytest.raises(ValueError, match=r"one row or more, got shape \(0, 6\)"):
            method(x[:0], t[:0])
    with pytest.raises(ValueError, match="one row or more"):
        net.predict(x[:0])


def test_one_example_without_a_batch_is_refused_with_the_cure():
    net, x, _ = example(two_layer)
    with pytest.raises(ValueError, match=r"one example of shape \(6,\): use x\[None\]"):
        net.predict(x[0])


@every_net
def test_no_argument_is_written_to(make):
    net, x, t = example(make)
    x.flags.writeable = t.flags.writeable = False
    net = net.astype(np.float64)  # x is used as it is, without a copy
    net.loss_and_gradient(x, t)
    net.loss(x, t, training=True)
    net.predict(x)


# ---- dtypes


@every_net
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("came", [np.uint8, np.float16, np.float64])
def test_a_network_works_in_the_dtype_of_its_parameters_whatever_comes(make, dtype, came):
    net, x, t = example(make)
    net = net.astype(dtype)
    x = np.abs(x).astype(came)
    assert net.dtype == dtype
    assert net.predict(x).dtype == dtype or not net.params
    loss, grads = net.loss_and_gradient(x, t)
    assert type(loss) is float and type(net.loss(x, t)) is float
    arrays = {**net.params, **net.buffers, **grads}
    for layer in net.layers:
        arrays |= {name: getattr(layer, f"d{name}") for name in layer.param_names}
    assert {array.dtype for array in arrays.values()} == {np.dtype(dtype)}


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_arrays_between_the_layers_keep_the_dtype_too(dtype):
    net, x, t = example(with_everything)
    net = net.astype(dtype)
    seen = set()

    def watched(method):
        def call(array, *rest, **options):
            result = method(array, *rest, **options)
            seen.update({array.dtype, result.dtype})
            return result

        return call

    for layer in net.layers:
        layer.forward, layer.backward = watched(layer.forward), watched(layer.backward)
    net.loss_and_gradient(x, t)
    assert seen == {np.dtype(dtype)}


def test_float16_weights_give_float16_predictions_close_to_those_of_float32():
    net, x, _ = example(with_everything)
    half = net.astype(np.float16)
    np.testing.assert_allclose(half.predict(x), net.predict(x), atol=0.02)
    assert half.params.flat.nbytes == net.params.flat.nbytes / 2


# ---- names and arrays


def test_parameters_are_named_by_counting():
    net, *_ = example(with_everything)
    assert list(net.params) == ("W1 b1 gamma1 beta1 W2 b2 W3 b3 gamma2 beta2 W4 b4".split())
    assert list(net.buffers) == "running_mean1 running_var1 running_mean2 running_var2".split()


@every_net
def test_params_are_the_very_arrays_that_the_layers_use(make):
    net, x, _ = example(make)
    params = net.params
    held = [getattr(layer, name) for layer in net.layers for name in layer.param_names]
    assert all(array is own for array, own in zip(params.values(), held, strict=True))
    assert all(array.base is params.flat for array in held)
    before = net.predict(x)
    params.flat += 1
    assert np.any(net.predict(x) != before)
    assert net.params is params


def test_an_array_that_took_the_place_of_a_weight_is_refused_not_ignored(tmp_path):
    net, x, t = example(two_layer)
    net.layers[0].W = np.full((6, 5), 0.25, np.float32)
    message = r"W1 is no longer the W of its layer Affine.*: write into it, layer.W\[...\] = .."
    with pytest.raises(ValueError, match=message):
        net.gradient(x, t)
    with pytest.raises(ValueError, match=message):
        net.save(tmp_path / "net.npz")
    assert not list(tmp_path.iterdir())


def test_a_network_whose_layers_went_into_another_one_says_so():
    net, x, t = example(two_layer)
    longer = Network([*net.layers, ReLU(), Affine.init(3, 2, rng=0)])
    assert longer.gradient(x, t % 2).shapes() == longer.params.shapes()
    with pytest.raises(ValueError, match="a second network from the layers of the first"):
        net.gradient(x, t)


def test_its_layers_are_fixed_when_it_is_built():
    net, *_ = example(two_layer)
    assert type(net.layers) is tuple
    params, grads = net.params, net.grads
    net.predict(np.ones((2, 6)))
    assert net.params is params and net.grads is grads


@pytest.mark.parametrize(
    "layers, message",
    [
        (
            [Affine.init(3, 2), SoftmaxWithLoss()],
            "is a loss, not a layer: write Network.layers, So",
        ),
        ([Affine.init(3, 3), ReLU], "got <class 'dlscratch.*ReLU'> as number 2: write ReLU()"),
        ([Affine.init(3, 3), "relu"], "expects layers, got 'relu' as number 2"),
        (
            [Network([Affine.init(3, 3)])],
            r"a network cannot be a layer: use Sequential\(\*net.layers",
        ),
    ],
)
def test_what_is_no_layer_is_refused_with_the_cure(layers, message):
    with pytest.raises(TypeError, match=message):
        Network(layers)


def test_a_layer_may_stand_in_a_network_only_once():
    layer = Affine.init(3, 3)
    with pytest.raises(ValueError, match="only once: make a second one"):
        Network([layer, ReLU(), layer])


def test_an_array_may_belong_to_one_layer_only():
    W = np.ones((2, 2))
    with pytest.raises(ValueError, match="are the same array: give each its own copy"):
        Network([Affine(W, np.zeros(2)), Affine(W, np.zeros(2))])


def test_arrays_of_several_dtypes_are_refused():
    with pytest.raises(ValueError, match="one floating point dtype, got W1 float64, b1 float32"):
        Network([Affine(np.ones((2, 2)), np.zeros(2, np.float32))])


def test_whole_numbers_as_weights_are_refused_instead_of_rounding_the_input():
    with pytest.raises(ValueError, match="floating point"):
        Network([Affine(np.ones((2, 2), int), np.zeros(2, int))])


def test_a_network_may_learn_nothing():
    net = Network([ReLU()])
    x = np.array([[1.0, -2.0]])
    np.testing.assert_array_equal(net.predict(x), [[1, 0]])
    assert len(net.params) == len(net.gradient(x, [0])) == 0


def test_the_repr_lists_the_layers():
    net = Network([Affine.init(4, 3), ReLU()])
    expected = "Network(\n    Affine(W=(4, 3), b=(3,))\n    ReLU()\n    SoftmaxWithLoss()\n)"
    assert repr(net) == expected


# ---- copies


def pickled(net):
    return pickle.loads(pickle.dumps(net))


@every_net
@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled])
@pytest.mark.parametrize("used", [False, True])
def test_a_copy_is_whole_and_its_own(make, duplicate, used):
    net, x, t = example(make)
    if used:
        net.loss_and_gradient(x, t)
    before = snapshot(net)
    twin = duplicate(net)
    assert_same(snapshot(twin), before)
    np.testing.assert_array_equal(twin.predict(x), net.predict(x))
    SGD(0.5).update(twin.params, twin.gradient(x, t))
    for layer in twin.layers:
        for name in layer.param_names:
            assert getattr(layer, name).base is twin.params.flat
    assert np.any(twin.predict(x) != net.predict(x))
    assert_same(snapshot(net), before)


@every_net
@pytest.mark.parametrize("dtype", DTYPES)
def test_astype_is_a_copy_in_another_dtype(make, dtype):
    net, x, t = example(make)
    net.gradient(x, t)
    before = snapshot(net)
    twin = net.astype(dtype)
    assert type(twin) is type(net) and twin.weight_decay == net.weight_decay
    expected = {name: array.astype(dtype) for name, array in before.items()}
    assert_same(snapshot(twin), expected)
    twin.params.flat += 1
    assert_same(snapshot(net), before)


# ---- files


@every_net
def test_what_is_saved_is_loaded_to_the_bit(make, tmp_path):
    net, x, t = example(make)
    net.loss_and_gradient(x, t)  # moves the running averages
    path = tmp_path / "some net"  # no ending is added
    net.save(path)
    other = make(np.random.default_rng(99))
    held = other.params.flat
    other.load(path)
    assert_same(snapshot(other), snapshot(net))
    assert other.params.flat is held
    np.testing.assert_array_equal(other.predict(x), net.predict(x))


def test_a_file_of_weights_holds_no_pickle_and_the_names_of_the_network(tmp_path):
    net, *_ = example(with_everything)
    net.save(tmp_path / "net.npz")
    with np.load(tmp_path / "net.npz", allow_pickle=False) as file:
        assert_same(dict(file), {**net.params, **net.buffers})


def test_weights_are_taken_into_the_dtype_of_the_network(tmp_path):
    net, *_ = example(two_layer)
    net.save(tmp_path / "net.npz")
    half = net.astype(np.float16)
    half.params.flat[:] = 0
    half.load(tmp_path / "net.npz")
    assert_same(snapshot(half), snapshot(net.astype(np.float16)))


def test_a_save_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    net, *_ = example(two_layer)
    net.save(tmp_path / "net.npz")
    before = (tmp_path / "net.npz").read_bytes()

    def fails(file, **arrays):
        file.write(b"half a file")
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", fails)
    net.params.flat[:] = 0
    with pytest.raises(OSError, match="disk full"):
        net.save(tmp_path / "net.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["net.npz"]
    assert (tmp_path / "net.npz").read_bytes() == before


def changed_arrays(net, name):
    arrays = snapshot(net)
    match name:
        case "missing":
            del arrays["b1"], arrays["running_var2"]
        case "unexpected":
            arrays["W9"] = arrays["gamma9"] = np.ones(3)
        case "another shape":
            arrays["W1"] = arrays["W1"].T
        case "text":
            arrays["b1"] = np.array(["a", "b", "c"])
        case "complex":
            arrays["b1"] = arrays["b1"] + 1j
        case "another net":
            arrays = {"W1": np.ones((784, 50)), "b1": np.ones(50)}
    return arrays


FAULTS = {
    "missing": "does not fit this network: missing: b1, running_var2$",
    "unexpected": "does not fit this network: unexpected: W9, gamma9$",
    "another shape": r"W1 is \(3, 3, 2, 3\), expected \(3, 2, 3, 3\)",
    "text": "b1 holds <U1, expected numbers",
    "complex": "b1 holds complex64, expected numbers",
    "another net": r"W1 is \(784, 50\), expected \(3, 2, 3, 3\).*missing: gamma1, .*b4",
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_file_that_does_not_fit_is_refused_and_nothing_changed(name, tmp_path):
    net, *_ = example(with_everything)
    path = tmp_path / "net.npz"
    np.savez(path, **changed_arrays(net, name))
    refused(net, path, FAULTS[name])


def refused(net, path, message):
    net.params.flat[:] = 7
    before = snapshot(net)
    with pytest.raises(DataError, match=message) as caught:
        net.load(path)
    assert str(path) in str(caught.value)
    assert_same(snapshot(net), before)


def test_a_missing_file_is_named(tmp_path):
    refused(example(two_layer)[0], tmp_path / "nothing.npz", "no such file")


@pytest.mark.parametrize(
    "content, fault",
    [
        (b"", "it is empty"),
        (b"not a network", "it begins with b'not a network'"),
        (b"PK\x03\x04 the start of a zip file", "it is damaged, cut short"),
        (b"<html>404 Not Found</html>" * 1000, "it begins with b'<html>404"),
        (pickle.dumps({"W1": [1.0]}), "it begins with"),
        (b"\x93NUMPY\x01\x00", "it begins with"),
    ],
    ids=["empty", "text", "start of a zip", "web page", "pickle", "start of an array"],
)
def test_a_foreign_file_is_refused_and_what_it_is_instead_is_said(content, fault, tmp_path):
    path = tmp_path / "net.npz"
    path.write_bytes(content)
    expected = f"not a readable .npz file: {fault}.*; save it again"
    refused(example(two_layer)[0], path, expected)


def test_a_single_array_a_folder_and_a_zip_of_something_else_are_refused(tmp_path):
    np.save(tmp_path / "array.npy", np.ones(3))
    with zipfile.ZipFile(tmp_path / "files.zip", "w") as file:
        file.writestr("W1.npy", "no array")
    for path in (tmp_path / "array.npy", tmp_path, tmp_path / "files.zip"):
        message = "not a readable .npz file|does not fit this network|Is a directory"
        refused(example(two_layer)[0], path, message)


def test_a_pickle_inside_a_file_of_weights_is_never_run(tmp_path):
    class Hostile:
        def __reduce__(self):
            return (tmp_path / "was run").touch, ()

    objects = np.empty(3, object)
    objects[:] = [Hostile(), Hostile(), Hostile()]
    np.savez(tmp_path / "net.npz", b2=objects)
    refused(example(two_layer)[0], tmp_path / "net.npz", "not a readable .npz file")
    assert not (tmp_path / "was run").exists()


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A network, and the bytes of its file."""
    net = Network([Affine.init(2, 2, rng=np.random.default_rng(0)), BatchNorm.init(2)])
    path = tmp_path_factory.mktemp("fuzz") / "net.npz"
    net.save(path)
    return net, path, path.read_bytes()


@given(st.data())
@settings(max_examples=300)
def test_a_damaged_file_is_refused_or_still_gives_the_very_same_numbers(saved, data):
    """Flips of bits and bytes cut out or put in, anywhere in the file."""
    net, path, good = saved
    content = bytearray(good)
    place = data.draw(st.integers(0, len(content) - 1))
    kind = data.draw(st.sampled_from(["flip", "cut off", "cut out", "put in"]))
    if kind == "flip":
        content[place] ^= 1 << data.draw(st.integers(0, 7))
    elif kind == "cut off":
        del content[place:]
    elif kind == "cut out":
        del content[place : place + data.draw(st.integers(1, 8))]
    else:
        content[place:place] = data.draw(st.binary(min_size=1, max_size=8))
    path.write_bytes(content)
    expected = snapshot(net)
    twin = copy.deepcopy(net)
    twin.params.flat[:] = 7
    before = snapshot(twin)
    try:
        twin.load(path)
    except DataError:
        assert_same(snapshot(twin), before)
    else:
        assert_same(snapshot(twin), expected)


def test_a_network_can_be_written_to_where_a_file_was(tmp_path):
    net, *_ = example(two_layer)
    net.save(tmp_path / "net.npz")
    net.params.flat[:] = 3
    net.save(tmp_path / "net.npz")
    other, *_ = example(two_layer)
    other.load(tmp_path / "net.npz")
    assert np.all(other.params.flat == 3)
