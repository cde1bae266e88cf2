"""Batch normalization: give each feature mean 0 and variance 1 over the batch (section 6.3).

A feature is a column of (N, D), or a channel of (N, C, H, W), where the mean runs over N, H and W.
With gamma and beta the network can learn any other scale and shift. In training, mean and variance
are those of the batch; their running averages are stored, and used after training.
Ioffe and Szegedy, 2015.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from dlscratch.arguments import expect_number, expect_sizes
from dlscratch.layers.base import Layer, expect_arrays, expect_shape
from dlscratch.layers.sliding_windows import channels_first, channels_last


class BatchNorm(Layer):
    """y = gamma * (x - mean) / sqrt(variance + eps) + beta, for each feature.

    gamma, beta: (D,). x: (N, D) or (N, D, H, W); y: the same shape and dtype.
    momentum: the fraction of the running averages that is kept at each batch, 0 .. 1.
    ValueError for other shapes, and for training on one value per feature.

    >>> layer = BatchNorm(np.ones(2), np.zeros(2))
    >>> layer.forward(np.array([[1.0, 10.0], [3.0, 30.0]]), training=True).round(3)
    array([[-1., -1.],
           [ 1.,  1.]])
    """

    param_names = ("gamma", "beta")
    buffer_names = ("running_mean", "running_var")
    positive_names = ("running_var",)
    whole_batch = True

    def __init__(
        self, gamma: np.ndarray, beta: np.ndarray, momentum: float = 0.9, eps: float = 1e-5
    ):
        expect_arrays(self, gamma=gamma, beta=beta)
        if gamma.ndim != 1 or beta.shape != gamma.shape:
            raise ValueError(
                f"BatchNorm expects gamma (D,) and beta (D,), got {gamma.shape}, {beta.shape}"
            )
        expect_number("momentum", momentum, at_least=0, at_most=1)
        expect_number("eps", eps, at_least=0)
        self.gamma = gamma
        self.beta = beta
        self.momentum = float(momentum)  # np.float64 would turn float32 into float64
        self.eps = float(eps)
        self.running_mean = np.zeros_like(gamma)
        self.running_var = np.ones_like(gamma)

    @classmethod
    def init(
        cls, features: int, momentum: float = 0.9, *, dtype: DTypeLike = np.float32
    ) -> BatchNorm:
        """A layer with gamma = 1 and beta = 0, which leave the normalised features unchanged.

        >>> BatchNorm.init(100)
        BatchNorm(gamma=(100,), beta=(100,))
        """
        expect_sizes(features=features)
        return cls(np.ones(features, dtype), np.zeros(features, dtype), momentum)

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        D = len(self.gamma)
        fits = x.ndim in (2, 4) and x.shape[1] == D
        expect_shape(self, x, fits, f"(N, {D}) or (N, {D}, H, W)", hint(x, D))
        if training and x.size == D:
            raise ValueError(
                f"{self!r} cannot train on one value per feature (shape {x.shape}): its variance "
                "is 0; use a batch of two or more"
            )
        rows = _to_rows(x)
        if training:
            mean = self.mean(rows)
            xhat = rows - _tile(mean, rows)
            variance = self.mean(np.square(xhat))
            for average, current in ((self.running_mean, mean), (self.running_var, variance)):
                average *= self.momentum
                average += (1 - self.momentum) * current
        else:
            xhat = rows - _tile(self.running_mean, rows)
            variance = self.running_var
        scale = 1 / np.sqrt(variance + self.eps)
        xhat *= _tile(scale, rows)
        self.cache = (xhat, scale, training)
        y = xhat * _tile(self.gamma, rows)
        y += _tile(self.beta, rows)
        return _from_rows(x, y)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        xhat, scale, training = self.saved()
        dy = _to_rows(dout)
        m = dy.size // len(self.gamma)  # values per feature
        mean_dy, mean_dy_xhat = self.mean(dy), self.mean(dy * xhat)
        self.dbeta = m * mean_dy  # y = gamma xhat + beta
        self.dgamma = m * mean_dy_xhat
        if training:
            # mean and variance depend on every x of the feature, so each x changes all of its xhat:
            # dx = gamma scale (dy - mean(dy) - xhat mean(dy xhat))
            dx = dy - _tile(mean_dy, dy)
            dx -= xhat * _tile(mean_dy_xhat, dy)
        else:
            dx = dy.copy()  # the running averages are constants: dx = gamma scale dy
        dx *= _tile(self.gamma * scale, dy)
        return _from_rows(dout, dx)

    @staticmethod
    def mean(rows: np.ndarray) -> np.ndarray:
        """The mean of each feature, (rows, W, D) -> (D,); over the rows first, which is faster.

        `dlscratch.mpi` replaces this method to take the mean over the rows of all processes.
        """
        return rows.mean(axis=0).mean(axis=0)


def hint(x: np.ndarray, D: int) -> str:
    """How to make an array of the wrong shape fit D features."""
    if x.ndim == 4 and x.shape[3] == D:
        return "the channels are last, use x.transpose(0, 3, 1, 2)"
    return f"axis 1 must hold the {D} features of gamma" if x.ndim in (2, 4) else "2 or 4 axes"


def _to_rows(x: np.ndarray) -> np.ndarray:
    """Each feature last: (N, D) -> (N, 1, D), and images (N, D, H, W) -> (N*H, W, D)."""
    if x.ndim == 2:
        return x[:, None, :]
    N, D, H, W = x.shape
    return channels_last(x).reshape(N * H, W, D)  # (N, H, W, D) -> (N*H, W, D)


def _from_rows(x: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Undo `_to_rows`: rows in the shape of x."""
    if x.ndim == 2:
        return rows[:, 0, :]
    N, D, H, W = x.shape
    return channels_first(rows.reshape(N, H, W, D))  # (N*H, W, D) -> (N, H, W, D)


def _tile(feature: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(D,) -> (W, D): one number per feature, repeated for a whole row; long rows are faster."""
    return np.tile(feature, (rows.shape[1], 1))
