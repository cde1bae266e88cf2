"""TwoLayerNet, spelled out: every step of both passes by hand (section 4.5.1, Tables 4-1 and 4-2).

Forward: a1 = x W1 + b1, z1 = sigmoid(a1), a2 = z1 W2 + b2, y = softmax(a2), and the cross entropy
of y and the labels. `numerical_gradient` measures the slope of each weight with two forward passes
for each; `gradient` computes all of them at once, taking the same steps in reverse. Chapter 5
explains how, and its network (ch05/two_layer_net.py) is a list of layers: this one is the last that
is written out.
"""

import numpy as np

from dlscratch import log_softmax, numerical_gradient, sigmoid, softmax


class TwoLayerNet:
    """Fully connected, one hidden layer of sigmoid neurons.

    x: (N, input_size). t: one-hot labels, (N, output_size). rng: draws the weights, Gaussian with
    the standard deviation weight_init_std. dtype: np.float64 for `numerical_gradient`.

    >>> net = TwoLayerNet(784, 100, 10, rng=np.random.default_rng(0))
    >>> [net.params[name].shape for name in ("W1", "b1", "W2", "b2")]
    [(784, 100), (100,), (100, 10), (10,)]
    """

    def __init__(
        self,
        input_size,
        hidden_size,
        output_size,
        weight_init_std=0.01,
        *,
        rng=None,
        dtype=np.float32,
    ):
        rng = np.random.default_rng(rng)
        self.params = {
            "W1": weight_init_std * rng.standard_normal((input_size, hidden_size)),
            "b1": np.zeros(hidden_size),
            "W2": weight_init_std * rng.standard_normal((hidden_size, output_size)),
            "b2": np.zeros(output_size),
        }
        self.params = {name: array.astype(dtype) for name, array in self.params.items()}

    def scores(self, x):
        """z1, the signals of the hidden neurons, and a2, the scores before the softmax."""
        p = self.params
        z1 = sigmoid(np.dot(x, p["W1"]) + p["b1"])  # (N, 784) . (784, 50) -> (N, 50)
        a2 = np.dot(z1, p["W2"]) + p["b2"]  # (N, 50) . (50, 10) -> (N, 10)
        return z1, a2

    def predict(self, x):
        """Probabilities, (N, output_size)."""
        return softmax(self.scores(x)[1])

    def accuracy(self, x, t):
        """The share of images whose highest probability is at the right class."""
        _, a2 = self.scores(x)  # softmax would not change which one is the highest
        return float(np.mean(a2.argmax(axis=1) == _one_hot(t, a2).argmax(axis=1)))

    def loss(self, x, t):
        """-sum_k t_k log y_k, the mean over the batch (equation 4.3)."""
        _, a2 = self.scores(x)
        return float(-np.sum(_one_hot(t, a2) * log_softmax(a2))) / len(x)

    def numerical_gradient(self, x, t):
        """dL/dW for every weight, measured: two forward passes for each of them."""

        def loss(W):  # W is the very array in params: the network sees each change of it
            return self.loss(x, t)

        return {name: numerical_gradient(loss, W) for name, W in self.params.items()}

    def gradient(self, x, t):
        """The same gradients by backpropagation: one forward and one backward pass."""
        return self.loss_and_gradient(x, t)[1]

    def loss_and_gradient(self, x, t):
        """Both at the cost of one, because the backward pass needs the forward pass anyway."""
        z1, a2 = self.scores(x)
        log_y = log_softmax(a2)
        loss = float(-np.sum(_one_hot(t, a2) * log_y)) / len(x)

        da2 = (np.exp(log_y) - t) / len(x)  # softmax with cross entropy: dL/da2 = (y - t) / N
        dz1 = np.dot(da2, self.params["W2"].T)  # a2 = z1 . W2 + b2: dz1 = da2 . W2^T
        da1 = dz1 * z1 * (1 - z1)  # z1 = sigmoid(a1): dz1/da1 = z1 (1 - z1)
        grads = {
            "W1": np.dot(x.T, da1),  # dW1 = x^T . da1
            "b1": da1.sum(axis=0),
            "W2": np.dot(z1.T, da2),  # dW2 = z1^T . da2
            "b2": da2.sum(axis=0),
        }
        return loss, {name: g.astype(log_y.dtype, copy=False) for name, g in grads.items()}


def _one_hot(t, scores):
    if np.shape(t) != scores.shape:
        raise ValueError(
            f"labels of shape {np.shape(t)} do not fit scores of shape {scores.shape}: "
            "expected one-hot labels, as load_mnist(one_hot_label=True) gives them"
        )
    return t
