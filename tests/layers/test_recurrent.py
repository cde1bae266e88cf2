"""RNN and LSTM: the formulas unit by unit, given states and their gradients, single steps."""

import math
import re

import numpy as np
import pytest

from dlscratch import LSTM, RNN, Affine, Embedding, Flatten, Network, check_gradients

N, T, D, H = 4, 5, 3, 2
both = pytest.mark.parametrize("kind", [RNN, LSTM])


def layer_of(kind, scale=1.0):
    """A layer from D to H numbers, in float64, its bias not 0."""
    rng = np.random.default_rng(0)
    G = kind.gates * H
    shapes = ((D, G), (H, G), (G,))
    return kind(*[scale * rng.standard_normal(shape) for shape in shapes])


def batch(*shape):
    return np.random.default_rng(1).standard_normal(shape or (N, T, D))


def state_of(kind):
    """A state that is not zero: h, or (h, c)."""
    h, c = np.random.default_rng(2).standard_normal((2, N, H))
    return h if kind is RNN else (h, c)


def sums(layer, x, h, k):
    """Unit k's sum a, in plain Python: x . Wx + h . Wh + b."""
    a = layer.b[k]
    for d in range(len(x)):
        a += x[d] * layer.Wx[d, k]
    for j in range(len(h)):
        a += h[j] * layer.Wh[j, k]
    return a


def rnn_unit_by_unit(layer, x, h):
    """The h of all steps of one sequence x (T, D), from h (H,)."""
    hs = []
    for x_t in x:
        h = [math.tanh(sums(layer, x_t, h, j)) for j in range(H)]
        hs.append(h)
    return hs


def lstm_unit_by_unit(layer, x, h, c):
    """The same for an LSTM, and its last c."""

    def logistic(a):
        return 1 / (1 + math.exp(-a))

    hs = []
    for x_t in x:
        new_h, new_c = [], []
        for j in range(H):
            a_i, a_f, a_g, a_o = (sums(layer, x_t, h, gate * H + j) for gate in range(4))
            new_c.append(logistic(a_f) * c[j] + logistic(a_i) * math.tanh(a_g))
            new_h.append(logistic(a_o) * math.tanh(new_c[j]))
        h, c = new_h, new_c
        hs.append(h)
    return hs, c


def test_an_rnn_does_what_its_formula_says_unit_by_unit():
    layer, x, h = layer_of(RNN), batch(), state_of(RNN)
    from_zero = [rnn_unit_by_unit(layer, row, [0] * H) for row in x]
    from_state = [rnn_unit_by_unit(layer, row, start) for row, start in zip(x, h)]
    np.testing.assert_allclose(layer.forward(x), from_zero, rtol=1e-13)
    np.testing.assert_allclose(layer.forward(x, state=h), from_state, rtol=1e-13)


def test_an_lstm_does_what_its_formulas_say_unit_by_unit():
    layer, x, (h, c) = layer_of(LSTM), batch(), state_of(LSTM)
    from_zero = [lstm_unit_by_unit(layer, row, [0] * H, [0] * H)[0] for row in x]
    np.testing.assert_allclose(layer.forward(x), from_zero, rtol=1e-12)
    from_state = [lstm_unit_by_unit(layer, *start) for start in zip(x, h, c)]
    y = layer.forward(x, state=(h, c))
    np.testing.assert_allclose(y, [hs for hs, _ in from_state], rtol=1e-12)
    np.testing.assert_allclose(layer.state[1], [last for _, last in from_state], rtol=1e-12)


def test_an_rnn_as_worked_by_hand():
    """One unit, Wx = 1, Wh = 2, b = 0, x = atanh(1/2), then -1: h = 1/2, then tanh(-1 + 1) = 0.
    dy = 0, 1: da_2 = 1, dh_1 = 2, da_1 = 2 (1 - 1/4) = 3/2, and dh_0 = 2 da_1 = 3."""
    layer = RNN(np.array([[1.0]]), np.array([[2.0]]), np.zeros(1))
    x = np.array([[[math.atanh(0.5)], [-1.0]]])
    np.testing.assert_allclose(layer.forward(x).ravel(), [0.5, 0], atol=1e-15)
    dx = layer.backward(np.array([[[0.0], [1.0]]]))
    np.testing.assert_allclose(dx.ravel(), [1.5, 1])
    np.testing.assert_allclose(layer.dstate, [[3]])
    np.testing.assert_allclose(layer.dWx, [[1.5 * math.atanh(0.5) - 1]])  # x_1 da_1 + x_2 da_2
    np.testing.assert_allclose(layer.dWh, [[0.5]])  # h_0 da_1 + h_1 da_2
    np.testing.assert_allclose(layer.db, [2.5])


