"""Three layers: a signal passes through a network (section 3.4).

Each layer takes the signals z of the layer before, weights them, adds its biases and applies its
activation function. The hidden layers have the sigmoid; the last layer has the identity, so that
the outputs can be any number:

    a1 = x . W1 + b1,  z1 = sigmoid(a1)
    a2 = z1 . W2 + b2,  z2 = sigmoid(a2)
    a3 = z2 . W3 + b3,  y = a3

Write (sigmoid and init_network are there):

    forward(network, x)   network: a dict with the arrays W1, b1, W2, b2, W3, b3; x: one input (n,),
                          or a batch of rows (N, n); returns y

The product of matrices is A @ B or np.dot(A, B). The numbers come from the argument network: there
are others than those of init_network.

>>> forward(init_network(), np.array([1.0, 0.5]))
array([0.31682708, 0.69627909])
"""

import numpy as np


def sigmoid(x):  # given
    return 1 / (1 + np.exp(-x))


def init_network():  # given
    return {
        "W1": np.array([[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]]),
        "b1": np.array([0.1, 0.2, 0.3]),
        "W2": np.array([[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]]),
        "b2": np.array([0.1, 0.2]),
        "W3": np.array([[0.1, 0.3], [0.2, 0.4]]),
        "b3": np.array([0.1, 0.2]),
    }


def forward(network, x):
    z1 = sigmoid(x @ network["W1"] + network["b1"])
    z2 = sigmoid(z1 @ network["W2"] + network["b2"])
    return z2 @ network["W3"] + network["b3"]
