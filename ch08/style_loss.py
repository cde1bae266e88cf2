"""Section 8.5.1: style, content and smoothness as losses, each with its gradient.

The style of a picture is which features occur together: the products of every two maps, averaged
over all places, the Gram matrix (Gatys et al., 2015). The average discards where the features are,
so it describes style and not content. Content is the features themselves. Both are compared by a
relative error, which is the same for layers with large and with small numbers.

    python ch08/style_loss.py

Last line with the default seed: TotalVariation: right
"""

import numpy as np

from dlscratch import Layer, check_gradients
from dlscratch.book.experiment import run
from dlscratch.layers import Loss

EPS = 1e-12  # t may be 0 throughout: the features of a white sheet


class Gram(Layer):
    """How strongly every two maps are active at the same places: (N, C, H, W) -> (N, C, C).

    >>> Gram().forward(np.array([[[[1.0, 3.0]], [[2.0, 0.0]]]]))  # two maps of 1 x 2 pixels
    array([[[5., 1.],
            [1., 2.]]])
    """

    def forward(self, x, training=False):
        N, C, H, W = x.shape
        F = x.reshape(N, C, H * W)  # (N, C, H, W) -> (N, C, H*W)
        self.cache = F, x.shape
        return F @ F.transpose(0, 2, 1) / (H * W)  # (N, C, H*W) . (N, H*W, C) -> (N, C, C)

    def backward(self, dout):
        F, shape = self.saved()
        # G = F . F^T / HW: dF = (dG + dG^T) . F / HW
        return ((dout + dout.transpose(0, 2, 1)) @ F / F.shape[2]).reshape(shape)


class RelativeError(Loss):
    """L = sum (x - t)^2 / sum t^2: 0 for x = t, 1 for x = 0; x and t of one shape.

    >>> RelativeError().forward(np.array([1.0, 2.0]), np.array([2.0, 2.0]))  # 1 / 8
    0.125
    """

    def forward(self, x, t):
        self.cache = x - t, max(float(np.sum(t * t)), EPS)
        return float(np.sum((x - t) ** 2)) / self.cache[1]

    def backward(self, dout=1.0):
        error, size = self.saved()
        return error * (2 * dout / size)  # dL/dx = 2 (x - t) / sum t^2


class TotalVariation(Layer):
    """How rough each image is: (N, C, H, W) -> (N,).

    The squared differences of neighbouring pixels, added up, divided by the number of pixels.

    >>> TotalVariation().forward(np.array([[[[0.0, 1.0], [0.0, 3.0]]]]))  # (1 + 9 + 0 + 4) / 4
    array([3.5])
    """

    def forward(self, x, training=False):
        self.cache = np.diff(x, axis=2), np.diff(x, axis=3), x.shape
        return sum(np.sum(step**2, axis=(1, 2, 3)) for step in self.cache[:2]) / x[0].size

    def backward(self, dout):
        down, right, shape = self.saved()
        dx = np.zeros(shape, down.dtype)
        # y = sum (b - a)^2 / n for neighbours a, b: db = 2 (b - a) / n and da = -db
        dx[:, :, 1:] += down
        dx[:, :, :-1] -= down
        dx[..., 1:] += right
        dx[..., :-1] -= right
        return dx * (2 * dout / dx[0].size).reshape(-1, 1, 1, 1)  # (N,) -> (N, 1, 1, 1)


def main(args):
    rng = np.random.default_rng(args.seed)
    x, t = rng.standard_normal((2, 4, 3, 5, 6))  # two batches (4, 3, 5, 6)
    proofs = {
        "Gram": check_gradients(Gram(), x, rng=rng),
        "RelativeError": check_gradients(RelativeError(), x, t, rng=rng),
        "TotalVariation": check_gradients(TotalVariation(), x, rng=rng),
    }
    for name, proof in proofs.items():
        print(f"{name}: {'right' if proof else proof.hint}")


if __name__ == "__main__":
    run(main, __doc__)