def test_an_lstm_as_worked_by_hand():
    """All weights 0: each gate is half open and takes in tanh(0) = 0, so c halves at every step.
    c_0 = 4: c_1 = 2, c_2 = 1, h = tanh(c) / 2. dL/dc_2 = 1: dc_1 = 1/2, dc_0 = 1/4."""
    layer = LSTM(np.zeros((1, 4)), np.zeros((1, 4)), np.zeros(4))
    y = layer.forward(np.ones((1, 2, 1)), state=(np.zeros((1, 1)), np.array([[4.0]])))
    np.testing.assert_allclose(y.ravel(), [math.tanh(2) / 2, math.tanh(1) / 2])
    np.testing.assert_allclose(layer.state[1], [[1]])
    layer.backward(np.zeros((1, 2, 1)), dstate=(np.zeros((1, 1)), np.ones((1, 1))))
    np.testing.assert_allclose(layer.dstate[1], [[0.25]])
    # a_i: g is 0.  a_f: c_0 dc_1 / 4 + c_1 dc_2 / 4 = 4/8 + 2/4.  a_g: dc_1 / 2 + dc_2 / 2
    np.testing.assert_allclose(layer.db, [0, 1, 0.75, 0])


@pytest.mark.parametrize(
    "column, c, shown",
    [
        (0, 0.5 + math.tanh(1), 0.5),  # input: takes in all of tanh(1)
        (1, 1 + math.tanh(1) / 2, 0.5),  # forget: keeps all of c = 1
        (2, 0.5 + 1 / 2, 0.5),  # cell: there is 1 to take in
        (3, 0.5 + math.tanh(1) / 2, 1),  # output: shows all of tanh(c)
    ],
)
def test_the_columns_are_input_forget_cell_and_output(column, c, shown):
    """The gates are half open and tanh(1) comes in; then one of the four sums is made large."""
    b = np.array([0.0, 0.0, 1.0, 0.0])
    b[column] = 100
    layer = LSTM(np.zeros((1, 4)), np.zeros((1, 4)), b)
    h, cell = layer.step(np.zeros((1, 1)), (np.zeros((1, 1)), np.ones((1, 1))))
    np.testing.assert_allclose(cell, [[c]])
    np.testing.assert_allclose(h, [[math.tanh(c) * shown]])


# ---- states and their gradients


class FromState(RNN):
    """An RNN whose first state is a parameter, and whose last one is a part of the output."""

    param_names = (*RNN.param_names, "h")

    def forward(self, x, training=False):
        y = super().forward(x, training, state=self.h)
        return np.concatenate([y, self.state[:, None]], axis=1)  # (N, T, H) -> (N, T + 1, H)

    def backward(self, dout):
        dx = super().backward(dout[:, :-1], dstate=dout[:, -1])
        self.dh = self.dstate
        return dx


class FromStates(LSTM):
    """The same for an LSTM, which has two."""

    param_names = (*LSTM.param_names, "h", "c")

    def forward(self, x, training=False):
        y = super().forward(x, training, state=(self.h, self.c))
        return np.concatenate([y, np.stack(self.state, axis=1)], axis=1)  # (N, T + 2, H)

    def backward(self, dout):
        dx = super().backward(dout[:, :-2], dstate=(dout[:, -2], dout[:, -1]))
        self.dh, self.dc = self.dstate
        return dx


@pytest.mark.parametrize("kind", [FromState, FromStates])
@pytest.mark.parametrize("steps", [1, 2, T])
def test_gradients_reach_the_first_state_and_come_from_the_last_one(kind, steps):
    layer = layer_of(kind)
    layer.h, layer.c = np.random.default_rng(2).standard_normal((2, N, H))
    verdict = check_gradients(layer, batch(N, steps, D), tolerance=1e-7)
    assert verdict, verdict


@both
def test_without_a_state_it_starts_from_zeros(kind):
    layer, x = layer_of(kind), batch()
    zeros = np.zeros((N, H)) if kind is RNN else np.zeros((2, N, H))
    layer.forward(x, state=state_of(kind))  # which leaves a state, but none for the next batch
    np.testing.assert_array_equal(layer.forward(x), layer.forward(x, state=zeros))


