"""Softmax, then cross entropy: the loss for choosing one of several classes (section 5.6.3).

The two belong together: the logarithm of the loss cancels the exp of the softmax, and the gradient
is simply y - t. The things to classify may be examples (N, classes), the words of sentences
(N, T, classes) or the pixels of images (N, classes, H, W): each has a row of scores.
In the mean over rows, some can be given more weight, and some can be ignored.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dlscratch.functions import accuracy, check_labels, label_index, log_softmax
from dlscratch.layers.losses import Loss


class SoftmaxWithLoss(Loss):
    """L = sum_n w_n (-log y_n[t_n]) / sum_n w_n over all rows n, where y = softmax(x).

    x: scores (N, classes) or (N, .., classes). t: integer labels of x's shape without the
    classes, or probabilities of x's shape. No finite score makes the logarithm infinite.

    weights: (classes,), each 0 or more: w_n = weights[t_n], for instance to give a rare class more
    weight; by default w_n = 1. Probabilities are multiplied by them, the same for one-hot targets.
    ignore: a label to leave out, such as the padding of sentences; integer labels only. If all of
    a batch is left out, its loss and its gradient are 0.
    axis: the axis of the classes in x. The default suits the output of `Affine`; for images
    (N, classes, H, W) use axis=1, and then t is (N, H, W). It is never guessed: (4, 4, 4) would be
    ambiguous.

    >>> loss = SoftmaxWithLoss()
    >>> round(loss.forward(np.array([[0.3, 2.9, 4.0]]), np.array([2])), 4)
    0.3057
    >>> loss.backward()
    array([[ 0.01821127,  0.24519181, -0.26340309]])
    >>> pixels = SoftmaxWithLoss(weights=[1, 4], ignore=-1, axis=1)
    >>> round(pixels.forward(np.zeros((1, 2, 1, 3)), np.array([[[0, 1, -1]]])), 4)
    0.6931
    >>> pixels.backward()[0, 0]  # (1, 3): one pixel of class 0, four times one of class 1, nothing
    array([[-0.1,  0.4,  0. ]])
    """

    has_accuracy = True

    def __init__(self, weights: ArrayLike | None = None, ignore: int | None = None, axis: int = -1):
        self.weights = None if weights is None else expect_weights(weights)
        self.ignore = ignore
        self.axis = axis
        # the parts of a batch can differ in total weight: the mean of their losses is not its loss
        self.whole_batch = weights is not None or ignore is not None

    def forward(self, x: np.ndarray, t: np.ndarray) -> float:
        rows, t, shape = self._to_rows(x, t)
        log_y = np.maximum(log_softmax(rows), np.finfo(x.dtype).min)  # never -inf: 0 * inf is nan
        t, w, total = self._weigh(t)
        # summed in float64: the losses of a thousand rows can overflow float16
        if t.ndim == 1:
            losses = -log_y[label_index(t)]
        else:
            t = t.astype(x.dtype, copy=False)
            losses = -(t * log_y).sum(axis=-1, dtype=np.float64)
        if w is not None:
            losses = losses * w
        self.cache = (log_y, t, w, total, shape)
        return float(losses.sum(dtype=np.float64)) / total

    def backward(self, dout: float = 1.0) -> np.ndarray:
        log_y, t, w, total, shape = self.saved()
        dx = np.exp(log_y, out=np.empty_like(log_y, order="C"))
        # L = -sum_k t_k log y_k and d log y_k / dx_j = [k = j] - y_j:  dL/dx = y sum(t) - t
        if t.ndim == 1:
            dx[label_index(t)] -= 1  # t is 1 at the class of the label, 0 elsewhere
        else:
            dx = dx * t.sum(axis=-1, keepdims=True) - t
        dx *= dout / total
        if w is not None:
            dx *= w[:, None]  # (N*..,) -> (N*.., 1)
        dx = dx.reshape(shape)  # (N*.., classes) -> (N, .., classes)
        return dx if self.axis == -1 else np.moveaxis(dx, -1, self.axis)

    def accuracy(self, x: np.ndarray, t: np.ndarray) -> float:
        """The fraction of rows with the largest score at the true class, ignored rows left out."""
        rows, t, _ = self._to_rows(x, t)
        if self.ignore is not None:
            counted = t != self.ignore
            if not counted.any():
                raise ValueError(
                    f"expected a label other than {self.ignore}, which is ignored, got none"
                )
            rows, t = rows[counted], t[counted]
        return accuracy(rows, t)

    def _to_rows(
        self, x: np.ndarray, t: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
        """The scores as rows (N*.., classes), the targets as rows too, and a shape.

        It is the shape of x with the classes last, to undo the reshape.
        """
        if not -x.ndim <= self.axis < x.ndim:
            raise ValueError(f"{self!r} expects classes along axis {self.axis}, got {x.shape}")
        t = check_labels(x, t, self.axis, self.ignore)
        labels = t.ndim < x.ndim
        if self.whole_batch:
            self._expect_countable(x, t)
        if self.axis != -1:  # (N, classes, H, W) -> (N, H, W, classes)
            x = np.moveaxis(x, self.axis, -1)
            t = t if labels else np.moveaxis(t, self.axis, -1)
        rows = x.reshape(-1, x.shape[-1])  # (N, .., classes) -> (N*.., classes)
        return rows, t.reshape(-1) if labels else t.reshape(rows.shape), x.shape

    def _expect_countable(self, x: np.ndarray, t: np.ndarray) -> None:
        """ValueError unless each class has a weight, and t is labels if one is to be ignored."""
        classes = x.shape[self.axis]
        if self.weights is not None and len(self.weights) != classes:
            raise ValueError(
                f"{self!r} expects scores of {len(self.weights)} classes along axis {self.axis}, "
                f"got {x.shape}: give one weight for each class"
            )
        if self.ignore is not None and t.shape == x.shape:
            raise ValueError(
                f"{self!r} expects integer labels, since it ignores one, got probabilities of "
                f"shape {t.shape}: use t.argmax({self.axis}) for one-hot targets"
            )

    def _weigh(self, t: np.ndarray) -> tuple[np.ndarray, np.ndarray | None, float]:
        """The targets, the weight of each row (None if all are 1), and the sum of the weights."""
        if not self.whole_batch:
            return t, None, len(t)
        if t.ndim == 2:
            t = t * self.weights
            return t, None, float(t.sum()) or 1.0  # if all weights are 0, the loss is 0 / 1
        w = np.ones_like(t, dtype=float)
        if self.ignore is not None:
            w = (t != self.ignore).astype(float)
            t = np.where(w, t, 0)  # any class will do: its weight is 0
        if self.weights is not None:
            w *= self.weights[t]
        return t, w, float(w.sum()) or 1.0

    def options(self) -> str:
        weights = None if self.weights is None else self.weights.shape
        given = [("weights", weights, None), ("ignore", self.ignore, None), ("axis", self.axis, -1)]
        return ", ".join(f"{name}={value}" for name, value, usual in given if value != usual)


def expect_weights(weights: ArrayLike) -> np.ndarray:
    """The weights (classes,) in float64; ValueError unless each is finite and 0 or more."""
    weights = np.array(weights, dtype=np.float64)
    if weights.ndim != 1 or not (np.isfinite(weights) & (weights >= 0)).all():
        raise ValueError(f"weights must be one number >= 0 for each class, got {weights}")
    return weights
