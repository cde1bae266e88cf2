"""Attention: at each step, an LSTM looks up what it needs in an image, or in any other memory.

A plain LSTM that gets all information at the start, in one vector, has to carry it to the end. With
attention it makes a query at each step instead: q = h_{t-1} . Wq is multiplied with the vector of
every place in the memory, and the softmax of these products weights the places. Where to look is
learned, because the gradient of the loss passes through the softmax.
Bahdanau and others, 2014 (translation); Xu and others, 2015 (images); dot products as in Luong and
others, 2015.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from dlscratch.functions import softmax
from dlscratch.initializers import Random, generator, normal, weight_std
from dlscratch.layers.base import expect_shape
from dlscratch.layers.recurrent import LSTM, State


class AttentionLSTM(LSTM):
    """An LSTM whose inputs are x_t and what it reads from a memory M of P places.

    q = h_{t-1} . Wq;  w = softmax(M . q), one weight for each place;  z_t = w . M
    a = x_t . Wx + z_t . Wz + h_{t-1} . Wh + b, the rest as in `LSTM`.
    From a state of zeros the first query is 0, so the first z is the mean of all places.

    Wq: (H, E), Wx: (D, 4H), Wz: (E, 4H), Wh: (H, 4H), b: (4H,). x: (N, T, D); memory: (N, P, E), a
    keyword of forward and of `step`; y: (N, T, H). State as in `LSTM`.
    `attention` holds the weights w of the last pass: (N, T, P), or (N, P) after `step`. backward
    stores the gradient of the memory in `dmemory`. ValueError for other shapes.

    >>> layer = AttentionLSTM.init(3, 5, n_memory=2, rng=0)
    >>> y = layer.forward(np.ones((2, 4, 3), np.float32), memory=np.ones((2, 6, 2), np.float32))
    >>> y.shape, layer.attention.shape, layer.attention[0, 0]
    ((2, 4, 5), (2, 4, 6), array([0.1667, 0.1667, 0.1667, 0.1667, 0.1667, 0.1667], dtype=float32))
    """

    param_names = ("Wq", "Wx", "Wz", "Wh", "b")
    decayed_names = ("Wq", "Wx", "Wz", "Wh")

    def __init__(
        self, Wq: np.ndarray, Wx: np.ndarray, Wz: np.ndarray, Wh: np.ndarray, b: np.ndarray
    ):
        super().__init__(Wx, Wh, b)
        H, E = len(Wh), len(Wz)
        if Wq.shape != (H, E) or Wz.shape != (E, 4 * H):
            raise ValueError(
                f"AttentionLSTM expects Wq (H, E) and Wz (E, 4H) with H = {H}, "
                f"got {Wq.shape}, {Wz.shape}"
            )
        self.Wq = Wq
        self.Wz = Wz

    @classmethod
    def init(
        cls,
        n_in: int,
        n_hidden: int,
        n_memory: int | None = None,
        *,
        rng: Random = None,
        dtype: DTypeLike = np.float32,
    ) -> AttentionLSTM:
        """As `LSTM.init`; n_memory: E, the features of each place in the memory, by default n_in.

        >>> AttentionLSTM.init(100, 50, n_memory=20)
        AttentionLSTM(Wq=(50, 20), Wx=(100, 200), Wz=(20, 200), Wh=(50, 200), b=(200,))
        """
        rng, E = generator(rng), n_in if n_memory is None else n_memory
        plain = LSTM.init(n_in, n_hidden, rng=rng, dtype=dtype)
        Wq = normal((n_hidden, E), weight_std("xavier", n_hidden), rng, dtype)
        Wz = normal((E, 4 * n_hidden), weight_std("xavier", E), rng, dtype)
        return cls(Wq, plain.Wx, Wz, plain.Wh, plain.b)

    def forward(
        self,
        x: np.ndarray,
        training: bool = False,
        state: State | None = None,
        memory: np.ndarray | None = None,
    ) -> np.ndarray:
        a, rows = self._project(x)
        M = self._expect_memory(x, memory)
        (T, N, _), (_, P, E), H = a.shape, M.shape, len(self.Wh)
        h, c = np.empty((2, T + 1, N, H), a.dtype, like=a)  # h[t]: before step t; h[t + 1]: after
        w, z = (np.empty((T, N, size), a.dtype, like=a) for size in (P, E))
        h[0], c[0] = self._state_or_zeros(x, state)
        gates = []
        for t in range(T):
            w[t], z[t] = self._attend(h[t], M)
            h[t + 1], c[t + 1], kept = self._advance(a[t] + z[t] @ self.Wz, h[t], c[t])
            gates.append(kept)
        self.cache = (rows, M, h, c, w, z, gates)
        self.state = h[T], c[T]
        self.attention = w.transpose(1, 0, 2)  # (T, N, P) -> (N, T, P)
        return h[1:].transpose(1, 0, 2)  # (T, N, H) -> (N, T, H)

    def backward(self, dout: np.ndarray, dstate: State | None = None) -> np.ndarray:
        rows, M, h, c, w, z, gates = self.saved()
        (T, N, P), E, G = w.shape, M.shape[2], len(self.b)
        da, dz, ds, dq = (np.empty((T, N, size), h.dtype, like=h) for size in (G, E, P, E))
        dh, dc = self._state_or_zeros(dout, dstate)
        for t in reversed(range(T)):
            dh = dh + dout[:, t]  # h_t is both an output and the state of the next step
            da[t], dc = self._retreat(gates[t], c[t], dh, dc)
            dz[t] = da[t] @ self.Wz.T  # a = .. + z . Wz
            dw = (M @ dz[t][:, :, None])[:, :, 0]  # z = w . M: (N, P, E) . (N, E, 1) -> (N, P)
            # w = softmax(s): ds_p = w_p (dw_p - sum_k w_k dw_k)
            ds[t] = w[t] * (dw - (w[t] * dw).sum(axis=1, keepdims=True))
            dq[t] = (ds[t][:, None] @ M)[:, 0]  # s = M . q: (N, 1, P) . (N, P, E) -> (N, E)
            dh = da[t] @ self.Wh.T + dq[t] @ self.Wq.T  # h_{t-1} is in a and in q = h_{t-1} . Wq
        self.dstate = dh, dc
        # the sums over all steps t as matrix products: (N, P, T) . (N, T, E) -> (N, P, E)
        q = h[:-1] @ self.Wq
        self.dmemory = w.transpose(1, 2, 0) @ dz.transpose(1, 0, 2)  # z = w . M: dM = w^T . dz
        self.dmemory += ds.transpose(1, 2, 0) @ q.transpose(1, 0, 2)  # s = M . q: dM = ds^T . q
        self.dWq = h[:-1].reshape(T * N, -1).T @ dq.reshape(T * N, E)  # (T, N, ..) -> (T*N, ..)
        self.dWz = z.reshape(T * N, E).T @ da.reshape(T * N, G)  # (T, N, ..) -> (T*N, ..)
        return self._through_weights(rows, h[:-1], da)

    def step(
        self, x: np.ndarray, state: State | None = None, memory: np.ndarray | None = None
    ) -> State:
        """The next state (h, c) from x (N, D) and memory (N, P, E); keeps nothing for backward."""
        a, M = self._project_step(x), self._expect_memory(x, memory)
        h, c = self._state_or_zeros(x, state)
        self.attention, z = self._attend(h, M)
        h, c, _ = self._advance(a + z @ self.Wz, h, c)
        return h, c

    def _attend(self, h: np.ndarray, M: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The weight w of each place (N, P), and z = w . M (N, E), from the state h (N, H)."""
        q = h @ self.Wq
        w = softmax((M @ q[:, :, None])[:, :, 0])  # (N, P, E) . (N, E, 1) -> (N, P)
        return w, (w[:, None] @ M)[:, 0]  # (N, 1, P) . (N, P, E) -> (N, E)

    def _expect_memory(self, x: np.ndarray, memory: np.ndarray | None) -> np.ndarray:
        """Return the memory; ValueError unless it fits the layer and has a row per example of x."""
        N, E = len(x), len(self.Wz)
        if memory is None:
            raise ValueError(f"{self!r} expects memory=, an array ({N}, places, {E}), got none")
        fits = memory.ndim == 3 and memory.shape[::2] == (N, E) and memory.shape[1] > 0
        hint = "one set of places per example; feature maps (N, E, H, W): reshape and transpose"
        expect_shape(self, memory, fits, f"a memory ({N}, places, {E})", hint)
        return memory

    def multiply_adds(self, x: np.ndarray, y: np.ndarray) -> int:
        N, T, P = self.attention.shape
        attend = self.Wq.size + 2 * P * len(self.Wz) + self.Wz.size  # q, M . q and w . M, z . Wz
        return super().multiply_adds(x, y) + N * T * attend
