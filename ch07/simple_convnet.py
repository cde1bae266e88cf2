"""Figure 7-23: a convolutional network, small enough to read (section 7.5).

Convolution - ReLU - Pooling - Affine - ReLU - Affine - Softmax. The convolution keeps the shape of
the image: 30 filters look for 30 patterns, each everywhere with the same 25 weights. Pooling halves
the maps; then Flatten makes a row of them, and two Affine layers connect everything to everything.
The table shows where the parameters are: hardly any in the convolution, nearly all in the first
Affine layer.

    python ch07/simple_convnet.py

Last line with the default seed: 433,890 parameters
"""

import numpy as np

from dlscratch import Affine, Convolution, Flatten, Pooling, ReLU
from dlscratch.book.experiment import run
from dlscratch.common.convnet import ConvNet
from dlscratch.layers.im2col import output_size as conv_output_size

CONV_PARAM = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}


class SimpleConvNet(ConvNet):
    """The network of section 7.5; the arguments in the book's order.

    input_dim: (channels, height, width) of an image. conv_param: what differs from `CONV_PARAM`.
    The output of the convolution must have even sides, for the 2 x 2 pooling.
    rng: draws the weights; a Generator or a seed.

    layers: by position or by the book's name, Conv1 Relu1 Pool1 Flatten1 Affine1 Relu2 Affine2.

    >>> SimpleConvNet(conv_param={"filter_num": 8, "filter_size": 3}).params
    Parameters(W1 (8, 1, 3, 3), b1 (8,), W2 (1352, 100), b2 (100,), W3 (100, 10), b3 (10,); ...)
    """

    def __init__(
        self,
        input_dim=(1, 28, 28),
        conv_param=CONV_PARAM,
        hidden_size=100,
        output_size=10,
        weight_init_std=0.01,
        rng=None,
    ):
        rng = np.random.default_rng(rng)
        channels, *sides = input_dim
        F, *window = conv_options(conv_param, CONV_PARAM)
        H, W = (pooled(conv_output_size(side, *window)) for side in sides)  # 28 -> 24 -> 12
        std = weight_init_std
        super().__init__(
            [
                Convolution.init(channels, F, *window, std=std, rng=rng),
                ReLU(),
                Pooling(2, 2),
                Flatten(),
                Affine.init(F * H * W, hidden_size, std, rng=rng),
                ReLU(),
                Affine.init(hidden_size, output_size, std, rng=rng),
            ]
        )


def conv_options(conv_param, default):
    """A dictionary as the book writes it -> filter_num, filter_size, stride, pad."""
    unknown = sorted(set(conv_param) - set(default))
    if unknown:
        raise ValueError(f"conv_param may name {', '.join(default)}, got {', '.join(unknown)}")
    chosen = {**default, **conv_param}
    return [chosen[name] for name in ("filter_num", "filter_size", "stride", "pad")]


def pooled(side):
    """How long a side of the map is after the 2 x 2 pooling."""
    if side % 2:
        raise ValueError(
            f"2 x 2 pooling halves a map, but the convolution leaves one with a side of {side}: "
            "choose filter_size, pad and stride so that it is even"
        )
    return side // 2


def main(args):
    net = SimpleConvNet(rng=np.random.default_rng(args.seed))
    print(net.summary((1, 28, 28)))
    shapes = {name: W.shape for name, W in net.params.items() if name.startswith("W")}
    assert shapes == {"W1": (30, 1, 5, 5), "W2": (4320, 100), "W3": (100, 10)}
    print(f"{net.params.flat.size:,} parameters")


if __name__ == "__main__":
    run(main, __doc__)
