"""A GPU's arrays go through the same layers: equal numbers, nothing copied without a word.

Without a GPU, a stand-in for CuPy takes its place, which refuses what CuPy refuses: read
tests/stand_in_cupy.py. Where CuPy finds a GPU, every test runs on it as well.
"""

import copy
import importlib.util
import inspect
import sys
from pathlib import Path

import numpy as np
import pytest

import dlscratch
from ch07.simple_convnet import SimpleConvNet
from ch08.deep_convnet import DeepConvNet
from dlscratch import (
    LSTM,
    RNN,
    SGD,
    AdaGrad,
    Adam,
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
    HuberWithLoss,
    IdentityWithLoss,
    LeakyReLU,
    LocalResponseNorm,
    MaxUnpooling,
    Momentum,
    MultiLayerNet,
    Nesterov,
    Network,
    Pooling,
    ReLU,
    Reshape,
    RMSprop,
    Sequential,
    Sigmoid,
    SigmoidWithLoss,
    Sign,
    SoftmaxWithLoss,
    Tanh,
    Trainer,
    TransposedConvolution,
)
from dlscratch.devices import move, send
from dlscratch.workers import suitable_workers

path = Path(__file__).with_name("stand_in_cupy.py")
spec = importlib.util.spec_from_file_location("stand_in_cupy", path)
stand_in = importlib.util.module_from_spec(spec)
spec.loader.exec_module(stand_in)

try:
    import cupy
except ImportError:
    cupy = None


def has_gpu():
    try:
        return cupy is not None and cupy.cuda.is_available()
    except RuntimeError:  # no driver
        return False


CUPIES = [stand_in, cupy] if has_gpu() else [stand_in]


@pytest.fixture(params=CUPIES, ids=lambda module: module.__name__, autouse=True)
def gpu(request, monkeypatch):
    """The module that `net.to("gpu")` imports as cupy."""
    monkeypatch.setitem(sys.modules, "cupy", request.param)
    return request.param


