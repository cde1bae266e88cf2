"""Local response normalization: large values inhibit those in neighbouring channels.

Each value is divided by a power of the sum of squares over the `size` channels around it, at the
same pixel; the first and the last channels have fewer neighbours. It has no parameters.
Krizhevsky and others, 2012 (AlexNet); later networks use batch normalization instead.
"""

import numpy as np

from dlscratch.layers.base import Layer, expect_shape


class LocalResponseNorm(Layer):
    """y = x / (k + alpha / size * sum of x^2 over `size` neighbouring channels)^beta.

    x: (N, C, H, W), or any array with the channels on axis 1; y: the same shape and dtype.
    size: odd, so that the window is centred. AlexNet has size=5, k=2, and 1e-4 for alpha / size.
    ValueError for a size that is not odd, for k <= 0 or alpha < 0, and for x without channels.

    >>> x = np.array([[[[3.0]], [[4.0]], [[0.0]]]])
    >>> LocalResponseNorm(size=3, alpha=3.0, beta=0.5, k=11.0).forward(x).ravel()
    array([0.5       , 0.66666667, 0.        ])
    """

    def __init__(self, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0):
        if not isinstance(size, (int, np.integer)) or size < 1 or size % 2 == 0:
            raise ValueError(f"LocalResponseNorm expects an odd size, 1, 3, 5, .., got {size!r}")
        if not (k > 0 and alpha >= 0):
            raise ValueError(
                f"LocalResponseNorm expects k > 0 and alpha >= 0, got k={k}, alpha={alpha}: "
                "x is divided by a power of k + ..."
            )
        self.size = size
        self.alpha = float(alpha)  # np.float64 would turn float32 into float64
        self.beta = float(beta)
        self.k = float(k)

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        expect_shape(self, x, x.ndim >= 2, "a batch (N, C, ..)", "use x[None] for one example")
        base = self.k + self.alpha / self.size * window_sum(x * x, self.size)
        scale = base**-self.beta
        self.cache = (x, base, scale)
        return x * scale

    def backward(self, dout: np.ndarray) -> np.ndarray:
        x, base, scale = self.saved()
        # x_j^2 is in base_i if x_i^2 is in base_j, so both sums run over the same window:
        # dx = dy scale - 2 alpha beta / size x sum(dy x scale / base)
        factor = 2 * self.alpha * self.beta / self.size
        return dout * scale - factor * x * window_sum(dout * x * scale / base, self.size)

    def options(self) -> str:
        return f"size={self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


def window_sum(values: np.ndarray, size: int) -> np.ndarray:
    """The sum of the `size` channels around each, along axis 1; fewer at the ends."""
    total = np.copy(values)
    for distance in range(1, size // 2 + 1):
        total[:, distance:] += values[:, :-distance]
        total[:, :-distance] += values[:, distance:]
    return total
