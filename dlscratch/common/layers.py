"""The book's layers (sections 5.5, 5.6, 6.3, 6.4.3 and 7.4): read `dlscratch.layers`.

    Relu, Sigmoid                   ReLU and Sigmoid themselves
    Affine                          Affine, which also flattens images
    Convolution                     Convolution, whose bias may be a single number
    SoftmaxWithLoss                 SoftmaxWithLoss, which also shows y, t and loss
    Dropout, BatchNormalization,    Dropout, BatchNorm, Pooling with the book's arguments,
    Pooling                         defaults and rules: see each class

They use the caller's arrays, without a copy, and keep their dtype: float64 in the book's listings.
Unlike the book's, no backward pass here writes into dout, and SoftmaxWithLoss multiplies by dout.
"""

import numpy as np

from dlscratch import layers as library
from dlscratch.devices import place_of
from dlscratch.initializers import generator
from dlscratch.layers import ReLU as Relu
from dlscratch.layers import Sigmoid

__all__ = [
    "Affine",
    "BatchNormalization",
    "Convolution",
    "Dropout",
    "Pooling",
    "Relu",
    "Sigmoid",
    "SoftmaxWithLoss",
    "np",  # a listing may have its np from `import *` here
]


class Affine(library.Affine):
    """y = x . W + b (section 5.6). Read `dlscratch.Affine`.

    The difference: images are flattened, (N, C, H, W) to (N, C*H*W), so that no Flatten is needed
    before it (section 7.5); and x may be a single example (n_in,) as in section 5.6.1, then y is
    (n_out,). dx has the shape of x.

    >>> W = np.array([[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]])
    >>> Affine(W, np.zeros(3)).forward(np.array([1.0, 2.0]))
    array([ 5., 11., 17.])
    >>> Affine(W, np.zeros(3)).forward(np.ones((4, 1, 2, 1))).shape
    (4, 3)
    """

    def forward(self, x, training=False):
        single = x.ndim == 1
        rows = x[None] if single else x.reshape(len(x), -1)  # (N, C, H, W) -> (N, C*H*W)
        y = super().forward(rows)
        self.cache = (rows, x.shape)  # backward reshapes dx to the shape kept here
        return y[0] if single else y


class Convolution(library.Convolution):
    """A filter slides over the image (section 7.4). Read `dlscratch.Convolution`.

    The difference: b may be a number, one bias for all filters; 0 for none.

    >>> Convolution(np.ones((1, 1, 2, 2)), 0).forward(np.ones((1, 1, 3, 3)))[0, 0]
    array([[4., 4.],
           [4., 4.]])
    """

    def __init__(self, W: np.ndarray, b: np.ndarray | float, stride: int = 1, pad: int = 0):
        bias = np.full(len(W), b, W.dtype) if np.ndim(b) == 0 else np.asarray(b)  # () -> (F,)
        super().__init__(W, bias, stride, pad)


class SoftmaxWithLoss(library.SoftmaxWithLoss):
    """Softmax and cross entropy (section 5.6.3). Read `dlscratch.SoftmaxWithLoss`.

    The differences: it has the results of the last forward pass, `loss`, the probabilities `y` and
    the targets `t`; and labels may be a column (N, 1), which is treated as (N,).

    >>> head = SoftmaxWithLoss()
    >>> round(head.forward(np.array([[0.3, 2.9, 4.0]]), np.array([2])), 4)
    0.3057
    >>> head.y
    array([[0.01821127, 0.24519181, 0.73659691]])
    """

    loss: float | None = None

    def forward(self, x, t) -> float:
        t = np.asarray(t, like=place_of(x))
        if t.shape == (len(x), 1) and t.shape != x.shape:
            t = t[:, 0]  # (N, 1) -> (N,): beside scores (N, classes) it would broadcast to N x N
        self.loss = super().forward(x, t)
        return self.loss

    @property
    def y(self) -> np.ndarray | None:
        """The probabilities of the last forward pass; None before it."""
        return None if self.cache is None else np.exp(self.cache[0]).reshape(self.cache[-1])

    @property
    def t(self) -> np.ndarray | None:
        """The targets of the last forward pass; None before it."""
        return None if self.cache is None else self.cache[1]


class Dropout(library.Dropout):
    """In training, drop a fraction of the units; at test time, scale all of them (section 6.4.3).

    Read `dlscratch.Dropout`. The difference: the library scales the survivors up by
    1 / (1 - ratio) in training and does nothing at test time. The book's rule is this times
    (1 - ratio): survivors unchanged in training, everything scaled down at test time.

    >>> Dropout(0.25).forward(np.ones(3), train_flg=False)
    array([0.75, 0.75, 0.75])
    """

    def __init__(self, dropout_ratio: float = 0.5, *, rng: np.random.Generator | int | None = None):
        super().__init__(dropout_ratio, rng=generator(rng))

    def forward(self, x, train_flg=True):
        return super().forward(x, train_flg) * (1 - self.ratio)

    def backward(self, dout):
        return super().backward(dout) * (1 - self.ratio)


class BatchNormalization(library.BatchNorm):
    """Batch normalization (section 6.3). Read `dlscratch.BatchNorm`.

    The differences: training is the default, eps is the book's 10e-7, running averages of an
    earlier training can be passed in (they are copied), and a batch of one is allowed. Its
    variance is 0, so y = beta and dx = 0: no layer before this one can learn from it.
    Images are normalised by channel.

    >>> BatchNormalization(np.ones(2), np.array([3.0, 4.0])).forward(np.array([[7.0, 8.0]]))
    array([[3., 4.]])
    """

    def __init__(self, gamma, beta, momentum=0.9, running_mean=None, running_var=None):
        super().__init__(gamma, beta, momentum, eps=10e-7)
        if running_mean is not None:
            self.running_mean = np.array(running_mean)
        if running_var is not None:
            self.running_var = np.array(running_var)

    def forward(self, x, train_flg=True):
        if self._one_value(x):  # two equal rows have the same mean and variance as one
            return super().forward(np.concatenate([x, x]), train_flg)[:1]
        return super().forward(x, train_flg)

    def backward(self, dout):
        if self._one_value(dout):  # y is the first row of two, and x is both: dx is their sum
            dx = super().backward(np.concatenate([dout, np.zeros_like(dout)]))
            return dx.sum(axis=0, keepdims=True)
        return super().backward(dout)

    def _one_value(self, a):
        """Whether a has one value per feature: (1, D), or an image (1, D, 1, 1)."""
        return len(a) == 1 and a.size == len(self.gamma)


class Pooling(library.Pooling):
    """Max pooling (section 7.4.4). Read `dlscratch.Pooling`.

    The difference: stride is 1 by default, as in the book's listing, and not the window's size.
    """

    def __init__(self, pool_h: int, pool_w: int, stride: int = 1, pad: int = 0):
        super().__init__(pool_h, pool_w, stride, pad)
