"""An ensemble: several networks answer by the mean of their probabilities (section 8.1.2).

Networks that were trained from different initial weights are wrong about different images. So take
several, and the mean of the probabilities that they give each class; the answer is the class where
this mean is largest. A network that is sure counts for more than two that are in doubt:

              cat    dog
    network   0.51   0.49
    network   0.51   0.49
    network   0.10   0.90                a vote would say cat, 2 to 1
    mean      0.373  0.627               the mean says dog

Each network's scores go through softmax first, and the mean comes after it: scores have no common
scale, probabilities do.

Write (softmax is there; so is a network to try it with):

    mean_probabilities(networks, x)   networks: a list; each has a predict(x), which returns scores
                                      (N, classes); returns (N, classes), in the dtype of the scores
    classify(networks, x)             returns the class of each row of x, integers (N,)

x is not written to.

>>> sure, in_doubt = Network(np.eye(2) * 5), Network(np.array([[-0.2, 0.2], [0.2, -0.2]]))
>>> x = np.array([[1.0, 0.0], [0.0, 1.0]])
>>> mean_probabilities([sure, in_doubt, in_doubt], x).round(3)
array([[0.599, 0.401],
       [0.401, 0.599]])
>>> classify([sure, in_doubt, in_doubt], x)  # a vote would say 1 and 0
array([0, 1])
"""

import numpy as np


class Network:
    def __init__(self, W):  # given
        self.W = W

    def predict(self, x):  # given
        return x @ self.W


def softmax(a):  # given
    e = np.exp(a - np.max(a, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def mean_probabilities(networks, x):
    return np.mean([softmax(network.predict(x)) for network in networks], axis=0)


def classify(networks, x):
    return np.argmax(mean_probabilities(networks, x), axis=1)
