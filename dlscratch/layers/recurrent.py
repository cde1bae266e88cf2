"""Recurrent layers: one cell with a memory, its state, applied to a sequence step by step.

Every step has the same weights: h_t depends on x_t and on h_{t-1}. Unrolled, this is a network as
deep as the sequence is long, and its backward pass runs from the last step to the first, adding up
each step's contribution to dWx, dWh and db (backpropagation through time).
Only h . Wh has to wait for the previous step; x . Wx and the gradients of the weights are single
matrix products over all steps. Inside, time is the first axis: (T, N, H), so that h[t] is one step.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import DTypeLike

from dlscratch.arguments import expect_sizes
from dlscratch.functions import sigmoid
from dlscratch.initializers import Random, generator, normal, weight_std
from dlscratch.layers.base import Layer, expect_arrays, expect_shape

State: TypeAlias = tuple[np.ndarray, np.ndarray]  # an LSTM's: h and c, both (N, H)


class _Recurrent(Layer):
    """What RNN and LSTM share: the weights, and the products for all steps at once."""

    param_names: tuple[str, ...] = ("Wx", "Wh", "b")
    decayed_names: tuple[str, ...] = ("Wx", "Wh")
    pays_to_split = True
    gates = 1  # pre-activations per unit: G = gates * H in total

    def __init__(self, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray):
        expect_arrays(self, Wx=Wx, Wh=Wh, b=b)
        H = len(Wh)
        G = self.gates * H
        if Wx.shape[1:] != (G,) or Wh.shape != (H, G) or b.shape != (G,):
            n = "H" if self.gates == 1 else f"{self.gates}H"
            raise ValueError(
                f"{type(self).__name__} expects Wx (D, {n}), Wh (H, {n}) and b ({n},), "
                f"got {Wx.shape}, {Wh.shape}, {b.shape}"
            )
        self.Wx = Wx
        self.Wh = Wh
        self.b = b

    def _project(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x . Wx + b for all steps at once: (N, T, D) -> (T, N, G); and x as rows (T*N, D)."""
        D, G = self.Wx.shape
        fits = x.ndim == 3 and x.shape[2] == D and x.shape[1] > 0
        expect_shape(self, x, fits, f"sequences (N, T, {D})", _hint(x, D))
        N, T, _ = x.shape
        rows = x.transpose(1, 0, 2).reshape(T * N, D)  # (N, T, D) -> (T, N, D) -> (T*N, D)
        return (rows @ self.Wx + self.b).reshape(T, N, G), rows

    def _project_step(self, x: np.ndarray) -> np.ndarray:
        """The same for a single step: (N, D) -> (N, G)."""
        D = len(self.Wx)
        hint = "for sequences (N, T, D), that is x[:, t]"
        expect_shape(self, x, x.ndim == 2 and x.shape[1] == D, f"one step (N, {D})", hint)
        return x @ self.Wx + self.b

    def _through_weights(self, rows: np.ndarray, h: np.ndarray, da: np.ndarray) -> np.ndarray:
        """dx from da = dL/da of all steps, where a = x . Wx + h . Wh + b; sets dWx, dWh, db.

        rows: x (T*N, D). h: the states before each step, (T, N, H). da: (T, N, G).
        """
        T, N, G = da.shape
        da = da.reshape(T * N, G)  # (T, N, G) -> (T*N, G): a product over rows adds up the steps
        self.dWx = rows.T @ da
        self.dWh = h.reshape(T * N, -1).T @ da  # (T, N, H) -> (T*N, H)
        self.db = da.sum(axis=0)
        dx = da @ self.Wx.T
        return dx.reshape(T, N, -1).transpose(1, 0, 2)  # (T*N, D) -> (T, N, D) -> (N, T, D)

    def _zeros(self, batch: np.ndarray) -> np.ndarray:
        """A state of zeros for each example of the batch."""
        return np.zeros((len(batch), len(self.Wh)), batch.dtype, like=batch)

    def _expect_state(self, batch: np.ndarray, *arrays: np.ndarray) -> None:
        """ValueError unless each array of the state is (N, H)."""
        N, H = len(batch), len(self.Wh)
        for array in arrays:
            hint = "one row per example of the batch; leave the state out to start from zeros"
            expect_shape(self, array, array.shape == (N, H), f"a state ({N}, {H})", hint)

    def input_shape(self, side: int) -> tuple[int, ...]:
        return 1, len(self.Wx)  # sequences of any length will do: one step

    def multiply_adds(self, x: np.ndarray, y: np.ndarray) -> int:
        N, T, _ = y.shape
        return N * T * (self.Wx.size + self.Wh.size)


