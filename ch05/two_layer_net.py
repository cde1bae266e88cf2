"""TwoLayerNet again, as a list of layers (section 5.7.2, Tables 5-1 and 5-2).

Affine - ReLU - Affine, and softmax with cross entropy at the end. What ch04/two_layer_net.py spells
out, both passes and all four gradients, now happens inside the layers: a network runs its list
forwards, and for the backward pass in reverse. A deeper network is a longer list.
"""

import numpy as np
from tqdm import tqdm

from dlscratch import Affine, Network, ReLU, numerical_gradient


class TwoLayerNet(Network):
    """One hidden layer of ReLU neurons; predict, loss, accuracy, gradient are Network's own.

    x: (N, input_size). t: classes (N,), or one-hot (N, output_size). weight_init_std: a number,
    "he" or "xavier" (section 6.2). rng: draws the weights.

    >>> TwoLayerNet(784, 50, 10)
    TwoLayerNet(
        Affine(W=(784, 50), b=(50,))
        ReLU()
        Affine(W=(50, 10), b=(10,))
        SoftmaxWithLoss()
    )
    """

    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01, rng=None):
        rng = np.random.default_rng(rng)
        super().__init__(
            [
                Affine.init(input_size, hidden_size, weight_init_std, rng=rng),
                ReLU(),
                Affine.init(hidden_size, output_size, weight_init_std, rng=rng),
            ]
        )

    def numerical_gradient(self, x, t):
        """The gradient measured, two forward passes a weight; needs net.astype(np.float64)."""
        with tqdm(total=2 * self.params.flat.size, desc="slopes", leave=False, disable=None) as bar:

            def loss(W):  # W is the very array in params: the network sees each change of it
                bar.update()
                return self.loss(x, t)

            return {name: numerical_gradient(loss, W) for name, W in self.params.items()}
