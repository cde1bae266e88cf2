"""Sections 5.7.3 and 7.5: the gradients of the convolutional network, checked numerically.

Convolution and pooling are the two layers whose backward pass is hardest to get right: windows
overlap, so that a pixel collects gradients from several places, and only the largest pixel of a
window gets any. Each is checked by measurement, alone and within a small SimpleConvNet, in float64.
The table compares each parameter's gradient with the measured one, as in chapter 5.

    python ch07/gradient_check.py

Last line with the default seed: every gradient is right
"""

import numpy as np

from ch07.simple_convnet import SimpleConvNet
from dlscratch import AveragePooling, Convolution, Pooling, check_gradients, numerical_gradient
from dlscratch.book.experiment import run


def layers(rng):
    """Each kind of window once, overlapping or not, padded or not; each with the side of its x."""

    def conv(filters, size, **options):
        W, b = rng.standard_normal((filters, 2, size, size)), rng.standard_normal(filters)
        return Convolution(W, b, **options)

    return [
        (conv(3, 3), 7),
        (conv(3, 3, pad=1), 7),
        (conv(4, 3, stride=2, pad=1), 7),
        (conv(2, 5, pad=2), 7),
        (Pooling(2, 2), 6),
        (Pooling(3, 3, stride=2), 7),
        (AveragePooling(2, 2), 6),
    ]


def mean_differences(net, x, t):
    """{name: mean |measured - derived|} over the numbers of each parameter's gradient."""
    grads = net.gradient(x, t)
    means = {}
    for name, array in net.params.items():
        measured = numerical_gradient(lambda _: net.loss(x, t), array, h=1e-5)
        means[name] = float(np.abs(measured - grads[name]).mean())
    return means


def main(args):
    rng = np.random.default_rng(args.seed)
    for layer, side in layers(rng):
        verdict = check_gradients(layer, rng.standard_normal((3, 2, side, side)))
        print(f"{layer}\n    {verdict}")
        assert verdict, verdict

    net = SimpleConvNet((1, 10, 10), {"filter_num": 4, "filter_size": 3}, 10, rng=rng)
    net = net.astype(np.float64)
    x, t = rng.random((2, 1, 10, 10)), rng.integers(0, 10, 2)
    verdict = check_gradients(net, x, t)
    print(verdict)
    assert verdict, verdict
    print("SimpleConvNet: mean difference of measured and derived gradients")
    for name, mean in mean_differences(net, x, t).items():
        print(f"    {name}: {mean:.1e}")
        assert mean < 1e-8, f"{name}: measured and derived gradients differ by {mean}"
    print("every gradient is right")


if __name__ == "__main__":
    run(main, __doc__)