class RNN(_Recurrent):
    """h_t = tanh(x_t . Wx + h_{t-1} . Wh + b), and y holds all h_t (Elman, 1990).

    Wx: (D, H), Wh: (H, H), b: (H,). x: (N, T, D); y: (N, T, H). A state is h: (N, H).
    forward starts from `state`, or from zeros, and stores the last state in `self.state`.
    backward takes the gradient of that last state, `dstate`, if the loss depends on it, and stores
    the gradient of the first state in `self.dstate`. `step` is one step of forward, for generating
    sequences: its output can be the next input. ValueError for other shapes.

    >>> layer = RNN(np.eye(1), np.eye(1), np.zeros(1))
    >>> layer.forward(np.array([[[1.0], [0.0]]]))  # tanh(1), tanh(tanh(1))
    array([[[0.76159416],
            [0.64201499]]])
    >>> layer.step(np.array([[0.0]]), layer.state)  # tanh of that
    array([[0.56626998]])
    """

    @classmethod
    def init(
        cls,
        n_in: int,
        n_hidden: int,
        *,
        rng: Random = None,
        dtype: DTypeLike = np.float32,
    ) -> RNN:
        """A layer from n_in to n_hidden features per step, Wx and Wh with Xavier initialization.

        >>> RNN.init(100, 50)
        RNN(Wx=(100, 50), Wh=(50, 50), b=(50,))
        """
        return cls(*_draw(n_in, n_hidden, n_hidden, rng, dtype))

    def forward(
        self, x: np.ndarray, training: bool = False, state: np.ndarray | None = None
    ) -> np.ndarray:
        a, rows = self._project(x)
        T, N, H = a.shape
        h = np.empty((T + 1, N, H), a.dtype, like=a)  # h[t]: before step t; h[t + 1]: after
        h[0] = self._state_or_zeros(x, state)
        for t in range(T):
            h[t + 1] = self._advance(a[t], h[t])
        self.cache = (rows, h)
        self.state = h[T]
        return h[1:].transpose(1, 0, 2)  # (T, N, H) -> (N, T, H)

    def backward(self, dout: np.ndarray, dstate: np.ndarray | None = None) -> np.ndarray:
        rows, h = self.saved()
        da = np.empty_like(h[1:])
        dh = self._state_or_zeros(dout, dstate)
        for t in reversed(range(len(da))):
            dh = dh + dout[:, t]  # h_t is both an output and the state of the next step
            da[t] = dh * (1 - h[t + 1] ** 2)  # h = tanh(a): da = dh (1 - h^2)
            dh = da[t] @ self.Wh.T  # a = .. + h_{t-1} . Wh: dh_{t-1} = da . Wh^T
        self.dstate = dh
        return self._through_weights(rows, h[:-1], da)

    def step(self, x: np.ndarray, state: np.ndarray | None = None) -> np.ndarray:
        """The next state h (N, H) from x (N, D); keeps nothing for backward."""
        return self._advance(self._project_step(x), self._state_or_zeros(x, state))

    def _state_or_zeros(self, batch: np.ndarray, state: np.ndarray | None) -> np.ndarray:
        """The state, or zeros; ValueError if it does not fit the batch."""
        h = self._zeros(batch) if state is None else state
        self._expect_state(batch, h)
        return h

    def _advance(self, a: np.ndarray, h: np.ndarray) -> np.ndarray:
        """The next h."""
        return np.tanh(a + h @ self.Wh)


