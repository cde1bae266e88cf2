"""A layer of the reader's own, by deriving from Layer."""

import numpy as np
import pytest

from dlscratch import SGD, Affine, Layer, Network, check_gradients


class Scale(Layer):
    """y = a * x, with one learned factor a feature."""

    param_names = ("a",)

    def __init__(self, a):
        self.a = a

    def forward(self, x, training=False):
        self.cache = (x,)
        return x * self.a

    def backward(self, dout):
        (x,) = self.saved()
        self.da = (dout * x).sum(axis=0)
        return dout * self.a


def test_it_can_be_proved_and_trained_like_any_other():
    rng = np.random.default_rng(0)
    x, t = rng.standard_normal((5, 3)), rng.integers(0, 2, 5)
    assert check_gradients(Scale(np.array([1.0, -2.0, 3.0])), x)
    net = Network([Scale(np.ones(3, np.float32)), Affine.init(3, 2, rng=rng)])
    assert list(net.params) == ["a1", "W1", "b1"]
    assert check_gradients(net, x, t)
    before = net.loss(x, t)
    SGD(0.1).update(net.params, net.gradient(x, t))
    assert net.loss(x, t) < before


def test_it_must_have_both_passes():
    class Half(Layer):
        def forward(self, x, training=False):
            return x

    with pytest.raises(TypeError, match="backward"):
        Half()


def test_its_repr_shows_the_shapes_of_its_parameters():
    assert repr(Scale(np.ones(3))) == "Scale(a=(3,))"
