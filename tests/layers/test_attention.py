"""AttentionLSTM: the formulas place by place, where it looks, single steps, what it refuses."""

import math
import re

import numpy as np
import pytest

from dlscratch import LSTM, AttentionLSTM, check_gradients

N, T, D, H, P, E = 4, 5, 3, 2, 6, 4


def numbers(*shape, seed=0):
    """Random numbers that nobody can write to."""
    array = np.random.default_rng(seed).standard_normal(shape)
    array.flags.writeable = False
    return array


def layer_of(cls=AttentionLSTM):
    """A layer in float64, its bias not 0."""
    shapes = (H, E), (D, 4 * H), (E, 4 * H), (H, 4 * H), (4 * H,)
    return cls(*[numbers(*shape, seed=seed) for seed, shape in enumerate(shapes, 10)])


X, MEMORY = numbers(N, T, D, seed=1), numbers(N, P, E, seed=2)
STATE = numbers(N, H, seed=3), numbers(N, H, seed=4)


def unit_by_unit(layer, x, M, h, c):
    """All h and looks of one sequence x (T, D) in plain Python, from h and c (H,)."""

    def logistic(a):
        return 1 / (1 + math.exp(-a))

    hs, looks = [], []
    for x_t in x:
        q = [sum(h[j] * layer.Wq[j, e] for j in range(H)) for e in range(E)]
        likes = [math.exp(sum(M[p, e] * q[e] for e in range(E))) for p in range(P)]
        w = [like / sum(likes) for like in likes]
        z = [sum(w[p] * M[p, e] for p in range(P)) for e in range(E)]
        a = [
            layer.b[k]
            + sum(x_t[d] * layer.Wx[d, k] for d in range(D))
            + sum(z[e] * layer.Wz[e, k] for e in range(E))
            + sum(h[j] * layer.Wh[j, k] for j in range(H))
            for k in range(4 * H)
        ]
        i, f, o = ([logistic(a[gate * H + j]) for j in range(H)] for gate in (0, 1, 3))
        c = [f[j] * c[j] + i[j] * math.tanh(a[2 * H + j]) for j in range(H)]
        h = [o[j] * math.tanh(c[j]) for j in range(H)]
        hs.append(h)
        looks.append(w)
    return hs, looks


def test_it_does_what_its_formulas_say_place_by_place():
    layer = layer_of()
    y = layer.forward(X, state=STATE, memory=MEMORY)
    expected = [unit_by_unit(layer, *example) for example in zip(X, MEMORY, *STATE)]
    np.testing.assert_allclose(y, [hs for hs, _ in expected], rtol=1e-12)
    np.testing.assert_allclose(layer.attention, [looks for _, looks in expected], rtol=1e-12)
    from_zero = [unit_by_unit(layer, x, M, [0] * H, [0] * H)[0] for x, M in zip(X, MEMORY)]
    np.testing.assert_allclose(layer.forward(X, memory=MEMORY), from_zero, rtol=1e-12)


def test_a_look_as_worked_by_hand():
    """One unit, h = 1, Wq = ln 3; places 0 and 1: the softmax of 0 and ln 3 is 1/4, 3/4, so z is
    3/4. Wz = 4/3 on the cell alone, all gates half open, c = 0: c_1 = tanh(1) / 2."""
    Wz = np.array([[0.0, 0.0, 4 / 3, 0.0]])
    layer = AttentionLSTM(
        np.array([[math.log(3)]]), np.zeros((1, 4)), Wz, np.zeros((1, 4)), np.zeros(4)
    )
    memory = np.array([[[0.0], [1.0]]])
    _, c = layer.step(np.zeros((1, 1)), (np.ones((1, 1)), np.zeros((1, 1))), memory)
    np.testing.assert_allclose(layer.attention, [[0.25, 0.75]])
    np.testing.assert_allclose(c, [[math.tanh(1) / 2]])


def test_without_a_question_it_sees_the_mean_of_all_places():
    layer = layer_of()
    layer.forward(X, memory=MEMORY)
    np.testing.assert_allclose(layer.attention[:, 0], 1 / P)
    assert np.abs(layer.attention[:, 1] - 1 / P).max() > 0.01
    np.testing.assert_allclose(layer.attention.sum(axis=2), 1)


def test_a_place_that_fits_the_question_much_better_is_all_it_sees():
    layer = layer_of()
    question = STATE[0] @ layer.Wq
    memory = MEMORY.copy()
    memory[:, 2] = 1000 * question
    layer.step(X[:, 0], STATE, memory)
    assert (layer.attention.argmax(axis=1) == 2).all() and layer.attention[:, 2].min() > 0.999


def test_the_order_of_the_places_does_not_matter():
    layer, order = layer_of(), np.random.default_rng(0).permutation(P)
    y = layer.forward(X, memory=MEMORY)
    looks = layer.attention
    np.testing.assert_allclose(layer.forward(X, memory=MEMORY[:, order]), y, rtol=1e-12)
    np.testing.assert_allclose(layer.attention, looks[:, :, order], rtol=1e-12)


