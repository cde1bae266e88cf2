"""The Gram matrix: the style of a picture as numbers, and its gradient (section 8.5.1).

A convolution makes C maps of a picture: stripes here, dots there. Its style is which of them occur
together, wherever that is. So multiply every two maps pixel by pixel, and average over all pixels:

    F = x as rows, a map each                     (C, H, W) -> (C, H W)
    G = F . F^T / (H W)                           (C, C)

The style loss compares G with A, the Gram matrix of the picture whose style is wanted. Its gradient
moves the pixels, not the weights:

    L = sum (G - A)^2
    dG = 2 (G - A)
    dF = (dG + dG^T) . F / (H W)                  F occurs twice in G
    dx = dF in the shape of x

Write:

    gram_matrix(x)   x: maps (C, H, W); returns G, (C, C)

    StyleLoss        forward(x, A)     A: (C, C); returns the loss, one number
                     backward(dout=1)  dout: a number, the gradient by the loss; returns dx, of the
                                       shape and dtype of x

x and A are not written to.

>>> x = np.array([[[1.0, 3.0]], [[2.0, 0.0]]])  # two maps of 1 x 2 pixels
>>> gram_matrix(x)
array([[5., 1.],
       [1., 2.]])
>>> loss = StyleLoss()
>>> print(loss.forward(x, np.array([[5.0, 1.0], [1.0, 1.0]])))
1.0
>>> loss.backward()
array([[[0., 0.]],
       [[4., 0.]]])
"""

import numpy as np


def gram_matrix(x):
    C, H, W = x.shape
    F = x.reshape(C, H * W)  # (C, H, W) -> (C, H W)
    return F @ F.T / (H * W)


class StyleLoss:
    def forward(self, x, A):
        self.x = x
        self.difference = gram_matrix(x) - A
        return np.sum(self.difference**2)

    def backward(self, dout=1):
        C, H, W = self.x.shape
        F = self.x.reshape(C, H * W)
        dG = dout * 2 * self.difference
        dF = (dG + dG.T) @ F / (H * W)
        return dF.reshape(C, H, W)
