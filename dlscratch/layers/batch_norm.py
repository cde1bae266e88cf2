"""Batch normalization: give each feature mean 0 and variance 1 over the batch (section 6.3).

A feature is a column of (N, D), or a channel of (N, C, H, W), where the mean runs over N, H and W.
gamma and beta then let the network choose scale and shift again. In training the statistics are
the batch's own; running averages of them are kept, and stand in for them afterwards.
Ioffe and Szegedy, 2015.
"""

import numpy as np

from dlscratch.layers.base import Layer, expect_shape


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

    def forward(self, x, training=False):
        D = len(self.gamma)
        fits = x.ndim in (2, 4) and x.shape[1] == D
        expect_shape(self, x, fits, f"(N, {D}) or (N, {D}, H, W)", "as many features as gamma has")
        axes = (0, *range(2, x.ndim))  # all but the features
        if training:
            if x.size == D:
                raise ValueError(
                    f"{self!r} cannot train on one value per feature (shape {x.shape}): its "
                    "variance is 0; use a batch of two or more"
                )
            mean = x.mean(axis=axes)
            centred = x - _spread(mean, x)
            variance = np.square(centred).mean(axis=axes)
            for running, now in ((self.running_mean, mean), (self.running_var, variance)):
                running *= self.momentum
                running += (1 - self.momentum) * now
        else:
            centred = x - _spread(self.running_mean, x)
            variance = self.running_var
        scale = 1 / np.sqrt(variance + self.eps)
        xhat = centred
        xhat *= _spread(scale, x)  # centred is ours: scaled in place
        self.cache = (xhat, scale, axes, training)
        return xhat * _spread(self.gamma, x) + _spread(self.beta, x)

    def backward(self, dout):
        xhat, scale, axes, training = self.saved()
        self.dbeta = dout.sum(axis=axes)  # y = gamma xhat + beta
        self.dgamma = (dout * xhat).sum(axis=axes)
        factor = _spread(self.gamma * scale, dout)
        if not training:
            return dout * factor  # the running averages are constants
        # mean and variance depend on every x of the feature, so, with m values a feature:
        # dx = gamma scale (dy - mean(dy) - xhat mean(dy xhat))
        #    = gamma scale (dy - dbeta / m - xhat dgamma / m)
        m = dout.size // len(self.gamma)
        dx = dout - xhat * _spread(self.dgamma / m, dout)
        dx -= _spread(self.dbeta / m, dout)
        dx *= factor
        return dx


def _spread(feature, x):
    """(D,) -> (1, D) or (1, D, 1, 1): one number a feature, ready to meet x."""
    return feature.reshape(1, -1, *[1] * (x.ndim - 2))
