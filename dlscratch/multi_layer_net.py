"""The fully connected network of chapter 6, built from options (sections 6.1.8 to 6.5).

Affine - (BatchNorm) - activation - (Dropout) for each hidden size, and an Affine at the end.
"""

from dlscratch.initializers import Random, generator
from dlscratch.layers import Affine, BatchNorm, Dropout, Layer, ReLU, Sigmoid, Tanh
from dlscratch.network import Network

ACTIVATIONS: dict[str, type[Layer]] = {"relu": ReLU, "sigmoid": Sigmoid, "tanh": Tanh}
SUITS = {"relu": "he", "sigmoid": "xavier", "tanh": "xavier"}


class MultiLayerNet(Network):
    """A `Network` of fully connected layers; the arguments in the book's order.

    activation: "relu", "sigmoid" or "tanh". weight_init_std: a number, "he", "xavier", or None for
    the one that suits the activation. weight_decay_lambda: the penalty of section 6.4.2.
    rng: a generator or a seed, for weights and dropout masks. ValueError or TypeError for others.

    >>> MultiLayerNet(784, [100, 100], 10, use_batchnorm=True)
    MultiLayerNet(
        Affine(W=(784, 100), b=(100,))
        BatchNorm(gamma=(100,), beta=(100,))
        ReLU()
        Affine(W=(100, 100), b=(100,))
        BatchNorm(gamma=(100,), beta=(100,))
        ReLU()
        Affine(W=(100, 10), b=(10,))
        SoftmaxWithLoss()
    )
    """

    def __init__(
        self,
        input_size: int,
        hidden_size_list: list[int],
        output_size: int,
        activation: str = "relu",
        weight_init_std: float | str | None = None,
        weight_decay_lambda: float = 0.0,
        use_dropout: bool = False,
        dropout_ratio: float = 0.5,
        use_batchnorm: bool = False,
        rng: Random = None,
    ):
        if activation not in ACTIVATIONS:
            names = ", ".join(map(repr, ACTIVATIONS))
            raise ValueError(f"activation must be one of {names}, got {activation!r}")
        if isinstance(hidden_size_list, int):
            raise TypeError(
                f"hidden_size_list must be a list, got {hidden_size_list}: "
                f"write [{hidden_size_list}]"
            )
        rng = generator(rng)
        std = SUITS[activation] if weight_init_std is None else weight_init_std
        sizes = [input_size, *hidden_size_list]
        layers: list[Layer] = []
        for n_in, n_out in zip(sizes, sizes[1:], strict=False):
            layers.append(Affine.init(n_in, n_out, std, rng=rng))
            if use_batchnorm:
                layers.append(BatchNorm.init(n_out))
            layers.append(ACTIVATIONS[activation]())
            if use_dropout:
                layers.append(Dropout(dropout_ratio, rng=rng))
        layers.append(Affine.init(sizes[-1], output_size, std, rng=rng))
        super().__init__(layers, weight_decay=weight_decay_lambda)
