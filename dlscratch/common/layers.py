"""The book's layers (sections 5.5, 5.6, 6.3, 6.4.3 and 7.4): read `dlscratch.layers`.

    Relu                            ReLU, under the book's name
    Sigmoid, Convolution            the very same
    Affine                          Affine, which also takes a single example (n_in,)
    SoftmaxWithLoss                 SoftmaxWithLoss, which also shows y, t and loss
    Dropout, BatchNormalization,    Dropout, BatchNorm, Pooling with the book's arguments,
    Pooling                         defaults and rules: see there

They use the caller's very arrays and follow their dtype, float64 in the book's listings.
No backward pass here writes into dout, and SoftmaxWithLoss minds it.
"""

import numpy as np

from dlscratch import layers as library
from dlscratch.layers import Convolution, Sigmoid
from dlscratch.layers import ReLU as Relu

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

    The difference: x may be a single example (n_in,) as in section 5.6.1, and y is (n_out,) then.

    >>> W = np.array([[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]])
    >>> Affine(W, np.zeros(3)).forward(np.array([1.0, 2.0]))
    array([ 5., 11., 17.])
    """

    def forward(self, x, training=False):
        return super().forward(x) if x.ndim > 1 else super().forward(x[None])[0]

    def backward(self, dout):
        return super().backward(dout) if dout.ndim > 1 else super().backward(dout[None])[0]


class SoftmaxWithLoss(library.SoftmaxWithLoss):
    """Softmax and cross entropy (section 5.6.3). Read `dlscratch.SoftmaxWithLoss`.

    The difference: what the last forward pass worked out can be looked at. `loss`; `y`, the
    probabilities; `t`, the targets as they came.

    >>> head = SoftmaxWithLoss()
    >>> round(head.forward(np.array([[0.3, 2.9, 4.0]]), np.array([2])), 4)
    0.3057
    >>> head.y
    array([[0.01821127, 0.24519181, 0.73659691]])
    """

    loss: float | None = None

    def forward(self, x, t) -> float:
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
    """In training, silence a share of the units; at test time scale all (section 6.4.3).

    Read `dlscratch.Dropout`. The difference: that one scales the survivors up by 1 / (1 - ratio)
    in training and does nothing at test time. This is the book's rule, the same times (1 - ratio):
    survivors unchanged in training, everything scaled down at test time.

    >>> Dropout(0.25).forward(np.ones(3), train_flg=False)
    array([0.75, 0.75, 0.75])
    """

    def __init__(self, dropout_ratio: float = 0.5, *, rng: np.random.Generator | None = None):
        super().__init__(dropout_ratio, rng=rng)

    def forward(self, x, train_flg=True):
        return super().forward(x, train_flg) * (1 - self.ratio)

    def backward(self, dout):
        return super().backward(dout) * (1 - self.ratio)


class BatchNormalization(library.BatchNorm):
    """Batch normalization (section 6.3). Read `dlscratch.BatchNorm`.

    The differences: training is the default, eps is the book's 10e-7, and running averages from an
    earlier training can be handed over; they are copied. Images are normalised by channel.
    """

    def __init__(self, gamma, beta, momentum=0.9, running_mean=None, running_var=None):
        super().__init__(gamma, beta, momentum, eps=10e-7)
        if running_mean is not None:
            self.running_mean = np.array(running_mean)
        if running_var is not None:
            self.running_var = np.array(running_var)

    def forward(self, x, train_flg=True):
        return super().forward(x, train_flg)


class Pooling(library.Pooling):
    """Max pooling (section 7.4.4). Read `dlscratch.Pooling`.

    The difference: stride is 1 by default, as in the book's listing, and not the window's size.
    """

    def __init__(self, pool_h: int, pool_w: int, stride: int = 1, pad: int = 0):
        super().__init__(pool_h, pool_w, stride, pad)