def test_blind_to_its_memory_it_is_an_lstm():
    layer = layer_of()
    layer.Wz = np.zeros((E, 4 * H))
    plain = LSTM(layer.Wx, layer.Wh, layer.b)
    y, expected = layer.forward(X, memory=MEMORY), plain.forward(X)
    np.testing.assert_allclose(y, expected, rtol=1e-13)
    dout = numbers(N, T, H, seed=5)
    np.testing.assert_allclose(layer.backward(dout), plain.backward(dout), rtol=1e-12)
    assert not layer.dmemory.any() and not layer.dWq.any() and layer.dWz.any()


class Whole(AttentionLSTM):
    """With its memory and first state as parameters, and the last state as a part of the output."""

    param_names = (*AttentionLSTM.param_names, "memory", "h", "c")

    def forward(self, x, training=False):
        y = super().forward(x, training, (self.h, self.c), self.memory)
        return np.concatenate([y, np.stack(self.state, axis=1)], axis=1)  # (N, T + 2, H)

    def backward(self, dout):
        dx = super().backward(dout[:, :-2], dstate=(dout[:, -2], dout[:, -1]))
        self.dh, self.dc = self.dstate
        return dx


@pytest.mark.parametrize("steps", [1, 2, T])
def test_gradients_reach_the_memory_and_the_first_state(steps):
    layer = layer_of(Whole)
    layer.memory, (layer.h, layer.c) = MEMORY.copy(), (array.copy() for array in STATE)
    for name in layer.param_names:  # the checker moves each number
        setattr(layer, name, getattr(layer, name).copy())
    verdict = check_gradients(layer, X[:, :steps].copy(), tolerance=1e-7)
    assert verdict, verdict


def test_step_by_step_it_arrives_where_forward_does():
    layer = layer_of()
    y = layer.forward(X, state=STATE, memory=MEMORY)
    looks, state = layer.attention, STATE
    for t in range(T):
        state = layer.step(X[:, t], state, MEMORY)
        np.testing.assert_allclose(state[0], y[:, t], rtol=1e-13)
        np.testing.assert_allclose(layer.attention, looks[:, t], rtol=1e-13)
    np.testing.assert_allclose(state, layer.state, rtol=1e-13)


def test_step_keeps_nothing_that_backward_would_use():
    layer, dout = layer_of(), np.ones((N, T, H))
    layer.forward(X, memory=MEMORY)
    expected = layer.backward(dout)
    layer.step(X[:, 0], STATE, 2 * MEMORY)
    np.testing.assert_array_equal(layer.backward(dout), expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_what_it_leaves_keeps_the_dtype(dtype):
    layer = AttentionLSTM.init(D, H, E, rng=0, dtype=dtype)
    layer.forward(X.astype(dtype), memory=MEMORY.astype(dtype))
    layer.backward(np.ones((N, T, H), dtype))
    for array in (layer.attention, layer.dmemory, *layer.state, *layer.dstate):
        assert array.dtype == dtype


def test_the_weights_are_drawn_by_xaviers_rule_with_the_forget_gates_open():
    layer, twin = AttentionLSTM.init(400, 100, 300, rng=3), AttentionLSTM.init(400, 100, 300, rng=3)
    assert all(np.array_equal(getattr(layer, n), getattr(twin, n)) for n in layer.param_names)
    for name, n in (("Wq", 100), ("Wx", 400), ("Wz", 300), ("Wh", 100)):
        assert np.isclose(getattr(layer, name).std(), n**-0.5, rtol=0.03)
    assert (layer.b[100:200] == 1).all() and layer.b.sum() == 100


def test_weight_decay_pulls_on_the_matrices_and_not_on_the_bias():
    assert AttentionLSTM.decayed_names == ("Wq", "Wx", "Wz", "Wh")


def test_its_products_are_counted():
    layer = layer_of()
    y = layer.forward(X, memory=MEMORY)
    lstm, look = 4 * H * (D + E + H), H * E + 2 * P * E
    assert layer.multiply_adds(X, y) == N * T * (lstm + look)


# ---- what it refuses


@pytest.mark.parametrize(
    "memory, found",
    [
        (None, "expects memory=, an array (4, places, 4), got none"),
        (numbers(N, P, E + 1), "expects a memory (4, places, 4), got an array of shape (4, 6, 5)"),
        (numbers(N - 1, P, E), "got an array of shape (3, 6, 4): one set of places per example"),
        (numbers(N, E, 2, 3), "got an array of shape (4, 4, 2, 3)"),
        (numbers(N, 0, E), "got an array of shape (4, 0, 4)"),
    ],
)
def test_a_memory_that_does_not_fit_is_refused(memory, found):
    layer = layer_of()
    with pytest.raises(ValueError, match=re.escape(found)):
        layer.forward(X, memory=memory)
    with pytest.raises(ValueError, match=re.escape(found)):
        layer.step(X[:, 0], memory=memory)


def test_weights_that_do_not_fit_are_refused():
    good = layer_of()
    with pytest.raises(ValueError, match=r"expects Wq \(H, E\) and Wz \(E, 4H\) with H = 2, got"):
        AttentionLSTM(good.Wq.T, good.Wx, good.Wz, good.Wh, good.b)
    with pytest.raises(ValueError, match=r"AttentionLSTM expects Wx \(D, 4H\)"):
        AttentionLSTM(good.Wq, good.Wx[:, 1:], good.Wz, good.Wh, good.b)
