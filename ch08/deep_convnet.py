"""Figure 8-1: a deeper network, in the manner of VGG (section 8.1.1).

Three blocks of two 3 x 3 convolutions and a pooling, with 16, 32 and 64 filters: while the maps
shrink, 28 - 14 - 8 - 4, there are more of them. Two small filters see a window of 5 x 5 with fewer
weights than one large filter, and with a ReLU in between. He initialization keeps the signal's size
through all eight layers with weights, and Dropout follows both Affine layers.

    python ch08/deep_convnet.py

Last line with the default seed: 123,552 parameters
"""

import numpy as np

from ch07.simple_convnet import conv_options, pooled
from dlscratch import Affine, Convolution, Dropout, Flatten, Pooling, ReLU
from dlscratch.book.experiment import run
from dlscratch.common.convnet import ConvNet
from dlscratch.layers.im2col import output_size as conv_output_size

SMALL = {"filter_size": 3, "pad": 1, "stride": 1}  # pad 1 keeps the size of the map
FILTERS_16 = {"filter_num": 16, **SMALL}
FILTERS_32 = {"filter_num": 32, **SMALL}
FILTERS_32_PAD_2 = {**FILTERS_32, "pad": 2}  # 14 -> 16, which can be halved twice more
FILTERS_64 = {"filter_num": 64, **SMALL}


class DeepConvNet(ConvNet):
    """The network of section 8.1.1; the arguments in the book's order.

    input_dim: (channels, height, width) of an image. conv_param_1 .. conv_param_6: what differs
    from the book's values. The output of each pair of convolutions must have even sides.
    rng: draws the weights and the dropout masks; a Generator or a seed.

    layers: as in the book up to layers[14]; Flatten is layers[15], which its Affine does itself, so
    the Affine layers are layers[16] and layers[19], or layers["Affine1"] and layers["Affine2"].

    >>> net = DeepConvNet(hidden_size=20)
    >>> net.params["W7"].shape, net.params["W8"].shape
    ((1024, 20), (20, 10))
    """

    def __init__(
        self,
        input_dim=(1, 28, 28),
        conv_param_1=FILTERS_16,
        conv_param_2=FILTERS_16,
        conv_param_3=FILTERS_32,
        conv_param_4=FILTERS_32_PAD_2,
        conv_param_5=FILTERS_64,
        conv_param_6=FILTERS_64,
        hidden_size=50,
        output_size=10,
        rng=None,
    ):
        rng = np.random.default_rng(rng)
        given = [
            (conv_param_1, FILTERS_16),
            (conv_param_2, FILTERS_16),
            (conv_param_3, FILTERS_32),
            (conv_param_4, FILTERS_32_PAD_2),
            (conv_param_5, FILTERS_64),
            (conv_param_6, FILTERS_64),
        ]
        channels, H, W = input_dim
        layers = []
        for number, (conv_param, default) in enumerate(given, start=1):
            F, *window = conv_options(conv_param, default)
            layers += [Convolution.init(channels, F, *window, std="he", rng=rng), ReLU()]
            channels, H, W = F, *(conv_output_size(side, *window) for side in (H, W))
            if number % 2 == 0:
                layers.append(Pooling(2, 2))
                H, W = pooled(H), pooled(W)
        layers += [
            Flatten(),
            Affine.init(channels * H * W, hidden_size, "he", rng=rng),
            ReLU(),
            Dropout(0.5, rng=rng),
            Affine.init(hidden_size, output_size, "he", rng=rng),
            Dropout(0.5, rng=rng),  # after the scores too, as in the book
        ]
        super().__init__(layers)


def main(args):
    net = DeepConvNet(rng=np.random.default_rng(args.seed))
    print(net.summary((1, 28, 28)))
    shapes = [W.shape for name, W in net.params.items() if name.startswith("W")]
    fan_in = [int(np.prod(shape[1:])) if len(shape) == 4 else shape[0] for shape in shapes]
    assert fan_in == [9, 144, 144, 288, 288, 576, 1024, 50]  # what He initialization divides by
    print(f"{net.params.flat.size:,} parameters")


if __name__ == "__main__":
    run(main, __doc__)
