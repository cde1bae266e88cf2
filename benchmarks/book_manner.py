"""The slow side of the comparison: the same networks in the manner of the book.

The layers are the solutions of the exercises, which is what a reader has after chapters 5 to 7:
every window of the whole batch in one matrix (section 7.4), the position of each maximum in
Pooling, a gradient for the input image that is never needed, an optimizer that walks through a
dictionary.
The weights are float64, because `np.random.randn` is: the whole computation then is float64.
"""

import numpy as np

from dlscratch import layers as ours
from dlscratch.exercises.ch05_5_1_relu.solution import Relu
from dlscratch.exercises.ch05_6_2_affine import solution as chapter_5
from dlscratch.exercises.ch05_6_3_softmax_with_loss.solution import SoftmaxWithLoss
from dlscratch.exercises.ch06_1_4_sgd_momentum.solution import SGD
from dlscratch.exercises.ch06_4_3_dropout.solution import Dropout
from dlscratch.exercises.ch07_4_3_convolution_backward.solution import Convolution
from dlscratch.exercises.ch07_4_4_pooling_backward.solution import Pooling


class Affine(chapter_5.Affine):
    """Makes rows of images by itself: (N, C, H, W) -> (N, C*H*W), and back."""

    def forward(self, x):
        self.shape = x.shape
        return super().forward(x.reshape(len(x), -1))

    def backward(self, dout):
        return super().backward(dout).reshape(self.shape)


class Adam:
    """As the book writes it: fewer operations than the formula in its exercise."""

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        self.lr, self.beta1, self.beta2 = lr, beta1, beta2
        self.iter, self.m = 0, None

    def update(self, params, grads):
        if self.m is None:
            self.m = {key: np.zeros_like(array) for key, array in params.items()}
            self.v = {key: np.zeros_like(array) for key, array in params.items()}
        self.iter += 1
        lr = self.lr * (1.0 - self.beta2**self.iter) ** 0.5 / (1.0 - self.beta1**self.iter)
        for key in params:
            self.m[key] += (1 - self.beta1) * (grads[key] - self.m[key])
            self.v[key] += (1 - self.beta2) * (grads[key] ** 2 - self.v[key])
            params[key] -= lr * self.m[key] / (np.sqrt(self.v[key]) + 1e-7)


OPTIMIZERS = {"SGD": SGD, "Adam": Adam}
COPIES = {  # the library's layer -> the book's; Flatten is a part of its Affine
    ours.Affine: lambda a, W, b: Affine(W, b),
    ours.Convolution: lambda a, W, b: Convolution(W, b, a.stride, a.pad),
    ours.Pooling: lambda a: Pooling(a.pool_h, a.pool_w, a.strides()[0]),
    ours.Dropout: lambda a: Dropout(a.ratio),
    ours.ReLU: lambda a: Relu(),
}


class BookNetwork:
    """Copies of the library's layers, with the same weights as `dtype`, and the loss."""

    def __init__(self, layers, dtype=np.float64):
        self.layers, self.last_layer = [], SoftmaxWithLoss()
        for layer in layers:
            if not isinstance(layer, ours.Flatten):
                arrays = [getattr(layer, name).astype(dtype) for name in layer.param_names]
                self.layers.append(COPIES[type(layer)](layer, *arrays))
        self.params = self.arrays("W", "b")

    def arrays(self, *names):
        """W1 b1 W2 .. of the layers, or with the names dW and db their gradients."""
        trainable = [layer for layer in self.layers if hasattr(layer, "W")]
        numbered = enumerate(trainable, start=1)
        return {f"{p[-1]}{i}": getattr(layer, p) for i, layer in numbered for p in names}

    def forward(self, x, training=False):
        for layer in self.layers:
            options = {"train_flg": training} if isinstance(layer, Dropout) else {}
            x = layer.forward(x, **options)
        return x

    predict = forward

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout

    def loss_and_gradient(self, x, t):
        """x: (N, ..), t: one-hot, (N, 10)."""
        loss = self.last_layer.forward(self.forward(x, training=True), t)
        self.backward(self.last_layer.backward())
        return loss, self.arrays("dW", "db")