@both
def test_a_sequence_in_two_pieces_is_the_sequence(kind):
    """The gradient too: the second piece says what its first state is worth to the loss."""
    layer, x, dout = layer_of(kind), batch(), np.random.default_rng(3).standard_normal((N, T, H))
    y, dx = layer.forward(x), layer.backward(dout)
    expected = {name: getattr(layer, f"d{name}") for name in layer.param_names}
    first, second = layer_of(kind), layer_of(kind)
    y1 = first.forward(x[:, :3])
    y2 = second.forward(x[:, 3:], state=first.state)
    dx2 = second.backward(dout[:, 3:])
    dx1 = first.backward(dout[:, :3], dstate=second.dstate)
    np.testing.assert_allclose(np.concatenate([y1, y2], axis=1), y, rtol=1e-13)
    np.testing.assert_allclose(np.concatenate([dx1, dx2], axis=1), dx, rtol=1e-12, atol=1e-14)
    for name, gradient in expected.items():
        parts = getattr(first, f"d{name}") + getattr(second, f"d{name}")
        np.testing.assert_allclose(parts, gradient, rtol=1e-12, atol=1e-14)


@both
def test_step_by_step_it_arrives_where_forward_does(kind):
    layer, x, state = layer_of(kind), batch(), state_of(kind)
    y = layer.forward(x, state=state)
    for t in range(T):
        state = layer.step(x[:, t], state)
        h = state if kind is RNN else state[0]
        np.testing.assert_allclose(h, y[:, t], rtol=1e-13)
    np.testing.assert_allclose(state, layer.state, rtol=1e-13)


@both
def test_step_keeps_nothing_that_backward_would_use(kind):
    layer, x, dout = layer_of(kind), batch(), np.ones((N, T, H))
    layer.forward(x)
    expected = layer.backward(dout)
    layer.step(x[:, 0], layer.step(x[:, 1]))
    np.testing.assert_array_equal(layer.backward(dout), expected)


@both
def test_neither_a_state_nor_its_gradient_is_written_to(kind):
    layer, state = layer_of(kind), np.array(state_of(kind))
    state.flags.writeable = False
    layer.forward(batch(), state=state)
    layer.backward(np.ones((N, T, H)), dstate=state)
    layer.step(batch(N, D), state)


# ---- numbers and facts


@both
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_states_and_steps_keep_the_dtype(kind, dtype):
    layer = kind.init(D, H, rng=0, dtype=dtype)
    x = batch().astype(dtype)
    layer.forward(x)
    layer.backward(np.ones((N, T, H), dtype), dstate=layer.state)
    steps = layer.step(x[:, 0]), layer.step(x[:, 0], layer.state)
    for arrays in (layer.state, layer.dstate, *steps):
        assert np.array(arrays).dtype == dtype


@both
def test_large_numbers_saturate_it_and_nothing_overflows(kind):
    layer = layer_of(kind, scale=1e3)
    y = layer.forward(1e3 * batch(), state=state_of(kind))
    dx = layer.backward(np.ones_like(y))
    assert np.abs(y).max() <= 1
    assert all(np.isfinite(a).all() for a in (dx, layer.dWx, layer.dWh, layer.db, *layer.dstate))


def test_through_open_forget_gates_a_gradient_survives_a_hundred_steps():
    """Why an LSTM remembers. The loss is the last h; how much does the first state move it?"""
    x, dout = np.zeros((1, 100, 1)), np.zeros((1, 100, 1))
    dout[:, -1] = 1
    rnn = RNN(np.ones((1, 1)), np.array([[0.9]]), np.zeros(1))
    lstm = LSTM(np.ones((1, 4)), np.zeros((1, 4)), np.array([0.0, 5.0, 0.0, 0.0]))
    for layer in (rnn, lstm):
        layer.forward(x)
        layer.backward(dout)
    np.testing.assert_allclose(rnn.dstate, [[0.9**100]])  # 0.00003
    open_gate = 1 / (1 + math.exp(-5))
    np.testing.assert_allclose(lstm.dstate[1], [[open_gate**100 / 2]])  # 0.26