class LSTM(_Recurrent):
    """Long short-term memory: gates control what the cell c adds, keeps and outputs.

    a = x_t . Wx + h_{t-1} . Wh + b, its columns in the order input, forget, cell, output:
    i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o);  g = tanh(a_g)
    c_t = f c_{t-1} + i g;  h_t = o tanh(c_t), and y holds all h_t.
    Along c a gradient is only multiplied by f: with f near 1 it survives many steps
    (Hochreiter and Schmidhuber, 1997; the forget gate: Gers and others, 2000).

    Wx: (D, 4H), Wh: (H, 4H), b: (4H,). x: (N, T, D); y: (N, T, H). A state is a pair (h, c), both
    (N, H); so are `state` and `dstate`, which are used as in `RNN`, and so is `step`.

    >>> layer = LSTM.init(3, 5, rng=0)
    >>> y = layer.forward(np.ones((2, 4, 3), np.float32))
    >>> y.shape
    (2, 4, 5)
    >>> h, c = layer.step(np.ones((2, 3), np.float32), layer.state)
    >>> h.shape, c.shape
    ((2, 5), (2, 5))
    """

    gates = 4

    @classmethod
    def init(
        cls,
        n_in: int,
        n_hidden: int,
        *,
        rng: Random = None,
        dtype: DTypeLike = np.float32,
    ) -> LSTM:
        """As `RNN.init`, but the bias of the forget gates is 1: open, so that the cell remembers.

        >>> LSTM.init(100, 50).b.reshape(4, 50).mean(axis=1)
        array([0., 1., 0., 0.], dtype=float32)
        """
        Wx, Wh, b = _draw(n_in, n_hidden, 4 * n_hidden, rng, dtype)
        b[n_hidden : 2 * n_hidden] = 1
        return cls(Wx, Wh, b)

    def forward(
        self, x: np.ndarray, training: bool = False, state: State | None = None
    ) -> np.ndarray:
        a, rows = self._project(x)
        T, N, H = len(a), len(x), len(self.Wh)
        h, c = np.empty((2, T + 1, N, H), a.dtype, like=a)  # h[t]: before step t; h[t + 1]: after
        h[0], c[0] = self._state_or_zeros(x, state)
        gates = []
        for t in range(T):
            h[t + 1], c[t + 1], kept = self._advance(a[t], h[t], c[t])
            gates.append(kept)
        self.cache = (rows, h, c, gates)
        self.state = h[T], c[T]
        return h[1:].transpose(1, 0, 2)  # (T, N, H) -> (N, T, H)

    def backward(self, dout: np.ndarray, dstate: State | None = None) -> np.ndarray:
        rows, h, c, gates = self.saved()
        da = np.empty((*h[1:].shape[:2], len(self.b)), h.dtype, like=h)  # (T, N, 4H)
        dh, dc = self._state_or_zeros(dout, dstate)
        for t in reversed(range(len(da))):
            dh = dh + dout[:, t]  # h_t is both an output and the state of the next step
            da[t], dc = self._retreat(gates[t], c[t], dh, dc)
            dh = da[t] @ self.Wh.T  # a = .. + h_{t-1} . Wh: dh_{t-1} = da . Wh^T
        self.dstate = dh, dc
        return self._through_weights(rows, h[:-1], da)

    def step(self, x: np.ndarray, state: State | None = None) -> State:
        """The next state (h, c) from x (N, D); keeps nothing for backward."""
        h, c, _ = self._advance(self._project_step(x), *self._state_or_zeros(x, state))
        return h, c

    def _state_or_zeros(self, batch: np.ndarray, state: State | None) -> State:
        """The state, or zeros; ValueError if it does not fit the batch."""
        if state is None:
            return self._zeros(batch), self._zeros(batch)
        if len(state) != 2:
            raise ValueError(f"{self!r} expects a state (h, c), got {len(state)} arrays")
        self._expect_state(batch, *state)
        return state

    def _advance(
        self, a: np.ndarray, h: np.ndarray, c: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, ...]]:
        """The next h and c, and what backward needs from this step."""
        i, f, g, o = np.split(a + h @ self.Wh, 4, axis=1)  # (N, 4H) -> four (N, H)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        c = f * c + i * g
        tanh_c = np.tanh(c)
        return o * tanh_c, c, (i, f, g, o, tanh_c)

    def _retreat(
        self, gates: tuple[np.ndarray, ...], c: np.ndarray, dh: np.ndarray, dc: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The backward pass of `_advance`: da, and the gradient of the previous c.

        dh, dc: dL/dh and dL/dc after the step, dc without the part that comes through h.
        """
        i, f, g, o, tanh_c = gates
        dc = dc + dh * o * (1 - tanh_c**2)  # h = o tanh(c)
        da_i = dc * g * i * (1 - i)  # c = f c_{t-1} + i g, and sigmoid' = y (1 - y)
        da_f = dc * c * f * (1 - f)
        da_g = dc * i * (1 - g**2)
        da_o = dh * tanh_c * o * (1 - o)
        da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)  # four (N, H) -> (N, 4H)
        return da, dc * f  # c = f c_{t-1} + ..


def _draw(
    n_in: int, n_hidden: int, n_out: int, rng: Random, dtype: DTypeLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Initial Wx (n_in, n_out), Wh (n_hidden, n_out) and b (n_out,)."""
    expect_sizes(n_in=n_in, n_hidden=n_hidden)
    rng = generator(rng)  # one for both: with a seed given twice, Wh would repeat Wx
    Wx = normal((n_in, n_out), weight_std("xavier", n_in), rng, dtype)
    Wh = normal((n_hidden, n_out), weight_std("xavier", n_hidden), rng, dtype)
    return Wx, Wh, np.zeros(n_out, dtype)


def _hint(x: np.ndarray, D: int) -> str:
    """How to make an array of the wrong shape fit."""
    if x.ndim == 2 and x.shape[1] == D:
        return "use x[None] for one sequence, step(x, state) for one step"
    if x.ndim == 2:
        return "if these are indices of words, put Embedding before it"
    return f"the last axis must hold {D} numbers, and the middle one at least one step"
