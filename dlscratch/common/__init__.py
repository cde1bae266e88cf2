"""The book's own names, so that its listings run as printed.

Type a listing with `common` replaced by `dlscratch.common`:

    from dlscratch.common.layers import *
    from dlscratch.common.trainer import Trainer

These modules only translate: the arguments have the book's names, order and defaults, and the
library does the work. To see how something works, read the library:

    functions, gradient             dlscratch.functions, dlscratch.gradcheck
    util                            dlscratch.layers.im2col, dlscratch.storage
    layers                          dlscratch.layers
    optimizer                       dlscratch.optimizers
    multi_layer_net(_extend)        dlscratch.network, dlscratch.multi_layer_net
    convnet                         dlscratch.network, ch07.simple_convnet, ch08.deep_convnet
    trainer                         dlscratch.trainer

`np.random.seed` has no effect on the weights and dropout masks drawn here: pass `rng` instead, a
Generator or a seed, which everything random takes after the book's arguments.
"""
