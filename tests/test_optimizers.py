"""The optimizers, each against its formula written out from the start of the walk."""

import copy
import pickle

import numpy as np
import pytest

from dlscratch import (
    SGD,
    AdaGrad,
    Adam,
    Momentum,
    MultiLayerNet,
    Nesterov,
    Optimizer,
    Parameters,
    RMSprop,
    StepDecay,
)

RNG = np.random.default_rng(0)
START = RNG.standard_normal((4, 3))
GRADIENTS = RNG.standard_normal((6, 4, 3))
EPS = 1e-7  # what the book adds to the root

# One of each, with no argument at its default.
OPTIMIZERS = [
    SGD(0.1),
    Momentum(0.1, 0.8),
    Nesterov(0.1, 0.8),
    AdaGrad(0.1),
    RMSprop(0.1, 0.7),
    Adam(0.1, 0.8, 0.95),
]
every_optimizer = pytest.mark.parametrize(
    "optimizer", OPTIMIZERS, ids=lambda optimizer: type(optimizer).__name__
)


@pytest.fixture
def fresh(optimizer):
    return copy.deepcopy(optimizer)


def walk(optimizer):
    """Where each step leads, from START along GRADIENTS."""
    params, places = {"W1": START.copy()}, []
    for g in GRADIENTS:
        optimizer.update(params, {"W1": g})
        places.append(params["W1"].copy())
    return places


def moving_average(numbers, decay):
    """(1 - decay) * sum of decay^age * number, not started from 0 but written out."""
    ages = len(numbers) - 1 - np.arange(len(numbers))
    return (1 - decay) * sum(decay**age * number for age, number in zip(ages, numbers, strict=True))


def test_sgd():
    for k, place in enumerate(walk(SGD(0.1)), 1):
        np.testing.assert_allclose(place, START - 0.1 * GRADIENTS[:k].sum(axis=0), rtol=1e-12)


def test_momentum():
    """v_k = -lr sum_i momentum^(k-i) g_i, and w is the sum of all v."""
    expected = START.copy()
    for k, place in enumerate(walk(Momentum(0.1, 0.8)), 1):
        expected += -0.1 * sum(0.8 ** (k - 1 - i) * GRADIENTS[i] for i in range(k))
        np.testing.assert_allclose(place, expected, rtol=1e-12)


def test_nesterov_measures_the_slope_where_the_ball_is_about_to_be():
    """Nesterov's own form on a bowl: v <- a v - lr slope(p + a v), p <- p + v.

    The network holds the place looked ahead to, p + a v, so that is where the walk must be."""
    a, lr, steepness = 0.8, 0.05, np.array([1.0, 4.0, 10.0])
    p, v = np.array([3.0, -2.0, 1.0]), np.zeros(3)
    params, optimizer = {"x": p.copy()}, Nesterov(lr, a)
    for _ in range(30):
        optimizer.update(params, {"x": steepness * params["x"]})
        v = a * v - lr * steepness * (p + a * v)
        p = p + v
        np.testing.assert_allclose(params["x"], p + a * v, rtol=1e-9, atol=1e-12)


def test_adagrad():
    expected = START.copy()
    for k, place in enumerate(walk(AdaGrad(0.1)), 1):
        h = sum(g**2 for g in GRADIENTS[:k])
        expected -= 0.1 * GRADIENTS[k - 1] / (np.sqrt(h) + EPS)
        np.testing.assert_allclose(place, expected, rtol=1e-12)


def test_rmsprop():
    expected = START.copy()
    for k, place in enumerate(walk(RMSprop(0.1, 0.7)), 1):
        h = moving_average(GRADIENTS[:k] ** 2, 0.7)
        expected -= 0.1 * GRADIENTS[k - 1] / (np.sqrt(h) + EPS)
        np.testing.assert_allclose(place, expected, rtol=1e-12)


def test_adam():
    """Algorithm 1 of Kingma and Ba with the corrected averages; their epsilon is tiny here."""
    expected = START.copy()
    for k, place in enumerate(walk(Adam(0.1, 0.8, 0.95)), 1):
        m = moving_average(GRADIENTS[:k], 0.8) / (1 - 0.8**k)
        v = moving_average(GRADIENTS[:k] ** 2, 0.95) / (1 - 0.95**k)
        expected -= 0.1 * m / (np.sqrt(v) + EPS / np.sqrt(1 - 0.95**k))
        np.testing.assert_allclose(place, expected, rtol=1e-11)


def test_the_first_step_of_adam_is_as_long_as_the_learning_rate():
    params = {"x": np.zeros(3)}
    Adam(0.01).update(params, {"x": np.array([1e-3, -5.0, 2e4])})
    np.testing.assert_allclose(params["x"], [-0.01, 0.01, -0.01], rtol=0.01)


