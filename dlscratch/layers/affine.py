"""The fully connected layer: every output sees every input (sections 3.3.3 and 5.6).

y = x . W + b for a whole batch at once: each row of x is one example.
Backward, by matching shapes: dx (N, in) can only be dy (N, out) . W^T (out, in).
"""

import numpy as np

from dlscratch.layers.base import Layer, expect_shape
from dlscratch.layers.windows import channels_first, channels_last


class Affine(Layer):
    """y = x . W + b.

    W: (in, out), b: (out,). The layer uses these very arrays; it does not copy them.
    x: (N, in), or (N, ...) with `in` numbers an example, images for instance; y: (N, out).

    >>> layer = Affine(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.zeros(3))
    >>> layer.forward(np.array([[1.0, 1.0]]))
    array([[5., 7., 9.]])
    """

    param_names = ("W", "b")

    def __init__(self, W: np.ndarray, b: np.ndarray):
        if W.ndim != 2 or b.shape != W.shape[1:]:
            raise ValueError(f"Affine expects W (in, out) and b (out,), got {W.shape}, {b.shape}")
        self.W = W
        self.b = b

    def forward(self, x, training=False):
        n_in = self.W.shape[0]
        fits = x.ndim >= 2 and x.size == len(x) * n_in
        expect_shape(self, x, fits, f"a batch (N, {n_in})", "use x[None] for one example")
        rows = x.reshape(len(x), n_in)  # (N, C, H, W) -> (N, C*H*W)
        self.cache = (rows, x.shape)
        out = rows @ self.W
        out += self.b
        return out

    def backward(self, dout):
        self.weight_gradients(dout)
        _, shape = self.saved()
        dx = (dout @ self.W.T).reshape(shape)  # dx = dy . W^T
        # images go back in the memory order of the layers that they came from
        return channels_first(channels_last(dx)) if len(shape) == 4 else dx

    def weight_gradients(self, dout):
        rows, _ = self.saved()
        self.dW = np.matmul(rows.T, dout, out=self.room("W"))  # dW = x^T . dy
        # b is added to every row: db = sum of the rows of dy
        self.db = dout.sum(axis=0, out=self.room("b"))
