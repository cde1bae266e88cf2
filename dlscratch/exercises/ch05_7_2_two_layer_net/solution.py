"""A network of layers: its gradient goes back through them in reverse order (section 5.7.2).

Each layer knows its own backward, so the network has nothing to derive. x runs through the layers,
and last_layer turns the scores into the loss. The gradient starts from the loss, with dout = 1, and
takes the same way back: what a backward returns is the dout of the layer before it.

    x -> Affine1 -> Relu1 -> Affine2 -> scores -> last_layer -> loss

Write (params: a dict of arrays; self.layers: a dict of layers, in the order of their names above):

    TwoLayerNet   predict(x)      x (N, n_in); returns the scores (N, n_out), without softmax
                  loss(x, t)      t (N,), the right classes; returns one number
                  gradient(x, t)  returns a dict, the gradients of W1, b1, W2 and b2

>>> W2 = np.array([[1.0, 0.0], [0.0, 2.0]])
>>> net = TwoLayerNet({"W1": np.eye(2), "b1": np.zeros(2), "W2": W2, "b2": np.zeros(2)})
>>> net.predict(np.array([[1.0, -1.0], [0.5, 3.0]]))
array([[1. , 0. ],
       [0.5, 6. ]])
>>> net.gradient(np.array([[1.0, -1.0], [0.5, 3.0]]), np.array([0, 0]))["b2"].round(3)
array([-0.632,  0.632])
"""

import numpy as np


class Affine:
    def __init__(self, W, b):  # given
        self.W, self.b = W, b

    def forward(self, x):  # given
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):  # given
        self.dW, self.db = self.x.T @ dout, np.sum(dout, axis=0)
        return dout @ self.W.T


class Relu:
    def forward(self, x):  # given
        self.passes = x > 0
        return x * self.passes

    def backward(self, dout):  # given
        return dout * self.passes


class SoftmaxWithLoss:
    def forward(self, x, t):  # given
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        self.y, self.t = e / np.sum(e, axis=1, keepdims=True), np.eye(x.shape[1])[t]
        return -np.sum(self.t * np.log(self.y)) / len(x)

    def backward(self, dout=1):  # given
        return dout * (self.y - self.t) / len(self.t)


class TwoLayerNet:
    def __init__(self, params):  # given
        affine1 = Affine(params["W1"], params["b1"])
        affine2 = Affine(params["W2"], params["b2"])
        self.layers = {"Affine1": affine1, "Relu1": Relu(), "Affine2": affine2}
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        return self.last_layer.forward(self.predict(x), t)

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.last_layer.backward(1)
        for layer in reversed(list(self.layers.values())):
            dout = layer.backward(dout)
        affine1, affine2 = self.layers["Affine1"], self.layers["Affine2"]
        return {"W1": affine1.dW, "b1": affine1.db, "W2": affine2.dW, "b2": affine2.db}
