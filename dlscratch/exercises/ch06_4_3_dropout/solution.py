"""Dropout: in training, neurons are switched off at random (section 6.4.3).

In each forward pass of training every neuron is switched off with probability dropout_ratio, drawn
anew each time. So no neuron can rely on another one, and it is as if many smaller networks were
trained together. After training all neurons are on, and their outputs are scaled down to what they
were on average:

    training:   y = x * mask                  mask: 1 where a random number of 0 to 1 is larger than
                                              dropout_ratio, else 0
    afterwards: y = x * (1 - dropout_ratio)

    dx = dout * mask                          with the mask of the forward pass before

Write (__init__ is there):

    Dropout   forward(x, train_flg=True)   x: an array of any shape; returns y, of the same shape
                                           and dtype; train_flg=False is the rule for afterwards
              backward(dout)               dout: the gradient by y; returns dx

Draw from self.rng, a generator of random numbers: self.rng.random(shape) has numbers of 0 to 1.

>>> layer = Dropout(dropout_ratio=0.25, rng=np.random.default_rng(0))
>>> layer.forward(np.array([1.0, 2.0, 3.0, 4.0]))
array([1., 2., 0., 0.])
>>> layer.backward(np.array([10.0, 20.0, 30.0, 40.0]))
array([10., 20.,  0.,  0.])
>>> layer.forward(np.array([1.0, 2.0, 3.0, 4.0]), train_flg=False)
array([0.75, 1.5 , 2.25, 3.  ])
"""

import numpy as np


class Dropout:
    def __init__(self, dropout_ratio=0.5, rng=None):  # given
        self.dropout_ratio = dropout_ratio
        self.rng = np.random.default_rng(rng)

    def forward(self, x, train_flg=True):
        if train_flg:
            self.mask = self.rng.random(x.shape) > self.dropout_ratio
            return x * self.mask
        return x * (1 - self.dropout_ratio)

    def backward(self, dout):
        return dout * self.mask
