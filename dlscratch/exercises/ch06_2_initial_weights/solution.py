"""Initial weights: as large as the number of inputs allows (section 6.2).

Equal weights all get the same gradient and stay equal for ever, so they are drawn at random. If
they are too large or too small, the signals of a deep network saturate or fade away from layer to
layer. A neuron adds up n inputs, the more the larger the sum; with the standard deviation

    Xavier, for sigmoid and tanh:   1 / sqrt(n)
    He, for ReLU:                   sqrt(2 / n)     (ReLU sets half of the signals to 0)

the signals are about equally large in every layer.

Write:

    xavier(n_in, n_out, rng)                returns weights of shape (n_in, n_out), Gaussian around
    he(n_in, n_out, rng)                    0, with the standard deviation above; n is n_in
    init_network(sizes, activation, rng)    sizes: the numbers of neurons, from the input to the
                                            output; activation: "relu" or "sigmoid"; returns a dict
                                            with W1, b1, W2, b2, ..; the biases are 0

rng is a generator of random numbers: rng.standard_normal((2, 3)) has standard deviation 1.

>>> rng = np.random.default_rng(0)
>>> round(float(np.std(xavier(100, 400, rng))), 2), round(float(np.std(he(100, 400, rng))), 2)
(0.1, 0.14)
>>> network = init_network([784, 50, 10], "relu", rng)
>>> {key: array.shape for key, array in network.items()}
{'W1': (784, 50), 'b1': (50,), 'W2': (50, 10), 'b2': (10,)}
"""

import numpy as np


def xavier(n_in, n_out, rng):
    return rng.standard_normal((n_in, n_out)) / np.sqrt(n_in)


def he(n_in, n_out, rng):
    return rng.standard_normal((n_in, n_out)) * np.sqrt(2 / n_in)


def init_network(sizes, activation, rng):
    weights = he if activation == "relu" else xavier
    network = {}
    for i in range(1, len(sizes)):
        network[f"W{i}"] = weights(sizes[i - 1], sizes[i], rng)
        network[f"b{i}"] = np.zeros(sizes[i])
    return network
