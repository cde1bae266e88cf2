"""The pure functions of the book: activations (3.2), output functions (3.5) and losses (4.2).

A function takes arrays and returns a new array; it has no state and changes no argument.
The layers in `dlscratch.layers` use some of them and add a backward pass for learning.
Arrays keep their dtype: float32 in, float32 out.
"""

import numpy as np
from numpy.typing import ArrayLike

from dlscratch.devices import place_of


def identity_function(x: np.ndarray) -> np.ndarray:
    """The output function of regression: x itself (section 3.4.3)."""
    return x


def step_function(x: np.ndarray) -> np.ndarray:
    """1 where x > 0, else 0, as integers; any shape (section 3.2.2).

    >>> step_function(np.array([-1.0, 1.0, 2.0]))
    array([0, 1, 1])
    """
    return np.asarray(x > 0, dtype=int, like=place_of(x))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), between 0 and 1; any shape (section 3.2.4, equation 3.6).

    exp is only taken of numbers <= 0, so that no x overflows.

    >>> sigmoid(np.array([-1.0, 1.0, 2.0]))
    array([0.26894142, 0.73105858, 0.88079708])
    """
    # x >= 0: 1 / (1 + e^-x).  x < 0, both sides times e^x: e^x / (e^x + 1).
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def relu(x: np.ndarray) -> np.ndarray:
    """max(0, x), any shape (section 3.2.7, equation 3.7).

    >>> relu(np.array([-1.0, 0.5]))
    array([0. , 0.5])
    """
    return np.maximum(x, 0)


def softmax(a: np.ndarray) -> np.ndarray:
    """Scores to probabilities along the last axis: exp(a_k) / sum_i exp(a_i) (section 3.5).

    a: (classes,), (N, classes) or (N, .., classes). The largest score of each row is subtracted
    first: the result is the same (equation 3.11) and exp cannot overflow.

    >>> softmax(np.array([0.3, 2.9, 4.0]))
    array([0.01821127, 0.24519181, 0.73659691])
    """
    e = np.exp(_shift_by_max(a))
    return e / np.sum(e, axis=-1, keepdims=True)


def log_softmax(a: np.ndarray) -> np.ndarray:
    """log(softmax(a)) without ever taking the logarithm of 0; shapes as `softmax`.

    >>> log_softmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    a = _shift_by_max(a)
    return a - np.log(np.exp(a).sum(axis=-1, keepdims=True))


def _shift_by_max(a: np.ndarray) -> np.ndarray:
    """a minus the largest score of its row; -inf where the difference overflows the dtype."""
    a = np.asfortranarray(a, like=place_of(a))  # so that NumPy reduces many short rows at a time
    with np.errstate(over="ignore"):
        return a - a.max(axis=-1, keepdims=True)


def mean_squared_error(y: np.ndarray, t: ArrayLike) -> np.floating:
    """Half the sum of squares, 1/2 sum_k (y_k - t_k)^2 (section 4.2.1, equation 4.1).

    The book's name; it is a sum, not a mean. y and t: the same shape; ValueError otherwise.

    >>> float(mean_squared_error(np.array([0.1, 0.9]), np.array([0.0, 1.0])))
    0.01
    """
    return np.sum((y - check_targets(y, t)) ** 2 / 2)


def cross_entropy_error(y: ArrayLike, t: ArrayLike) -> np.floating:
    """-sum_k t_k log(y_k + 1e-7), the mean over the batch (sections 4.2.2 to 4.2.4).

    y: probabilities, (N, classes), or (classes,) for a single example, or (N, .., classes).
    t: integer labels of y's shape without the last axis; or probabilities of y's shape, for
    instance one-hot. The 1e-7 is the book's and avoids log(0); `SoftmaxWithLoss` does not need it.
    ValueError if t does not fit y.

    >>> y = np.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0])
    >>> round(float(cross_entropy_error(y, 2)), 6)
    0.510825
    """
    y = np.asarray(y, like=place_of(y))
    t = check_labels(y, t)
    log_y = np.log(y.reshape(-1, y.shape[-1]) + 1e-7)  # (N, .., classes) -> (N*.., classes)
    if t.ndim < y.ndim:
        errors = -log_y[label_index(t)]
    else:
        t = t.reshape(log_y.shape).astype(log_y.dtype, copy=False)
        errors = -np.sum(t * log_y, axis=-1)
    return np.mean(errors)


def accuracy(y: np.ndarray, t: ArrayLike) -> float:
    """The accuracy, 0 .. 1: the fraction of rows whose largest score is the true class (3.6.2).

    y: (N, classes) or (N, .., classes), scores or probabilities.
    t: integer labels (N, ..), or probabilities of y's shape.

    >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    t = check_labels(y, t)
    labels = t if t.ndim < y.ndim else t.argmax(axis=-1)
    return float(np.mean(y.argmax(axis=-1) == labels))


def label_index(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The index of each label's entry in an array (N*.., classes); t: integers (N, ..)."""
    return np.arange(t.size, like=t), t.ravel()


def check_labels(
    y: np.ndarray, t: ArrayLike, axis: int = -1, ignore: int | None = None
) -> np.ndarray:
    """t as an array; ValueError unless it fits the scores or probabilities y.

    t: integer labels 0 .. classes - 1, or the label `ignore`, in the shape of y without the axis of
    the classes; or a probability for each class, in the shape of y.
    """
    t = np.asarray(t, like=place_of(y))
    if t.shape == y.shape:
        return t
    axis = axis % y.ndim
    shape, classes = y.shape[:axis] + y.shape[axis + 1 :], y.shape[axis]
    if t.shape != shape:
        raise ValueError(
            f"labels of shape {t.shape} do not fit outputs of shape {y.shape}: expected integer "
            f"labels of shape {shape} or probabilities of shape {y.shape}{_hint(y, t, axis)}"
        )
    if t.dtype.kind not in "iu":
        raise ValueError(
            f"class labels of shape {t.shape} must be integers, got {t.dtype}: use t.astype(int)"
        )
    counted = t if ignore is None else t[t != ignore]
    if counted.size and not (counted.min() >= 0 and counted.max() < classes):
        also = "" if ignore is None else f" or {ignore}, which is ignored,"
        raise ValueError(
            f"labels must be classes 0 .. {classes - 1}{also} for outputs of shape {y.shape}, "
            f"got {counted.min()} .. {counted.max()}"
        )
    return t


def check_targets(y: ArrayLike, t: ArrayLike) -> np.ndarray:
    """t as an array; ValueError unless it has the shape of y."""
    t = np.asarray(t, like=place_of(y))
    if t.shape != np.shape(y):
        raise ValueError(
            f"targets of shape {t.shape} do not fit outputs of shape {np.shape(y)}: "
            "expected equal shapes"
        )
    return t


def _hint(y: np.ndarray, t: np.ndarray, axis: int) -> str:
    """How to make labels of the wrong shape fit, if the shapes show it."""
    if t.ndim == y.ndim and t.shape == y.shape[:axis] + (1,) + y.shape[axis + 1 :]:
        return f"; use np.squeeze(t, {axis})"
    if t.shape == y.shape[:1] + y.shape[2:]:
        return "; for classes along axis 1, as images have them, use SoftmaxWithLoss(axis=1)"
    return ""
