"""The last step of a network in training: from scores to one number, the loss (section 5.6.3).

Each class pairs an output function with the error that suits it, and the gradient of such a pair
is as simple as it can be: outputs minus targets. Both losses are means over the batch.
Unlike the layers, forward takes the targets too and answers a float.
"""

import numpy as np

from dlscratch.functions import accuracy, check_labels, log_softmax, mean_squared_error


class Loss:
    has_accuracy = False

    def accuracy(self, x, t):
        return accuracy(x, t)


class SoftmaxWithLoss(Loss):
    has_accuracy = True

    """Softmax, then cross entropy: for choosing one class of several.

    x: scores (N, classes). t: integer classes (N,), or probabilities (N, classes).
    The logarithm is taken of the scores' softmax directly: no score makes it infinite.

    >>> head = SoftmaxWithLoss()
    >>> round(head.forward(np.array([[0.3, 2.9, 4.0]]), np.array([2])), 4)
    0.3057
    >>> head.backward()
    array([[ 0.01821127,  0.24519181, -0.26340309]])
    """

    cache = None

    def forward(self, x, t) -> float:
        """The mean loss of the batch."""
        t = check_labels(x, t)
        log_y = np.maximum(log_softmax(x), np.finfo(x.dtype).min)  # never -inf: 0 * inf is nan
        self.cache = (log_y, t)
        # added up in float64: the losses of a thousand rows can be too much for float16
        if t.ndim < x.ndim:
            losses = -rows(log_y)[label_index(t)]
        else:
            losses = -(t.astype(x.dtype, copy=False) * log_y).sum(axis=-1, dtype=np.float64)
        return float(losses.sum(dtype=np.float64)) / batch_size(x)

    def backward(self, dout=1.0):
        """dL/dx, the shape and dtype of x; dout is the gradient of what is made of the loss."""
        log_y, t = _saved(self)
        dx = np.exp(log_y, order="C")  # row after row: rows(dx) below is a view of it
        # L = -sum_k t_k log y_k and d log y_k / dx_j = [k = j] - y_j:  dL/dx = y sum(t) - t
        if t.ndim < dx.ndim:
            rows(dx)[label_index(t)] -= 1  # t is 1 at the class of the label, 0 elsewhere
        else:
            t = t.astype(dx.dtype, copy=False)
            dx = dx * t.sum(axis=-1, keepdims=True) - t
        dx *= dout / batch_size(dx)
        return dx

    def __repr__(self):
        return "SoftmaxWithLoss()"


class IdentityWithLoss(Loss):
    """The scores themselves, then half the sum of squares: for regression (section 3.5).

    x and t: (N, outputs).

    >>> head = IdentityWithLoss()
    >>> head.forward(np.array([[1.0, 3.0]]), np.array([[1.0, 1.0]]))
    2.0
    >>> head.backward()
    array([[0., 2.]])
    """

    cache = None

    def forward(self, x, t) -> float:
        """The mean loss of the batch."""
        # added up in float64: the squares of a few rows can be too much for float16
        loss = float(mean_squared_error(x.astype(np.float64, copy=False), t)) / batch_size(x)
        self.cache = (x, np.asarray(t, dtype=x.dtype))
        return loss

    def backward(self, dout=1.0):
        """dL/dx, the shape and dtype of x; dout is the gradient of what is made of the loss."""
        x, t = _saved(self)
        dx = x - t  # L = (x - t)^2 / 2: dL/dx = x - t
        dx *= dout / batch_size(x)
        return dx

    def __repr__(self):
        return "IdentityWithLoss()"


def rows(a):
    """A view, (.., classes) -> (N, classes): one row for each example."""
    return a.reshape(-1, a.shape[-1])


def label_index(t):
    """Where the classes t stand in such rows."""
    return np.arange(t.size), t.ravel()


def batch_size(x) -> int:
    """How many rows: (N, classes) -> N, and 1 for a single example (classes,)."""
    return x.size // x.shape[-1]


def _saved(head):
    if head.cache is None:
        raise RuntimeError(f"{head!r}.backward needs a forward pass before it")
    return head.cache