@pytest.mark.parametrize(
    "made, expected",
    [
        (SGD(), "SGD(lr=0.01)"),
        (Momentum(), "Momentum(lr=0.01, momentum=0.9)"),
        (Nesterov(), "Nesterov(lr=0.01, momentum=0.9)"),
        (AdaGrad(), "AdaGrad(lr=0.01)"),
        (RMSprop(), "RMSprop(lr=0.01, decay_rate=0.99)"),
        (Adam(), "Adam(lr=0.001, beta1=0.9, beta2=0.999)"),
    ],
)
def test_the_defaults_are_those_of_the_book_and_the_repr_shows_them(made, expected):
    assert repr(made) == expected
    params = {"W": np.ones(2)}
    made.update(params, {"W": np.ones(2)})
    assert repr(made) == expected  # and not what it remembers


def test_all_optimizers_are_here():
    def below(kind):
        return {kind}.union(*(below(sub) for sub in kind.__subclasses__()))

    ours = {kind for kind in below(Optimizer) if kind.__module__ == "dlscratch.optimizers"}
    assert {type(optimizer) for optimizer in OPTIMIZERS} == ours - {Optimizer}


@every_optimizer
def test_it_finds_the_bottom_of_a_bowl(fresh):
    params = {"x": np.array([1.0, -0.5])}
    for _ in range(400):
        fresh.update(params, {"x": np.array([1.0, 2.0]) * params["x"]})
    assert np.abs(params["x"]).max() < 0.1


@every_optimizer
def test_arrays_are_changed_in_place_and_gradients_are_left_alone(fresh):
    W, g = START.copy(), GRADIENTS[0].copy()
    g.flags.writeable = False
    params = {"W1": W}
    for _ in range(3):
        fresh.update(params, {"W1": g})
    assert params["W1"] is W and np.any(W != START)


@every_optimizer
def test_views_are_changed_in_place_too(fresh):
    whole = np.zeros((6, 4))
    fresh.update({"W1": whole.T[:, ::2]}, {"W1": np.ones((4, 3))})
    assert np.all(whole[::2] != 0) and np.all(whole[1::2] == 0)


@every_optimizer
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("number", [float, np.float64], ids=["plain", "float64"])
def test_the_dtype_is_kept_in_parameters_and_in_memory(fresh, dtype, number):
    for name, value in vars(fresh).items():
        if isinstance(value, float):
            setattr(fresh, name, number(value))
    params = {"W1": START.astype(dtype)}
    exact, reference = {"W1": START.astype(dtype).astype(float)}, copy.deepcopy(fresh)
    for g in GRADIENTS:
        fresh.update(params, {"W1": g.astype(dtype)})
        reference.update(exact, {"W1": g.astype(dtype).astype(float)})
    assert params["W1"].dtype == dtype
    assert {array.dtype for array in fresh.state["W1"]} <= {np.dtype(dtype)}
    np.testing.assert_allclose(params["W1"], exact["W1"], atol=40 * np.finfo(dtype).eps)


@every_optimizer
@pytest.mark.parametrize("n", [1, 16_384, 100_003])
def test_long_arrays_are_worked_off_in_blocks_without_a_seam(fresh, n):
    g = np.random.default_rng(0).standard_normal(n)
    flat, square = {"x": np.ones(n)}, {"x": np.ones((1, n))}
    other = copy.deepcopy(fresh)
    for _ in range(3):
        fresh.update(flat, {"x": g})
        other.update(square, {"x": g[None]})
    np.testing.assert_array_equal(flat["x"], square["x"][0])


@pytest.mark.parametrize("optimizer", OPTIMIZERS[1:], ids=lambda made: type(made).__name__)
def test_a_memory_that_fades_never_gets_so_small_that_processors_become_slow(fresh):
    """Numbers below 1e-38, which float32 holds at the price of many cycles each."""
    params = {"x": np.ones(3, np.float32)}
    fresh.update(params, {"x": np.ones(3, np.float32)})
    for _ in range(999):
        fresh.update(params, {"x": np.zeros(3, np.float32)})
        memory = np.abs(fresh.state["x"])
        if fresh.steps % 100 == 0:
            assert np.all((memory == 0) | (memory > 1e-36))