def numbers(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def on_gpu(x):
    return send(x, "gpu")


def assert_same(actual, expected):
    """An array of the GPU, equal to one in memory within the rounding of float32."""
    assert not isinstance(actual, np.ndarray)
    assert actual.dtype == expected.dtype and actual.shape == expected.shape
    np.testing.assert_allclose(actual.get(), expected, rtol=1e-4, atol=1e-5)


# ---- every layer, every loss, every optimizer


class LooksBack(AttentionLSTM):
    """Attention with one input (N, T + 4, D): T steps, then the 4 places of a memory."""

    def forward(self, x, training=False):
        return super().forward(x[:, :-4], training, memory=x[:, -4:])

    def backward(self, dout):
        return np.concatenate([super().backward(dout), self.dmemory], axis=1)


IMAGES = numbers(3, 4, 7, 6)
LAYERS = {
    "Add": (lambda: Add(ReLU(), Tanh()), IMAGES),
    "Affine": (lambda: Affine.init(6, 5, rng=0), numbers(4, 6)),
    "AttentionLSTM": (lambda: LooksBack.init(6, 5, rng=0), numbers(3, 7, 6)),
    "AveragePooling": (lambda: AveragePooling(3, 2, stride=2, pad=1), IMAGES),
    "BatchNorm": (lambda: BatchNorm.init(6), numbers(4, 6)),
    "BatchNorm, images": (lambda: BatchNorm.init(4), IMAGES),
    "BinaryAffine": (lambda: BinaryAffine.init(6, 5, rng=0), numbers(4, 6)),
    "Concat": (lambda: Concat(ReLU(), Convolution.init(4, 2, 1, rng=0)), IMAGES),
    "Convolution, short rows": (lambda: Convolution.init(2, 5, 3, pad=1, rng=0), IMAGES[:, :2]),
    "Convolution, long rows": (lambda: Convolution.init(4, 5, 3, stride=2, pad=1, rng=0), IMAGES),
    "Dropout": (lambda: Dropout(0.4, rng=np.random.default_rng(3)), numbers(4, 6)),
    "Embedding": (lambda: Embedding.init(7, 3, rng=0), np.array([[1, 6, 1], [0, 1, 5]])),
    "Flatten": (Flatten, IMAGES),
    "GlobalAveragePooling": (GlobalAveragePooling, IMAGES),
    "LeakyReLU": (LeakyReLU, numbers(4, 6)),
    "LocalResponseNorm": (lambda: LocalResponseNorm(3), IMAGES),
    "LSTM": (lambda: LSTM.init(6, 5, rng=0), numbers(4, 3, 6)),
    "MaxUnpooling": (lambda: unpooled(Pooling(2, 2)), IMAGES),
    "Pooling": (lambda: Pooling(2, 2), IMAGES),
    "Pooling, overlapping": (lambda: Pooling(3, 3, stride=2, pad=1), IMAGES.round()),
    "ReLU": (ReLU, numbers(4, 6)),
    "Reshape": (lambda: Reshape(2, -1), numbers(4, 6)),
    "RNN": (lambda: RNN.init(6, 5, rng=0), numbers(4, 3, 6)),
    "Sequential": (lambda: Sequential(Affine.init(6, 5, rng=0), Tanh()), numbers(4, 6)),
    "Sigmoid": (Sigmoid, numbers(4, 6)),
    "Sign": (Sign, numbers(4, 6)),
    "Tanh": (Tanh, numbers(4, 6)),
    "TransposedConvolution": (
        lambda: TransposedConvolution.init(4, 3, 4, stride=2, pad=1, rng=0),
        IMAGES,
    ),
}
HALVES = np.array([[0.5, 0.5, 0], [1, 0, 0], [0, 0.25, 0.75], [0, 0, 1]])
LOSSES = {
    "HuberWithLoss": (HuberWithLoss(0.5), numbers(4, 3)),
    "IdentityWithLoss": (IdentityWithLoss(), numbers(4, 3)),
    "SigmoidWithLoss": (SigmoidWithLoss(), np.array([[0, 1, 1]] * 4)),
    "SoftmaxWithLoss": (SoftmaxWithLoss(), np.array([2, 0, 1, 1])),
    "SoftmaxWithLoss, probabilities": (SoftmaxWithLoss(), HALVES),
    "SoftmaxWithLoss, weights": (SoftmaxWithLoss([1, 2, 5]), np.array([2, 0, 1, 1])),
    "SoftmaxWithLoss, weighted probabilities": (SoftmaxWithLoss([1, 2, 5]), HALVES),
    "SoftmaxWithLoss, ignore": (SoftmaxWithLoss(ignore=-1), np.array([2, -1, 1, -1])),
}


def unpooled(pooling):
    return Sequential(pooling, MaxUnpooling(pooling))


def classes_of(kind):
    """The names of the library's layers, or losses."""
    public = (getattr(dlscratch, name) for name in dlscratch.layers.__all__)
    return {c.__name__ for c in public if isinstance(c, type) and issubclass(c, kind)} - {
        kind.__name__
    }


def test_no_layer_and_no_loss_is_left_out():
    assert {name.split(",")[0] for name in LAYERS} == classes_of(dlscratch.layers.Layer)
    assert {name.split(",")[0] for name in LOSSES} == classes_of(dlscratch.layers.Loss)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_gives_the_same_numbers_on_both_devices(name, training):
    make, x = LAYERS[name]
    here, there = make(), make()
    for layer in there.walk():
        move(layer, "gpu")
    y, y_there = here.forward(x, training), there.forward(on_gpu(x), training)
    assert_same(y_there, y)
    dout = numbers(*y.shape)
    assert_same(there.backward(on_gpu(dout)), here.backward(dout))
    for one, other in zip(here.walk(), there.walk()):
        for attribute in [*("d" + name for name in one.param_names), *one.buffer_names]:
            assert_same(getattr(other, attribute), getattr(one, attribute))


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_gives_the_same_numbers_on_both_devices(name):
    here, t = LOSSES[name]
    there = copy.deepcopy(here)
    move(there, "gpu")
    x = numbers(4, 3)
    for targets in (t, on_gpu(t)):  # those in memory are copied
        assert there.forward(on_gpu(x), targets) == pytest.approx(here.forward(x, t), rel=1e-5)
        assert_same(there.backward(0.5), here.backward(0.5))
        if here.has_accuracy:
            assert there.accuracy(on_gpu(x), targets) == here.accuracy(x, t)


def test_a_loss_for_pixels_gives_the_same_numbers():
    t = np.random.default_rng(0).integers(4, size=(3, 7, 6))
    here, there = SoftmaxWithLoss(axis=1), SoftmaxWithLoss(axis=1)
    assert there.forward(on_gpu(IMAGES), t) == pytest.approx(here.forward(IMAGES, t), rel=1e-5)
    assert_same(there.backward(), here.backward())


@pytest.mark.parametrize("optimizer", [SGD, Momentum, Nesterov, AdaGrad, RMSprop, Adam])
def test_an_optimizer_takes_the_same_steps(optimizer):
    here = MultiLayerNet(6, [5], 3, rng=0)
    there = here.to("gpu")
    x, t = numbers(8, 6), np.arange(8) % 3
    for net in (here, there):
        rule = optimizer(0.1)
        for clip_norm in (None, 0.1, None):
            rule.update(net.params, net.gradient(x, t), clip_norm)
        rule.steps = 99  # at step 100 denormal numbers are flushed
        rule.update(net.params, net.gradient(x, t))
    assert_same(there.params.flat, here.params.flat)


def test_an_optimizer_takes_a_plain_dictionary_of_arrays():
    params = {"W1": on_gpu(np.array([1.0, 2.0]))}
    SGD(0.1).update(params, {"W1": on_gpu(np.array([10.0, -10.0]))})
    assert params["W1"].get().tolist() == [0, 3]


# ---- whole networks


def small_deep():
    net = DeepConvNet(hidden_size=8, rng=0)
    net.params["b8"] = np.arange(10)  # so that no two scores are equal
    return net


NETWORKS = {
    "SimpleConvNet": lambda: SimpleConvNet(rng=0),
    "DeepConvNet": small_deep,
    "BatchNorm, Dropout and weight decay": lambda: MultiLayerNet(
        784, [20, 20], 10, weight_decay_lambda=0.01, use_dropout=True, use_batchnorm=True, rng=0
    ),
}


def data(flat=False):
    rng = np.random.default_rng(1)
    x = rng.random((12, 784) if flat else (12, 1, 28, 28), dtype=np.float32)
    return x, rng.integers(10, size=12)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_trained_as_on_the_cpu_with_data_in_memory(name):
    here = NETWORKS[name]()
    there = here.to("gpu")
    x, t = data(flat=name not in ("SimpleConvNet", "DeepConvNet"))
    histories = [
        Trainer(net, Adam(0.001), rng=3, batch_size=6, clip_norm=10).fit((x, t), (x, t), epochs=1)
        for net in (here, there)
    ]
    assert histories[1].loss == pytest.approx(histories[0].loss, rel=1e-4)
    assert histories[1].test_accuracy == histories[0].test_accuracy
    np.testing.assert_allclose(there.params.flat.get(), here.params.flat, rtol=1e-3, atol=1e-4)
    assert_same(there.predict(x), there.to("cpu").predict(x))
    assert there.loss(x, t) == pytest.approx(there.to("cpu").loss(x, t), rel=1e-5)


def test_to_returns_a_copy_that_shares_nothing():
    net = small_deep()
    there = net.to("gpu")
    before = net.params.flat.copy()
    there.params.flat[...] = 0
    np.testing.assert_array_equal(net.params.flat, before)
    back = there.to("cpu")
    back.params.flat[...] = 1
    assert float(there.params.flat.sum()) == 0
    assert isinstance(back.params.flat, np.ndarray) and type(back) is DeepConvNet
    assert back.to("cpu").params is not back.params


def test_a_copy_of_a_network_on_the_gpu_is_there_too():
    there = MultiLayerNet(6, [5], 3, rng=0).to("gpu")
    for twin in (copy.deepcopy(there), there.astype(np.float64), there.to("gpu"), there.replica()):
        assert type(twin.params.flat) is type(there.params.flat)
        assert type(twin.gradient(numbers(4, 6), [0, 1, 2, 0]).flat) is type(there.params.flat)


def test_the_state_of_a_recurrent_layer_moves_with_it():
    net = Network([LSTM.init(6, 5, rng=0), Flatten()])
    net.forward(numbers(4, 3, 6))
    (layer, _) = net.to("gpu").layers
    assert_same(layer.state[0], net.layers[0].state[0])
    with pytest.raises(RuntimeError, match="forward"):
        layer.backward(on_gpu(numbers(4, 3, 5)))  # what the last forward pass kept does not


def test_weights_are_saved_from_the_gpu_and_read_anywhere(tmp_path):
    net = MultiLayerNet(6, [5], 3, use_batchnorm=True, rng=0).to("gpu")
    net.forward(numbers(8, 6), training=True)
    net.save(tmp_path / "weights.npz")
    here = MultiLayerNet(6, [5], 3, use_batchnorm=True, rng=1)
    there = here.to("gpu")
    for other in (here, there):
        other.load(tmp_path / "weights.npz")
    assert_same(net.params.flat, here.params.flat)
    assert_same(there.params.flat, here.params.flat)
    assert_same(there.buffers["running_mean1"], here.buffers["running_mean1"])


def test_the_book_s_pickles_are_written_from_the_gpu_and_read_there(tmp_path):
    net = SimpleConvNet(rng=0)
    net.to("gpu").save_params(tmp_path / "params.pkl")
    there = SimpleConvNet(rng=1).to("gpu")
    there.load_params(tmp_path / "params.pkl")
    assert_same(there.params.flat, net.params.flat)


def test_a_training_on_the_gpu_stops_and_goes_on(tmp_path):
    x, t = data(flat=True)

    def train(epochs, **more):
        net = MultiLayerNet(784, [20], 10, use_dropout=True, rng=0).to("gpu")
        Trainer(net, Adam(), rng=3, batch_size=5).fit((x, t), epochs=epochs, **more)
        return net.params.flat.get()

    file = tmp_path / "checkpoint.npz"
    train(1, checkpoint=file)
    np.testing.assert_array_equal(train(2, checkpoint=file, resume=True), train(2))


def test_one_worker_feeds_a_gpu():
    assert suitable_workers(SimpleConvNet(rng=0).to("gpu")) == 1


# ---- what is refused


def test_a_network_in_memory_refuses_a_batch_of_the_gpu():
    net = MultiLayerNet(6, [5], 3, rng=0)
    with pytest.raises(TypeError, match="get()"):
        net.predict(on_gpu(numbers(4, 6)))
    with pytest.raises(TypeError, match="get()"):
        net.loss(numbers(4, 6), on_gpu(np.zeros(4, int)))


def test_wrong_labels_are_refused_on_the_gpu_too():
    net = MultiLayerNet(6, [5], 3, rng=0).to("gpu")
    with pytest.raises(ValueError, match=r"classes 0 .. 2 .* got 0 .. 3"):
        net.loss(numbers(4, 6), np.arange(4))
    with pytest.raises(ValueError, match=r"words 0 .. 4, got 0 .. 5"):
        Network([Embedding.init(5, 2), Flatten()]).to("gpu").forward(np.array([[0, 5]]))


def test_another_device_is_refused():
    with pytest.raises(ValueError, match='device must be "cpu" or "gpu", got \'tpu\''):
        MultiLayerNet(6, [5], 3).to("tpu")


def test_without_cupy_the_way_to_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.raises(ImportError, match=r'pip install "dlscratch\[gpu\]"'):
        MultiLayerNet(6, [5], 3).to("gpu")


def test_without_a_gpu_that_is_said(gpu, monkeypatch):
    monkeypatch.setattr(gpu.cuda, "is_available", lambda: False)
    with pytest.raises(RuntimeError, match="no GPU"):
        MultiLayerNet(6, [5], 3).to("gpu")


# ---- the stand-in itself: each of these CuPy refuses, too

REFUSED = {
    "np.asarray": lambda x, h: np.asarray(x),
    "a contiguous copy in memory": lambda x, h: np.ascontiguousarray(x),
    "as_strided": lambda x, h: np.lib.stride_tricks.as_strided(x, (2, 2), (4, 4)),
    "a sum with an array in memory": lambda x, h: x + h,
    "the other way round": lambda x, h: h * x,
    "with an array of one number": lambda x, h: x + np.ones((), np.float32),
    "in place": lambda x, h: x.__imul__(h),
    "out= in memory": lambda x, h: np.exp(x, out=h),
    "out= of a result in memory": lambda x, h: np.exp(h, out=x),
    "arrays of both kinds joined": lambda x, h: np.concatenate([x, h]),
    "order=": lambda x, h: np.exp(x, order="C"),
    "a buffer": lambda x, h: type(x)((2,), np.float32, h.data),
    "an array as an index": lambda x, h: range(x.sum()),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cupy_refuses_the_stand_in_refuses(name):
    h = np.ones((2, 3), np.float32)
    with pytest.raises(TypeError):
        REFUSED[name](on_gpu(h), h)


def test_an_assignment_from_memory_is_refused():
    x = on_gpu(np.ones((2, 3)))
    with pytest.raises(ValueError, match="numpy.ndarray"):
        x[...] = np.ones((2, 3))


def test_a_result_lies_in_c_order_and_a_view_shares_memory():
    x = on_gpu(numbers(2, 3, 4, 5)).transpose(0, 3, 1, 2)
    assert (x + 1).strides == (3 * 4 * 5 * 4, 3 * 4 * 4, 4 * 4, 4)
    first = x[0, 0, 0, 0]
    assert first.shape == ()
    x += 1
    assert float(first) == float(x[0, 0, 0, 0])


@pytest.mark.skipif(cupy is None, reason="CuPy is not installed")
def test_the_parameters_of_its_functions_are_those_of_cupy():
    for name, parameters in stand_in.FUNCTIONS.items():
        function = getattr(cupy, name)
        if parameters != "*" and name not in ("pad", "size"):  # **kwargs, and a compiled one
            names = parameters.split()
            assert list(inspect.signature(function).parameters)[: len(names)] == names
