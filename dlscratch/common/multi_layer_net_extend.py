"""The book's network with BatchNorm and Dropout (sections 6.3 and 6.4.3), options off by default.

Read `dlscratch.MultiLayerNet`, which has the same options; `dropout_ration` is the book's spelling.
"""

import numpy as np

from dlscratch.common.multi_layer_net import BookNetwork, library_std
from dlscratch.initializers import generator
from dlscratch.multi_layer_net import MultiLayerNet as LibraryNet


class MultiLayerNetExtend(BookNetwork):
    """Affine - (BatchNorm) - activation - (Dropout) for each hidden size, an Affine at the end.

    The arguments of `MultiLayerNet`, and use_dropout; dropout_ration, the fraction of units dropped
    in training; use_batchnorm. rng is also used for the dropout masks. `predict` and `loss` run in
    test mode unless train_flg=True, `gradient` always in training mode.

    >>> net = MultiLayerNetExtend(784, [100], 10, use_batchnorm=True, use_dropout=True)
    >>> list(net.layers)
    ['Affine1', 'BatchNorm1', 'Activation_function1', 'Dropout1', 'Affine2']
    """

    def __init__(
        self,
        input_size: int,
        hidden_size_list: list[int],
        output_size: int,
        activation: str = "relu",
        weight_init_std: float | str = "relu",
        weight_decay_lambda: float = 0,
        use_dropout: bool = False,
        dropout_ration: float = 0.5,
        use_batchnorm: bool = False,
        *,
        rng: np.random.Generator | int | None = None,
    ):
        std = library_std(weight_init_std)
        options = (activation, std, weight_decay_lambda, use_dropout, dropout_ration, use_batchnorm)
        super().__init__(
            LibraryNet(input_size, hidden_size_list, output_size, *options, rng=generator(rng))
        )