@every_optimizer
def test_a_network_and_a_dictionary_are_moved_alike(fresh):
    net = MultiLayerNet(5, [4], 3, rng=np.random.default_rng(0))
    x, t = RNG.standard_normal((6, 5)), RNG.integers(0, 3, 6)
    arrays, other = {name: array.copy() for name, array in net.params.items()}, copy.deepcopy(fresh)
    for _ in range(3):
        grads = net.gradient(x, t)
        fresh.update(net.params, grads)
        other.update(arrays, dict(grads))
    for name in arrays:
        np.testing.assert_array_equal(arrays[name], net.params[name])


@every_optimizer
def test_the_order_of_names_does_not_matter(fresh):
    params = Parameters.copy_of({"W": np.ones((2, 2)), "b": np.ones(2)})
    turned = Parameters.copy_of({"b": np.zeros(2), "W": np.full((2, 2), 5.0)})
    fresh.update(params, turned)
    assert np.all(params["b"] == 1) and np.all(params["W"] < 1)
    fresh.update(params, {"b": np.zeros(2), "W": np.full((2, 2), 5.0), "unused": np.ones(9)})
    assert np.all(params["W"] < 1)


@every_optimizer
def test_plain_numbers_are_replaced(fresh):
    """As in section 6.1.7, where x and y are numbers in a dictionary."""
    params, arrays = {"x": -7.0, "y": 2.0}, {"x": np.array([-7.0]), "y": np.array([2.0])}
    other = copy.deepcopy(fresh)
    for _ in range(3):
        fresh.update(params, {"x": params["x"] / 10, "y": 2 * params["y"]})
        other.update(arrays, {"x": arrays["x"] / 10, "y": 2 * arrays["y"]})
    assert params["x"] == arrays["x"][0] and params["y"] == arrays["y"][0]
    assert isinstance(params["x"], float)


@every_optimizer
@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda optimizer: pickle.loads(pickle.dumps(optimizer))]
)
def test_a_copy_goes_on_from_the_same_place_to_the_bit(fresh, duplicate):
    params = {"W1": START.copy()}
    fresh.update(params, {"W1": GRADIENTS[0]})
    other, others = duplicate(fresh), copy.deepcopy(params)
    fresh.update(params, {"W1": GRADIENTS[1]})
    other.update(others, {"W1": GRADIENTS[1]})
    np.testing.assert_array_equal(params["W1"], others["W1"])


@every_optimizer
@pytest.mark.parametrize(
    "params, grads, message",
    [
        ({"W1": [1.0], "b1": [2.0]}, {"W1": [1.0]}, r"no gradient for 'b1'.*\['W1', 'b1'\]"),
        ({"W1": [1.0]}, {"W1": [1.0, 2.0]}, r"'W1' has shape \(1,\), its gradient \(2,\)"),
        ({"W1": [1.0]}, {"W1": [[1.0]]}, r"'W1' has shape \(1,\), its gradient \(1, 1\)"),
        ({"W1": [1, 2]}, {"W1": [0.5, 0.5]}, "'W1' holds integers: expected floats"),
    ],
)
def test_gradients_that_do_not_fit_are_refused_and_nothing_moves(fresh, params, grads, message):
    params = {name: np.array(value) for name, value in params.items()}
    before = copy.deepcopy(params)
    with pytest.raises(ValueError, match=message):
        fresh.update(params, {name: np.array(value) for name, value in grads.items()})
    assert fresh.steps == 0 and fresh.state == {}
    for name in params:
        np.testing.assert_array_equal(params[name], before[name])


def test_whole_numbers_are_refused_even_as_plain_numbers():
    with pytest.raises(ValueError, match="'x' holds integers"):
        SGD().update({"x": -7}, {"x": -0.7})


# ---- the learning rate


@pytest.mark.parametrize("rule", [type(optimizer) for optimizer in OPTIMIZERS])
@pytest.mark.parametrize("lr", [0, -1, float("nan"), float("inf"), "0.01", None, [0.1]])
def test_a_learning_rate_that_is_no_number_above_zero_is_refused(rule, lr):
    with pytest.raises(ValueError, match="^lr, unless it is a schedule, must be a number above 0"):
        rule(lr)


def test_a_schedule_without_its_arguments_is_refused():
    with pytest.raises(TypeError, match=r"got a class: write StepDecay\(\.\.\)"):
        Adam(StepDecay)


@every_optimizer
def test_a_schedule_of_one_rate_gives_the_bits_of_the_number(fresh):
    other = copy.deepcopy(fresh)
    other.lr = StepDecay(fresh.lr, 1, every=1)
    for ours, theirs in zip(walk(fresh), walk(other)):
        np.testing.assert_array_equal(ours, theirs)


