"""The book's own names, so that its listings run as they are printed.

Type a listing with `common` replaced by `dlscratch.common`:

    from dlscratch.common.layers import *
    from dlscratch.common.trainer import Trainer

Each module here is a translation and nothing more: the arguments have the book's names, order and
defaults, the work is done by the library. To read how something works, read the library:

    functions, gradient             dlscratch.functions, dlscratch.gradcheck
    util                            dlscratch.layers.im2col, dlscratch.storage
    layers                          dlscratch.layers
    optimizer                       dlscratch.optimizers
    multi_layer_net(_extend)        dlscratch.network, dlscratch.multi_layer_net
    trainer                         dlscratch.trainer

Weights and dropout masks come from a generator of their own, which `np.random.seed` does not reach:
everything random here takes an optional `rng`, after the book's arguments.
"""
