"""Show the layers of a network: output shapes, parameters, multiply-adds and memory.

    dlscratch summary ch08/deep_convnet
    dlscratch summary ch05/two_layer_net --args "784, 50, 10"
    dlscratch summary dlscratch:MultiLayerNet --args "784, [100] * 4, 10, use_batchnorm=True"
    dlscratch summary my_net.py:MyNet --input 3,32,32

The counts are for one example. In Python the same is net.summary().
"""

import numpy as np

from dlscratch.cli.argument_types import shape
from dlscratch.cli.load_class import make_network, user_code_errors


def options(parser):
    parser.add_argument("net", help="a file or module with a class of networks, or FILE:CLASS")
    parser.add_argument("--args", default="", metavar="ARGUMENTS", help="of its class")
    parser.add_argument(
        "--input",
        type=shape,
        metavar="SHAPE",
        help="of one example, such as 1,28,28 (default: what fits)",
    )


def main(args):
    net = make_network(args.net, args.args, np.random.default_rng(0))
    with user_code_errors("the summary"):
        summary = net.summary(args.input)
    print(summary)