@every_optimizer
def test_each_step_is_taken_with_the_rate_of_its_schedule(fresh):
    """Beside an optimizer whose rate is typed in before each step."""
    schedule, typed = StepDecay(0.1, 0.5, every=2), copy.deepcopy(fresh)
    fresh.lr = schedule
    params, other = {"W1": START.copy()}, {"W1": START.copy()}
    for step, g in enumerate(GRADIENTS, 1):
        typed.lr = schedule(step)
        fresh.update(params, {"W1": g})
        typed.update(other, {"W1": g})
        np.testing.assert_array_equal(params["W1"], other["W1"])


def test_a_number_may_be_replaced_at_any_time():
    params, optimizer = {"x": np.zeros(1)}, SGD(0.5)
    optimizer.update(params, {"x": np.ones(1)})
    optimizer.lr *= 0.5
    optimizer.update(params, {"x": np.ones(1)})
    assert params["x"] == -0.75 and optimizer.rate == 0.25


# ---- clipping


def gradients():
    """Of norm 13: 3, 4 and 12."""
    return {"W": np.array([[3.0, 0.0], [0.0, -4.0]]), "b": np.array([12.0])}


@pytest.mark.parametrize("as_parameters", [False, True])
@pytest.mark.parametrize("clip_norm, factor", [(13.0, 1), (26, 1), (6.5, 0.5), (1.3, 0.1)])
def test_gradients_are_scaled_down_to_the_norm_over_all_of_them(clip_norm, factor, as_parameters):
    grads = gradients()
    params = {name: np.zeros_like(g) for name, g in grads.items()}
    if as_parameters:
        params, grads = Parameters.copy_of(params), Parameters.copy_of(grads)
    SGD(1.0).update(params, grads, clip_norm=clip_norm)
    for name, g in gradients().items():
        np.testing.assert_allclose(params[name], -factor * g, rtol=1e-12)


@every_optimizer
def test_clipping_is_the_step_of_the_gradients_that_were_scaled_by_hand(fresh):
    clipped, scaled, other = {"W1": START.copy()}, {"W1": START.copy()}, copy.deepcopy(fresh)
    for g in GRADIENTS:
        fresh.update(clipped, {"W1": g}, clip_norm=2.0)
        other.update(scaled, {"W1": g * min(1, 2.0 / np.linalg.norm(g))})
    np.testing.assert_allclose(clipped["W1"], scaled["W1"], rtol=1e-9)


@every_optimizer
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_clipping_writes_to_no_gradient_and_keeps_the_dtype(fresh, dtype):
    params = Parameters.copy_of({"W": np.ones(3, dtype)})
    grads = Parameters.copy_of({"W": np.full(3, 200, dtype)})  # squares beyond float16
    grads.flat.flags.writeable = False
    fresh.update(params, grads, clip_norm=np.float64(0.5))
    assert params.flat.dtype == dtype and np.all(np.isfinite(params.flat))
    assert {array.dtype for array in fresh.state["flat"]} <= {np.dtype(dtype)}
    assert np.all(grads.flat == 200)


@every_optimizer
def test_short_gradients_are_not_touched_to_the_bit(fresh):
    params, other = {"W1": START.copy()}, {"W1": START.copy()}
    unclipped = copy.deepcopy(fresh)
    for g in GRADIENTS:
        fresh.update(params, {"W1": g}, clip_norm=1e6)
        unclipped.update(other, {"W1": g})
    np.testing.assert_array_equal(params["W1"], other["W1"])


def test_plain_numbers_are_clipped_too():
    params = {"x": 0.0, "y": 0.0}
    SGD(1.0).update(params, {"x": 3.0, "y": -4.0}, clip_norm=1)
    assert params == pytest.approx({"x": -0.6, "y": 0.8})


@pytest.mark.parametrize("clip_norm", [0, -1, float("nan"), "1"])
def test_a_norm_that_is_no_number_above_zero_is_refused_and_nothing_moves(clip_norm):
    params, optimizer = {"x": np.zeros(1)}, SGD()
    with pytest.raises(ValueError, match="clip_norm must be a number above 0"):
        optimizer.update(params, {"x": np.ones(1)}, clip_norm)
    assert optimizer.steps == 0 and params["x"] == 0


@pytest.mark.parametrize("optimizer", OPTIMIZERS[1:], ids=lambda made: type(made).__name__)
def test_an_optimizer_that_remembers_another_network_is_refused(fresh):
    first, second = MultiLayerNet(5, [4], 3), MultiLayerNet(5, [6], 3)
    x, t = np.ones((2, 5)), np.array([0, 1])
    fresh.update(first.params, first.gradient(x, t))
    with pytest.raises(ValueError, match="other shapes before: make a new one for each network"):
        fresh.update(second.params, second.gradient(x, t))
