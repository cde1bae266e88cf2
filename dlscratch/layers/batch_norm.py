"""Batch normalization: give each feature mean 0 and variance 1 over the batch (section 6.3).

A feature is a column of (N, D), or a channel of (N, C, H, W), where the mean runs over N, H and W.
gamma and beta then let the network choose scale and shift again. In training the statistics are
the batch's own; running averages of them are kept, and stand in for them afterwards.
Ioffe and Szegedy, 2015.
"""

from __future__ import annotations

import numpy as np

from dlscratch.layers.base import Layer, expect_shape
from dlscratch.layers.sliding_windows import channels_first, channels_last


class BatchNorm(Layer):
    """y = gamma * (x - mean) / sqrt(variance + eps) + beta, for each feature.

    gamma, beta: (D,). x: (N, D) or (N, D, H, W); y: the same shape.
    momentum: how much of the running averages each batch leaves in place, 0 .. 1.

    >>> layer = BatchNorm(np.ones(2), np.zeros(2))
    >>> layer.forward(np.array([[1.0, 10.0], [3.0, 30.0]]), training=True).round(3)
    array([[-1., -1.],
           [ 1.,  1.]])
    """

    param_names = ("gamma", "beta")
    buffer_names = ("running_mean", "running_var")
    whole_batch = True

    def __init__(
        self, gamma: np.ndarray, beta: np.ndarray, momentum: float = 0.9, eps: float = 1e-5
    ):
        if gamma.ndim != 1 or beta.shape != gamma.shape:
            raise ValueError(
                f"BatchNorm expects gamma (D,) and beta (D,), got {gamma.shape}, {beta.shape}"
            )
        self.gamma = gamma
        self.beta = beta
        self.momentum = float(momentum)  # np.float64 would turn float32 into float64
        self.eps = float(eps)
        self.running_mean = np.zeros_like(gamma)
        self.running_var = np.ones_like(gamma)

    @classmethod
    def init(cls, features: int, momentum: float = 0.9, *, dtype=np.float32) -> BatchNorm:
        """A layer that starts out by leaving normalised features as they are.

        >>> BatchNorm.init(100)
        BatchNorm(gamma=(100,), beta=(100,))
        """
        return cls(np.ones(features, dtype), np.zeros(features, dtype), momentum)

    def forward(self, x, training=False):
        D = len(self.gamma)
        fits = x.ndim in (2, 4) and x.shape[1] == D
        expect_shape(self, x, fits, f"(N, {D}) or (N, {D}, H, W)", "as many features as gamma has")
        if training and x.size == D:
            raise ValueError(
                f"{self!r} cannot train on one value per feature (shape {x.shape}): its variance "
                "is 0; use a batch of two or more"
            )
        rows = _to_rows(x)
        if training:
            mean = _mean(rows)
            xhat = rows - _tile(mean, rows)
            variance = _mean(np.square(xhat))
            for running, now in ((self.running_mean, mean), (self.running_var, variance)):
                running *= self.momentum
                running += (1 - self.momentum) * now
        else:
            xhat = rows - _tile(self.running_mean, rows)
            variance = self.running_var
        scale = 1 / np.sqrt(variance + self.eps)
        xhat *= _tile(scale, rows)
        self.cache = (xhat, scale, training)
        y = xhat * _tile(self.gamma, rows)
        y += _tile(self.beta, rows)
        return _from_rows(x, y)

    def backward(self, dout):
        xhat, scale, training = self.saved()
        dy = _to_rows(dout)
        m = dy.size // len(self.gamma)  # values a feature
        mean_dy, mean_dy_xhat = _mean(dy), _mean(dy * xhat)
        self.dbeta = m * mean_dy  # y = gamma xhat + beta
        self.dgamma = m * mean_dy_xhat
        if training:
            # mean and variance depend on every x of the feature:
            # dx = gamma scale (dy - mean(dy) - xhat mean(dy xhat))
            dx = dy - _tile(mean_dy, dy)
            dx -= xhat * _tile(mean_dy_xhat, dy)
        else:
            dx = dy.copy()  # the running averages are constants: dx = gamma scale dy
        dx *= _tile(self.gamma * scale, dy)
        return _from_rows(dout, dx)


def _to_rows(x):
    """(N, D) -> (N, 1, D), and images (N, D, H, W) -> (N*H, W, D)."""
    if x.ndim == 2:
        return x[:, None, :]
    N, D, H, W = x.shape
    return channels_last(x).reshape(N * H, W, D)


def _from_rows(x, rows):
    """The way back, to the shape of x."""
    if x.ndim == 2:
        return rows[:, 0, :]
    N, D, H, W = x.shape
    return channels_first(rows.reshape(N, H, W, D))


def _mean(rows):
    """The mean of each feature: over the long rows first, which NumPy adds up fastest."""
    return rows.mean(axis=0).mean(axis=0)


def _tile(feature, rows):
    """(D,) -> (W, D): one number a feature, side by side for a whole row."""
    return np.tile(feature, (rows.shape[1], 1))
