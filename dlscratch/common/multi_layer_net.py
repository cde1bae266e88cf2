"""The book's fully connected network (sections 6.1.8 to 6.5): read `dlscratch.MultiLayerNet`.

The library draws the weights and makes the layers; here they get the book's classes and names.
Forward and backward are those of `dlscratch.Network`, on the same layer objects. All weights are
float64, as in the book, so that `gradient` can be compared with `numerical_gradient`.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable

import numpy as np

from dlscratch import layers as library
from dlscratch.common.gradient import numerical_gradient
from dlscratch.common.layers import Affine, BatchNormalization, Dropout, SoftmaxWithLoss
from dlscratch.initializers import generator
from dlscratch.multi_layer_net import MultiLayerNet as LibraryNet
from dlscratch.network import Network
from dlscratch.parameters import Parameters


class BookNetwork:
    """A network of the library with the attributes of the book's, in float64.

    layers: by name, without `last_layer`. params: by name, the arrays that the layers use.
    network: the `dlscratch.Network` of these layer objects, with `save` and `load` for instance.
    t: integer classes (N,), or probabilities (N, classes), one-hot for instance.
    """

    def __init__(self, made: Network):
        made = made.astype(np.float64)
        self.layers = named(made.layers)
        self.last_layer = SoftmaxWithLoss()
        self.network = Network(self.layers.values(), self.last_layer, made.weight_decay)

    @property
    def params(self) -> Parameters:
        """W1, b1, W2, ..: an assignment copies into the array."""
        return self.network.params

    def predict(self, x, train_flg: bool = False) -> np.ndarray:
        """The scores (N, classes), before the softmax."""
        return self.network.forward(x, True) if train_flg else self.network.predict(x)

    def loss(self, x, t, train_flg: bool = False) -> float:
        """The mean loss over the batch, including weight decay."""
        return self.network.loss(x, t, training=train_flg)

    def accuracy(self, x, t) -> float:
        """The fraction of rows whose highest score is the true class, 0 .. 1."""
        return self.network.accuracy(x, t)

    def gradient(self, x, t) -> Parameters:
        """dL/dW and so on by backpropagation, named as `params`."""
        return self.network.gradient(x, t)

    def loss_and_gradient(self, x, t) -> tuple[float, Parameters]:
        """Both from one forward and one backward pass; not in the book."""
        return self.network.loss_and_gradient(x, t)

    def numerical_gradient(self, x, t) -> dict[str, np.ndarray]:
        """The gradient by finite differences, for small networks: two passes per number.

        Only without Dropout, since each pass would drop different units: with it, use
        `dlscratch.check_gradients` on `network`.
        """
        return measured_gradient(self.network, x, t)

    def __repr__(self) -> str:
        lines = [f"    {name}: {layer!r}\n" for name, layer in self.layers.items()]
        return f"{type(self).__name__}(\n{''.join(lines)}    {self.last_layer!r}\n)"


class MultiLayerNet(BookNetwork):
    """Affine - activation for each hidden size, and an Affine at the end.

    activation: "relu" or "sigmoid". weight_init_std: a number; "relu" or "he" for He's rule,
    "sigmoid" or "xavier" for Xavier's. weight_decay_lambda: the penalty of section 6.4.2.
    rng: draws the weights; a Generator or a seed.

    >>> net = MultiLayerNet(784, [100], 10, weight_init_std=0.01)
    >>> list(net.layers), list(net.params)
    (['Affine1', 'Activation_function1', 'Affine2'], ['W1', 'b1', 'W2', 'b2'])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size_list: list[int],
        output_size: int,
        activation: str = "relu",
        weight_init_std: float | str = "relu",
        weight_decay_lambda: float = 0,
        *,
        rng: np.random.Generator | int | None = None,
    ):
        options = (activation, library_std(weight_init_std), weight_decay_lambda)
        super().__init__(
            LibraryNet(input_size, hidden_size_list, output_size, *options, rng=generator(rng))
        )


def measured_gradient(network: Network, x, t) -> dict[str, np.ndarray]:
    """The gradient of the training loss by finite differences, in float64, named as `params`."""
    copy = network.astype(np.float64)  # the running averages of BatchNormalization will change

    def loss(_):
        return copy.loss(x, t, training=True)

    return {name: numerical_gradient(loss, W) for name, W in copy.params.items()}


def library_std(weight_init_std: float | str) -> float | str:
    """The library's name for a rule, which the book also names after the activation.

    >>> library_std("ReLU"), library_std("Xavier"), library_std(0.01)
    ('he', 'xavier', 0.01)
    """
    if not isinstance(weight_init_std, str):
        return weight_init_std
    name = weight_init_std.lower()
    return {"relu": "he", "sigmoid": "xavier"}.get(name, name)


def named(layers: Iterable[library.Layer]) -> OrderedDict[str, library.Layer]:
    """The book's layers with the same arrays, by the book's names."""
    kinds, books = zip(*map(_translated, layers))
    return OrderedDict(zip(numbered(kinds), books))


def numbered(kinds: Iterable[str]) -> list[str]:
    """The book's names of layers: each kind is numbered separately.

    >>> numbered(["Affine", "Relu", "Affine"])
    ['Affine1', 'Relu1', 'Affine2']
    """
    count: Counter[str] = Counter()
    names = []
    for kind in kinds:
        count[kind] += 1
        names.append(f"{kind}{count[kind]}")
    return names


def _translated(layer):
    match layer:
        case library.Affine():
            return "Affine", Affine(layer.W, layer.b)
        case library.BatchNorm():
            return "BatchNorm", BatchNormalization(layer.gamma, layer.beta, layer.momentum)
        case library.Dropout():
            return "Dropout", Dropout(layer.ratio, rng=layer.rng)
        case _:
            return "Activation_function", layer  # Relu and Sigmoid are the library's