@both
def test_the_weights_are_drawn_by_xaviers_rule_and_one_seed_gives_one_layer(kind):
    layer, twin = kind.init(400, 100, rng=3), kind.init(400, 100, rng=3)
    assert all(np.array_equal(getattr(layer, n), getattr(twin, n)) for n in layer.param_names)
    assert layer.Wx.dtype == np.float32
    assert np.isclose(layer.Wx.std(), 1 / 20, rtol=0.02)
    assert np.isclose(layer.Wh.std(), 1 / 10, rtol=0.02)
    assert not np.allclose(layer.Wx[:100] * 2, layer.Wh)  # a seed is one stream, not one for each
    forget = slice(100, 200) if kind is LSTM else slice(0)
    assert (layer.b[forget] == 1).all() and layer.b.sum() == layer.b[forget].size


@both
def test_weight_decay_pulls_on_both_matrices_and_not_on_the_bias(kind):
    assert kind.decayed_names == ("Wx", "Wh")


@both
def test_its_products_are_counted(kind):
    layer, x = layer_of(kind), batch()
    expected = N * T * kind.gates * (D * H + H * H)
    assert layer.multiply_adds(x, layer.forward(x)) == expected


def test_a_network_of_words_is_proved_whole():
    words = np.random.default_rng(0).integers(9, size=(6, 4))
    labels = np.array([0, 1, 2, 1, 0, 2])
    net = Network(
        [
            Embedding.init(9, 6, std=0.5, rng=1),
            LSTM.init(6, 5, rng=2),
            RNN.init(5, 3, rng=3),
            Flatten(),
            Affine.init(3 * 4, 3, rng=4),
        ],
        weight_decay=0.1,
    )
    verdict = check_gradients(net, words, labels)
    assert verdict, verdict


@both
def test_a_summary_shows_it_for_one_step(kind):
    summary = Network([kind.init(3, 5, rng=0), Affine.init(5, 2, rng=1)]).summary()
    assert summary.input_shape == (1, 3)
    assert summary.rows[0].output == (1, 5)


# ---- what does not fit


@pytest.mark.parametrize(
    "kind, shapes, expected",
    [
        (RNN, ((3, 2), (2, 3), (2,)), "RNN expects Wx (D, H), Wh (H, H) and b (H,), got (3, 2)"),
        (RNN, ((3, 2), (2, 2), (3,)), "RNN expects Wx (D, H), Wh (H, H) and b (H,), got (3, 2)"),
        (LSTM, ((3, 2), (2, 2), (2,)), "LSTM expects Wx (D, 4H), Wh (H, 4H) and b (4H,), got"),
    ],
)
def test_weights_that_do_not_fit_each_other_are_refused(kind, shapes, expected):
    with pytest.raises(ValueError, match=re.escape(expected)):
        kind(*map(np.zeros, shapes))


@both
@pytest.mark.parametrize(
    "shape, hint",
    [
        ((T, D), "use x[None] for one sequence, step(x, state) for one step"),
        ((N, T), "if these are indices of words, put Embedding before it"),
        ((N, T, D + 1), f"the last axis must hold {D} numbers"),
        ((N, 0, D), "the middle one at least one step"),
    ],
)
def test_an_input_that_is_no_batch_of_sequences_is_refused_with_a_hint(kind, shape, hint):
    expected = f"expects sequences (N, T, {D}), got an array of shape {shape}: "
    with pytest.raises(ValueError, match=re.escape(expected) + ".*" + re.escape(hint)):
        layer_of(kind).forward(np.zeros(shape))


@both
@pytest.mark.parametrize("shape", [(D,), (N, D + 1), (N, T, D)])
def test_a_step_of_another_shape_is_refused(kind, shape):
    with pytest.raises(ValueError, match=re.escape(f"expects one step (N, {D}), got an array")):
        layer_of(kind).step(np.zeros(shape))


@both
@pytest.mark.parametrize("shape", [(H,), (1, H), (N, H + 1)])
def test_a_state_of_another_shape_is_refused(kind, shape):
    state = np.zeros(shape) if kind is RNN else (np.zeros((N, H)), np.zeros(shape))
    layer, expected = layer_of(kind), re.escape(f"expects a state ({N}, {H}), got an array of")
    with pytest.raises(ValueError, match=expected):
        layer.forward(batch(), state=state)
    with pytest.raises(ValueError, match=expected):
        layer.step(batch(N, D), state)
    layer.forward(batch())
    with pytest.raises(ValueError, match=expected):
        layer.backward(np.ones((N, T, H)), dstate=state)


def test_an_lstm_asks_for_both_of_its_states():
    with pytest.raises(ValueError, match=r"expects a state \(h, c\), got 4 arrays"):
        layer_of(LSTM).forward(batch(), state=np.zeros((N, H)))
